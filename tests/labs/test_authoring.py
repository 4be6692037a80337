"""A trainer makes a lab: page, notebook, check, publishing."""

import json
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.domain.editions import cut_edition
from courses.models import Competency, ModulePage
from labs.backends import homes
from labs.domain import checking, drafts, workbench
from labs.domain.checking import propose_limits
from labs.domain.masters import list_cells, read_notebook
from labs.domain.workspaces import pinned_lab
from labs.grading.notebooks import release_notebook
from labs.models import LabCheck, LabDraft, LabFile, LabPage, LabRelease
from labs.models.labs import MOST_MARKING_SECONDS, MOST_MEMORY_MB
from labs.setup import prepare_hub
from lms.core.errors import Refused
from lms.organisations.models import Role
from tests import factories
from tests.labs.conftest import organisation
from tests.labs.notebooks import FILES, code, master

SECRETS = ("groupby", "2 / 3", "SOLUTION")


@pytest.fixture
def trainer(lab_course):
    """Who edits and publishes in Wagtail."""
    person = factories.member(organisation("nyeri"), Role.INSTRUCTOR, is_staff=True)
    person.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    return person


@pytest.fixture
def author(trainer, client):
    client.force_login(trainer)
    return client


@pytest.fixture
def page(lab_course):
    """A lab as an author first saves it: a draft without a notebook."""
    page = LabPage(title="Gaps between groups", slug="gaps", minutes=40, live=False)
    ModulePage.objects.get().add_child(instance=page)
    page.save_revision()
    return page


def address(page, name="notebook", *arguments):
    return reverse(f"labs_{name}", args=[page.pk, *arguments])


def uploaded(notebook=None, **files):
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook or master()).encode()
    found = {"notebook": SimpleUploadedFile("any name.ipynb", content)}
    return found | {"files": [SimpleUploadedFile(n, c) for n, c in (files or FILES).items()]}


def upload(client, page, notebook=None, **files):
    return client.post(address(page), uploaded(notebook, **files))


def checked(draft, **changes):
    """A finished check of `draft`, in which all is well but for `changes`."""
    tests = [
        {"name": f"test_{name}", "points": 2, "max": 2, "outcome": "met", "detail": ""}
        for name in ("load", "fill")
    ]
    bare = [{**each, "points": 0, "outcome": "raised"} for each in tests]
    cost = {"cells": [], "seconds": 2.5, "peak_mb": 180}
    values = {"solution": {"checks": tests, **cost}, "bare": {"checks": bare, **cost}}
    return LabCheck.objects.create(
        draft=draft, state="done", started_at=timezone.now(), **{**values, **changes}
    )


@pytest.fixture
def draft(page, trainer):
    return drafts.save_draft(page, master(), FILES, by=trainer)


def edited(page):
    """The page as last edited."""
    return LabPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def publish(page):
    LabPage.objects.get(pk=page.pk).get_latest_revision().publish()
    return LabPage.objects.get(pk=page.pk)


def messages_of(answer):
    return " ".join(str(message) for message in answer.context["messages"])


# -- the page


def page_data(**values):
    streams = {"instructions-count": 0, "no_lab_path-count": 0, "comments-TOTAL_FORMS": 0}
    facts = {"title": "Gaps", "minutes": 40, "pass_mark": 60, "summary": "", "disk_mb": 100}
    limits = {"memory_mb": 512, "marking_seconds": 60, "environment": "python-data"}
    return {**streams, "comments-INITIAL_FORMS": 0, **facts, **limits, **values}


def test_a_lab_is_made_under_a_module_and_cannot_be_published_without_a_notebook(author):
    competency = Competency.objects.first()
    module = ModulePage.objects.get()
    add = reverse("wagtailadmin_pages:add", args=["labs", "labpage", module.pk])
    kinds = author.get(reverse("wagtailadmin_pages:add_subpage", args=[module.pk]))
    assert add in kinds.content.decode()

    data = page_data(competencies=[competency.pk], **{"action-publish": "1"})
    answer = author.post(add, data, follow=True)

    made = LabPage.objects.get(title="Gaps")
    assert (made.live, made.release, made.disk_mb) == (False, None, 100)
    assert made.competencies.get() == competency
    assert "It has no notebook yet" in messages_of(answer)
    assert address(made) in answer.content.decode()


def test_the_way_without_the_lab_holds_printed_outputs_and_questions(author, page):
    blocks = [
        ("output", {"title": "First rows", "code": "head()", "output": "0  Nyeri"}),
        ("question", {"title": "One", "question": "<p>How many?</p>", "answer": "<p>Two.</p>"}),
    ]
    page.no_lab_path = blocks
    page.save_revision()

    shown = author.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).content.decode()

    for words in ("First rows", "0  Nyeri", "How many?", "Show an answer", "Two."):
        assert words in shown


# -- uploading


def test_an_upload_makes_a_draft_and_says_so(author, page, trainer):
    answer = upload(author, page)

    draft = LabDraft.objects.get()
    assert answer.url == address(page)
    assert (draft.number, draft.made_by, draft.release.name) == (1, trainer, "gaps-between-groups")
    assert draft.release.master.notebook == read_notebook(json.dumps(master()).encode())
    assert {file.name: bytes(file.content) for file in draft.release.files.all()} == FILES
    assert LabPage.objects.get(pk=page.pk).release is None


def cell_changed(place, **changes):
    notebook = master()
    notebook["cells"][place] |= changes
    return notebook


def marks_changed(place, **changes):
    notebook = master()
    notebook["cells"][place]["metadata"]["nbgrader"] |= changes
    return notebook


R_KERNEL = {"name": "ir", "display_name": "R", "language": "R"}
SOLVED = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
HIDING = "### BEGIN HIDDEN TESTS\nassert x\n### END HIDDEN TESTS"


@pytest.mark.parametrize(
    ("notebook", "said"),
    [
        (b"county,pages\n", "This is not a notebook. Choose the file that ends in .ipynb"),
        (b'{"nbformat": 4', "This is not a notebook"),
        (b"[" * 100_000, "This is not a notebook"),
        (b"7", "This is not a notebook"),
        ({**master(), "nbformat": 3}, "format 3; format 4 is needed"),
        ({**master(), "cells": 7}, "The notebook does not follow the notebook format"),
        (cell_changed(2, source=7), "Cell 3 does not follow the notebook format"),
        (cell_changed(2, source="\0"), "null character"),
        (b" " * (4 << 20) + b"{}", "at most 4.0\xa0MB are taken"),
        (cell_changed(2, source="### BEGIN SOLUTION\nx"), "Cell 3 (load): a BEGIN or END line"),
        (cell_changed(2, source="def load(:"), "Cell 3 (load): line 1 is not valid Python"),
        (cell_changed(1, source=SOLVED), "Cell 2 (setup): it holds a solution"),
        (cell_changed(2, source=HIDING), "Cell 3 (load): it holds hidden tests"),
        (cell_changed(0, source=SOLVED), "Cell 1: it holds a solution"),
        (marks_changed(4, grade_id="load"), "Cell 5 (load): another cell has the same ID"),
        (marks_changed(4, grade_id="two words"), "it needs an ID (grade_id) of letters"),
        (marks_changed(3, points=0), "Cell 4 (test_load): it needs points"),
        (marks_changed(3, points="2"), "it needs points"),
        (marks_changed(3, task=True), "tasks are not supported"),
        ({**master(), "cells": [code("x = 1")]}, "nothing that gives points"),
        (
            {**master(), "metadata": {"kernelspec": R_KERNEL}},
            "written in R",
        ),
    ],
)
def test_a_notebook_that_cannot_be_used_is_refused_with_what_to_do(author, page, notebook, said):
    answer = upload(author, page, notebook)

    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors["notebook"])
    assert not LabDraft.objects.exists()


def test_every_fault_is_told_at_once(author, page):
    notebook = cell_changed(2, source="def load(:")
    notebook["cells"][3]["metadata"]["nbgrader"]["points"] = -1

    faults = upload(author, page, notebook).context["form"].errors["notebook"]

    assert [fault.partition(":")[0] for fault in faults] == ["Cell 3 (load)", "Cell 4 (test_load)"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"two words.csv": b"1"}, "“two words.csv” is not a plain file name"),
        ({".hidden": b"1"}, "not a plain file name"),
        ({"other.ipynb": b"1"}, "is a notebook. A lab has one"),
        ({"big.csv": b"1" * ((8 << 20) + 1)}, "a file may have at most 8.0\xa0MB"),
        ({f"{n}.csv": b"1" for n in range(21)}, "These are 21 data files"),
        ({f"{n}.csv": b"1" * (7 << 20) for n in range(3)}, "have 21.0\xa0MB together"),
    ],
)
def test_data_files_are_bounded(author, page, files, said):
    answer = upload(author, page, **files)

    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors["files"])
    assert not LabDraft.objects.exists()


def test_a_refused_upload_leaves_what_was_there(author, page, draft):
    upload(author, page, b"nonsense")

    assert LabDraft.objects.get() == draft


def test_the_notebook_and_the_data_change_apart(author, page, draft):
    author.post(address(page), {"files": [SimpleUploadedFile("more.csv", b"1")]})
    author.post(address(page), {"remove": ["requests.csv"]})

    newest = LabDraft.objects.first()
    assert [file.name for file in newest.release.files.all()] == ["more.csv"]
    assert newest.release.master.notebook == draft.release.master.notebook
    assert newest.number == 3


def test_nothing_chosen_is_told(author, page, draft):
    answer = author.post(address(page), {})

    assert "Choose a notebook or data files first" in answer.content.decode()


def test_the_same_again_is_no_new_version(author, page):
    upload(author, page)
    upload(author, page)

    assert LabDraft.objects.count() == 1


# -- looking and downloading


def test_the_master_comes_back_as_it_was_uploaded(author, page):
    upload(author, page)
    brought = author.get(address(page, "download", 1, "master"))

    assert json.loads(brought.content) == read_notebook(json.dumps(master()).encode())
    assert brought["Content-Disposition"].endswith('"gaps-between-groups-master.ipynb"')
    upload(author, page, brought.content)
    assert LabDraft.objects.count() == 1


def test_the_learner_s_copy_hides_what_learners_must_not_see(author, page, draft):
    copy = author.get(address(page, "download", 1, "learner")).content.decode()
    shown = author.get(address(page, "cells", 1, "learner")).content.decode()

    for secret in SECRETS:
        assert secret not in copy
        assert secret not in shown
    assert json.loads(copy) == release_notebook(master())


def test_the_preview_names_the_kind_of_each_cell(author, page, draft):
    shown = author.get(address(page, "cells", 1, "master"))

    kinds = [str(cell.label) for cell in shown.context["cells"]]
    assert kinds == ["plain", "read-only"] + 3 * ["solution", "test with a hidden part"]
    assert "groupby" in shown.content.decode()


@pytest.mark.parametrize(
    ("marks", "kind"),
    [
        ({}, "plain"),
        ({"grade": True, "solution": True, "points": 2}, "by_hand"),
        ({"grade": False, "solution": True}, "solution"),
        ({"grade": True, "solution": False, "points": 2}, "test"),
        ({"grade": False, "solution": False, "locked": True}, "read_only"),
    ],
)
def test_cells_are_told_apart_by_nbgrader_s_marks(marks, kind):
    (cell,) = list_cells({"cells": [code("x = 1", **marks)]})

    assert cell.kind == kind


def test_a_data_file_is_given_as_it_is(author, page, draft):
    given = author.get(address(page, "data_file", 1, "requests.csv"))

    assert given.content == FILES["requests.csv"]
    assert author.get(address(page, "data_file", 1, "other.csv")).status_code == 404


@pytest.mark.parametrize("version", ["2", "published", "x"])
def test_a_version_that_is_not_there_is_not_found(author, page, draft, version):
    assert author.get(address(page, "cells", version, "master")).status_code == 404
    assert author.get(address(page, "download", version, "master")).status_code == 404


def test_a_loaded_lab_shows_what_is_published(author, lab):
    shown = author.get(address(lab)).content.decode()

    assert "As published" in shown
    assert "other.csv" in author.get(address(lab, "cells", "published", "master")).content.decode()


# -- checking


def run_checks(client, page, capture):
    with capture(execute=True):
        client.post(address(page, "check"))
    return LabCheck.objects.first()


def test_a_sound_lab_is_checked_measured_and_published(
    author, page, draft, django_capture_on_commit_callbacks
):
    check = run_checks(author, page, django_capture_on_commit_callbacks)
    assert check.state == "done"
    assert {each["outcome"] for each in check.solution["checks"]} == {"met"}
    assert sum(each["points"] for each in check.bare["checks"]) == 0
    assert checking.seconds_of(check) > 0
    shown = author.get(address(page))
    assert "Sound: the solutions get all points" in shown.content.decode()

    published = publish(page)

    assert published.release == draft.release
    assert LabDraft.objects.get().published_at


def test_an_unsound_lab_says_which_test_is_wrong_and_stays_unpublished(
    author, page, trainer, django_capture_on_commit_callbacks
):
    notebook = cell_changed(2, source="def load(path):\n    return 7")  # does not do what is asked
    notebook["cells"][5]["source"] = "assert True"  # asks nothing
    drafts.save_draft(page, notebook, FILES, by=trainer)
    check = run_checks(author, page, django_capture_on_commit_callbacks)

    assert checking.missed_by_solution(check) == ["test_load"]
    assert checking.met_by_bare(check) == ["test_fill"]
    shown = author.get(address(page)).content.decode()
    assert "The author&#x27;s own solution does not meet: test_load." in shown
    assert "A notebook in which nothing was done already meets: test_fill." in shown
    with pytest.raises(Refused, match="test_load"):
        publish(page)


def test_the_peak_of_memory_is_measured(draft):
    release = draft.release
    report = checking.mark(
        release.master.notebook, release.notebook, FILES, checking.Bounds(memory_mb=1024)
    )

    # a machine without control groups does not tell
    assert report.peak_mb is None or 1 < report.peak_mb < 1024


def test_a_check_is_asked_for_once(author, page, draft):
    author.post(address(page, "check"))
    author.post(address(page, "check"))

    assert LabCheck.objects.get().state == "waiting"
    shown = author.get(address(page)).content.decode()
    assert '<meta http-equiv="refresh" content="3">' in shown
    assert "still being checked" in shown


def test_a_check_that_a_dying_worker_left_is_taken_up_again(draft):
    now = timezone.now()
    check = LabCheck.objects.create(
        draft=draft, state="running", started_at=now - 2 * checking.DIED_AFTER, asked_at=now
    )
    checking.resume_checks()
    check.refresh_from_db()
    assert check.state == "waiting"

    LabCheck.objects.update(state="running", tries=checking.MOST_TRIES)
    checking.resume_checks()
    check.refresh_from_db()
    assert check.state == "failed"
    assert "could not be checked" in checking.reason_against(check, {})


def test_a_finished_check_is_not_run_again(draft):
    check = checked(draft)
    checking.run_check(check)

    assert check.tries == 0


@given(seconds=st.floats(0, 10_000), peak_mb=st.none() | st.integers(1, 100_000))
def test_proposed_limits_leave_room_within_what_a_lab_may_have(seconds, peak_mb):
    limits = propose_limits(seconds, peak_mb)

    assert min(2 * seconds, MOST_MARKING_SECONDS) <= limits["marking_seconds"]
    assert 10 <= limits["marking_seconds"] <= MOST_MARKING_SECONDS
    assert ("memory_mb" in limits) == bool(peak_mb)
    if peak_mb:
        assert min(peak_mb * 1.5, MOST_MEMORY_MB) <= limits["memory_mb"] <= MOST_MEMORY_MB
        assert limits["memory_mb"] >= 256


def test_the_proposed_limits_are_used_by_a_button(author, page, draft):
    checked(draft)
    author.post(address(page, "limits"))

    assert (edited(page).marking_seconds, edited(page).memory_mb) == (30, 576)
    assert "Use the proposed limits" not in author.get(address(page)).content.decode()
    published = publish(page)
    assert published.release.limits == edited(page).limits
    assert published.release_id != draft.release_id
    assert published.release.master.notebook == draft.release.master.notebook


def test_points_that_a_person_gives_count_neither_way(page, draft):
    by_hand = {"name": "why", "points": 0, "max": 5, "outcome": "by_hand", "detail": ""}
    check = checked(draft)
    check.solution["checks"].append(by_hand)
    check.bare["checks"].append(by_hand)

    assert checking.reason_against(check, page.limits) == ""


@pytest.mark.parametrize(
    ("cost", "said"),
    [({"seconds": 91}, "but the lab allows 90 s"), ({"peak_mb": 800}, "allows 700 MB")],
)
def test_limits_below_what_was_measured_are_refused(page, draft, cost, said):
    check = checked(draft)
    check.bare |= cost

    assert said in checking.reason_against(check, page.limits)


# -- versions and publishing


@pytest.mark.parametrize(
    ("state", "said"),
    [(None, "Check the newest version"), ("waiting", "still being checked")],
)
def test_publishing_waits_for_the_check(author, page, draft, state, said):
    if state:
        LabCheck.objects.create(draft=draft, state=state)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = page_data(title="New title", **{"action-publish": "1"})
    answer = author.post(edit, data, follow=True)

    assert said in messages_of(answer)
    assert not LabPage.objects.get(pk=page.pk).live
    assert edited(page).title == "New title"
    with pytest.raises(Refused, match=said):
        publish(page)


def test_the_editor_s_button_publishes_a_sound_lab(author, page, draft):
    checked(draft)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    author.post(edit, page_data(memory_mb=700, **{"action-publish": "1"}), follow=True)

    published = LabPage.objects.get(pk=page.pk)
    assert published.live
    assert published.release.limits == published.limits
    assert (published.release.disk_mb, published.points()) == (100, 10)


def test_a_workflow_cannot_publish_an_unsound_lab(author, trainer, page, draft):
    page.get_workflow().start(page, trainer)
    task = page.current_workflow_task_state
    act = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])

    assert author.post(act, {"comment": ""}).status_code == 409
    assert not LabPage.objects.get(pk=page.pk).live
    checked(draft)
    author.post(act, {"comment": ""})
    assert LabPage.objects.get(pk=page.pk).release == draft.release


def test_learners_keep_the_published_release_until_the_next_edition(page, draft, trainer):
    checked(draft)
    first = publish(page)
    course = first.get_parent().get_parent().specific
    edition = cut_edition(course)
    newer = drafts.save_draft(page, marks_changed(3, points=7), FILES, by=trainer)

    assert LabPage.objects.get(pk=page.pk).release == first.release
    assert LabPage.objects.get(pk=page.pk).has_unpublished_changes
    checked(newer)
    assert publish(page).release == newer.release
    entry = edition.activity(page.key)
    assert pinned_lab(entry, "en").release == draft.release
    newest = cut_edition(course).activity(page.key)
    assert (pinned_lab(newest, "en").release, newest["points"]) == (newer.release, 15)
    assert newer.release.name == draft.release.name


def test_only_the_newest_draft_can_be_discarded(author, page, draft, trainer):
    newer = drafts.save_draft(page, marks_changed(3, points=7), FILES, by=trainer)
    assert author.post(address(page, "discard"), {"number": "1"}).status_code == 409
    assert author.post(address(page, "discard"), {"number": "x"}).status_code == 404
    author.post(address(page, "discard"), {"number": "2"})

    assert LabDraft.objects.get() == draft
    assert not LabRelease.objects.filter(pk=newer.release_id).exists()


def test_a_published_version_cannot_be_discarded(page, draft, trainer):
    checked(draft)
    publish(page)
    draft.refresh_from_db()

    with pytest.raises(Refused, match="published"):
        drafts.discard_draft(draft, by=trainer)


def test_discarding_keeps_a_release_that_learners_have_met(page, draft, trainer):
    """The same notebook as was published before, made anew and thrown away."""
    checked(draft)
    publish(page)
    checked(drafts.save_draft(page, marks_changed(3, points=7), FILES, by=trainer))
    publish(page)
    again = drafts.save_draft(page, master(), FILES, by=trainer)
    LabDraft.objects.filter(number=1).delete()
    drafts.discard_draft(again, by=trainer)

    assert LabRelease.objects.filter(pk=draft.release_id).exists()


def test_a_page_that_goes_back_to_an_earlier_revision_takes_its_release(page, draft, trainer):
    checked(draft)
    first = publish(page)
    checked(drafts.save_draft(page, marks_changed(3, points=7), FILES, by=trainer))
    publish(page)
    first.live_revision.publish()

    assert LabPage.objects.get(pk=page.pk).release == draft.release


def test_a_release_never_changes(lab):
    rows = [
        (LabRelease.objects.filter(pk=lab.release_id), {"memory_mb": 1}),
        (LabRelease.objects.filter(pk=lab.release_id), {"name": "other"}),
        (type(lab.release.master).objects.filter(release=lab.release), {"notebook": {}}),
        (LabFile.objects.filter(release=lab.release), {"content": b""}),
    ]
    for row, changes in rows:
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            row.update(**changes)


# -- on the Hub


@pytest.fixture
def hub(settings, monkeypatch):
    """The Hub's folders are there, its servers are not."""
    settings.LABS_HUB_API_URL = "http://127.0.0.1:9/hub/api"  # nothing listens there
    return prepare_hub()


def open_on_hub(author, page):
    """The Hub is down, so opening is refused; what was to be put in place is there."""
    assert author.post(address(page, "workbench")).status_code == 409


def home_of(hub, person):
    return hub.homes / person.lab_identity.lab_id


def test_the_master_is_put_into_the_author_s_own_home_and_nobody_else_s(
    author, trainer, page, draft, hub, enrolment
):
    open_on_hub(author, page)
    (home,) = hub.homes.iterdir()

    assert home == home_of(hub, trainer)
    names = homes.list_files(home, workbench.folder_of(page, trainer))
    assert names == ["gaps-between-groups.ipynb", "requests.csv"]


def save_on_hub(hub, trainer, page, name, content):
    folder = home_of(hub, trainer) / workbench.folder_of(page, trainer)
    (folder / name).write_bytes(content)


def test_what_was_saved_on_the_hub_becomes_a_draft(author, trainer, page, draft, hub):
    open_on_hub(author, page)
    notebook = json.dumps(marks_changed(3, points=7)).encode()
    save_on_hub(hub, trainer, page, "gaps-between-groups.ipynb", notebook)
    save_on_hub(hub, trainer, page, "more.csv", b"1")
    save_on_hub(hub, trainer, page, ".secret", b"1")
    author.post(address(page, "take_over"))

    newest = LabDraft.objects.first()
    assert (newest.number, newest.origin, newest.release.points) == (2, "hub", 15)
    assert [file.name for file in newest.release.files.all()] == ["more.csv", "requests.csv"]
    again = author.post(address(page, "take_over"), follow=True)
    assert "the newest version already" in messages_of(again)
    assert LabDraft.objects.count() == 2


def test_faults_of_what_was_saved_on_the_hub_are_told(author, trainer, page, draft, hub):
    open_on_hub(author, page)
    notebook = json.dumps(marks_changed(3, points=0)).encode()
    save_on_hub(hub, trainer, page, "gaps-between-groups.ipynb", notebook)
    answer = author.post(address(page, "take_over"), follow=True)

    assert "Cell 4 (test_load): it needs points" in messages_of(answer)
    assert LabDraft.objects.get() == draft


def test_nothing_on_the_hub_is_told(author, page, draft, hub):
    answer = author.post(address(page, "take_over"))

    assert answer.status_code == 409
    assert "There is no notebook gaps-between-groups.ipynb" in answer.content.decode()


def test_a_newer_upload_is_met_in_a_folder_of_its_own(author, trainer, page, draft, hub):
    before = workbench.folder_of(page, trainer)
    upload(author, page, marks_changed(3, points=7))

    assert workbench.folder_of(page, trainer) != before


def test_links_in_a_home_are_no_files(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "kept.csv").write_text("1")
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "inner").mkdir()

    assert homes.list_files(tmp_path, "work") == ["kept.csv"]
    assert homes.list_files(tmp_path, "none") == []


# -- who may


@pytest.fixture
def addresses(page, draft):
    return SimpleNamespace(
        read=[
            address(page),
            address(page, "cells", 1, "master"),
            address(page, "download", 1, "master"),
            address(page, "download", 1, "learner"),
            address(page, "data_file", 1, "requests.csv"),
        ],
        change=[
            address(page),
            *(address(page, name) for name in ("check", "discard", "limits", "take_over")),
            address(page, "workbench"),
        ],
    )


def people(enrolment):
    staff = factories.member(organisation("nyeri"), Role.INSTRUCTOR, is_staff=True)
    return [None, enrolment.user, factories.user(), staff]


def test_only_authors_get_to_a_notebook(client, addresses, enrolment, draft):
    for person in people(enrolment):
        client.logout()
        if person:
            client.force_login(person)
        for path in addresses.read:
            answer = client.get(path)
            assert answer.status_code in {302, 403}
            assert b"groupby" not in answer.content
        for path in addresses.change:
            assert client.post(path).status_code in {302, 403}
    assert LabDraft.objects.get() == draft
    assert not LabCheck.objects.exists()


def test_an_editor_uploads_but_does_not_publish(client, page):
    editor = factories.member(organisation("nyeri"), Role.INSTRUCTOR, is_staff=True)
    editor.groups.set(Group.objects.filter(name="Editors"))
    client.force_login(editor)
    upload(client, page)
    checked(LabDraft.objects.get())
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    client.post(edit, page_data(**{"action-publish": "1"}))

    assert not LabPage.objects.get(pk=page.pk).live


def test_a_locked_page_is_not_changed(author, trainer, page, draft):
    page.locked, page.locked_by = True, factories.user()
    page.save()

    assert upload(author, page).status_code == 409
    assert LabDraft.objects.get() == draft
    assert author.get(address(page)).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_notebook_s_page_asks_no_more_for_more_versions(
    author, trainer, page, draft, count, django_assert_num_queries
):
    for points in range(1, count):
        drafts.save_draft(page, marks_changed(3, points=points + 2), FILES, by=trainer)
    author.get(address(page))

    with django_assert_num_queries(29):
        author.get(address(page))
