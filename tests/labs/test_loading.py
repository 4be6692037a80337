import json
import shutil

import pytest
from django.core.exceptions import ValidationError

from courses.loading.course import load_course
from courses.models import Competency, ModulePage
from labs.domain.drafts import pending_draft, save_draft
from labs.domain.loading import load_lab
from labs.models import LabPage, LabRelease
from tests.labs.conftest import COURSE

LAB = COURSE / "m1" / "lab-requests"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(LAB, tmp_path / "lab-requests")


def test_a_lab_is_loaded_with_its_release(lab):
    assert (lab.title, lab.minutes, lab.release.points) == ("Which requests will be late?", 30, 4)
    assert lab.release.files.get().name == "requests.csv"
    assert bytes(lab.release.files.get().content).count(b"\n") == 5
    released = json.dumps(lab.release.notebook)
    assert "raise NotImplementedError()" in released
    assert "mean()" not in released
    assert "other.csv" not in released
    assert "other.csv" in json.dumps(lab.release.master.notebook)


def test_loading_again_changes_nothing(lab_course):
    edition = load_course(COURSE).edition

    assert edition.number == 1
    assert LabRelease.objects.count() == 1


def test_a_changed_master_cuts_a_new_release(lab, folder):
    module = ModulePage.objects.get()
    master = folder / "master.py"
    master.write_text(master.read_text().replace('"points": 4', '"points": 6'))
    changed = load_lab(module, folder)

    assert (changed.pk, changed.points()) == (lab.pk, 6)
    assert changed.release_id != lab.release_id
    assert LabPage.objects.count() == 1


def test_changed_instructions_keep_the_release(lab, folder):
    file = folder / "lab.md"
    file.write_text(file.read_text().replace("Read the requests", "Read all requests"))
    changed = load_lab(ModulePage.objects.get(), folder)

    assert changed.release_id == lab.release_id
    assert "Read all requests" in str(changed.instructions)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("lab.md", ("minutes: 30", ""), "lack minutes"),
        ("lab.md", ("requests.csv", "others.csv"), "no file others.csv"),
        ("lab.md", ("requests.csv", "../lab.md"), "not the name of a file"),
        ("master.py", ("### END SOLUTION", ""), "partner"),
        ("generate.py", ("rows =", "rows = 1 / 0 #"), "ZeroDivisionError"),
    ],
)
def test_a_folder_that_is_wrong_is_refused_by_name(lab_course, folder, name, change, said):
    file = folder / name
    file.write_text(file.read_text().replace(*change))

    with pytest.raises(ValidationError, match=said):
        load_lab(ModulePage.objects.get(), folder)


def waiting_draft(lab):
    master = json.loads(json.dumps(lab.release.master.notebook).replace("late", "tardy"))
    return save_draft(lab, master, {}, by=None)


def test_a_loaded_notebook_goes_before_an_author_s_draft_which_stays(lab, folder):
    draft = waiting_draft(lab)
    master = folder / "master.py"
    master.write_text(master.read_text().replace('"points": 4', '"points": 6'))
    changed = load_lab(ModulePage.objects.get(), folder)

    assert changed.points() == 6
    assert pending_draft(changed) == draft


def test_loading_other_instructions_waits_for_an_author_s_draft(lab, folder):
    waiting_draft(lab)
    file = folder / "lab.md"
    file.write_text(file.read_text().replace("Read the requests", "Read all requests"))

    with pytest.raises(ValidationError, match="Check the newest version"):
        load_lab(ModulePage.objects.get(), folder)


def test_the_facts_of_a_folder_set_limits_and_competencies(lab, folder):
    code = Competency.objects.first().code
    file = folder / "lab.md"
    facts = f"minutes: 30\nmarking_seconds: 40\ndisk_mb: 50\ncompetencies: [{code}]"
    file.write_text(file.read_text().replace("minutes: 30", facts))
    changed = load_lab(ModulePage.objects.get(), folder)

    assert (changed.release.marking_seconds, changed.release.disk_mb) == (40, 50)
    assert [each.code for each in changed.competencies.all()] == [code]
