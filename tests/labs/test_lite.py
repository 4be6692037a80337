"""Labs in the learner's browser: which can, where they are, and a notebook file handed in."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from labs.lite import releases
from labs.lite.site import READY
from labs.models import LabRelease, Submission
from lms.organisations.domain import subtree_scope
from tests.labs.notebooks import handed_in
from tests.labs.test_submissions import RIGHT


@pytest.fixture
def learner(client, enrolment):
    client.force_login(enrolment.user)
    return client


def notebook(*sources):
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize(
    ("sources", "does"),
    [
        (
            ["import csv\nfrom statistics import mean", "def late():\n    import re\n    return 1"],
            True,
        ),
        (["print(1)"], True),
        (["import pandas as pd"], False),
        (["def model():\n    from sklearn.tree import DecisionTreeClassifier"], False),
        (["%matplotlib inline"], False),
        (["!ls"], False),
    ],
)
def test_what_is_plain_python_runs_in_a_browser(sources, does):
    assert releases.runs_in_browser(notebook(*sources)) is does


@pytest.fixture
def plain_release(lab):
    """A release that needs no package, on the lab's page."""
    release = LabRelease.objects.create(
        sha256="1" * 64, name="plain", notebook=notebook("print(6 * 7)"), points=1, memory_mb=512
    )
    revision = lab.latest_revision
    revision.content["release"] = release.pk
    revision.save()
    return release


def test_a_lab_is_offered_once_the_site_is_built(learner, enrolment, lab, plain_release):
    address = reverse("labs:in_browser", args=[enrolment.pk, lab.key])
    page = reverse("courses:activity", args=[enrolment.pk, lab.key])
    assert learner.get(address).status_code == 404
    assert address not in learner.get(page).content.decode()

    (releases.lite_folder() / READY).parent.mkdir(parents=True)
    (releases.lite_folder() / READY).write_text("{}")

    assert address in learner.get(page).content.decode()
    answer = learner.get(address)
    assert answer.url == releases.publish(plain_release)
    name = f"{plain_release.name}-{plain_release.sha256}"
    assert f"/{name}/" in answer.url
    kept = releases.lite_folder() / "releases" / name / "files" / plain_release.file_name
    assert json.loads(kept.read_text())["metadata"]["kernelspec"]["name"] == "python"


def hand_in(learner, enrolment, lab, content):
    file = SimpleUploadedFile("f9-requests.ipynb", content)
    return learner.post(
        reverse("labs:file", args=[enrolment.pk, lab.key]), {"file": file}, follow=True
    )


def test_a_file_is_marked_like_any_submission(
    learner, enrolment, lab, django_capture_on_commit_callbacks
):
    solved = handed_in(lab.release.notebook, RIGHT)
    with django_capture_on_commit_callbacks(execute=True):
        page = hand_in(learner, enrolment, lab, json.dumps(solved).encode())

    assert "4 / 4" in learner.get(page.request["PATH_INFO"]).content.decode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG", "not a notebook"),
        (b'{"cells": 3}', "not a notebook"),
        (json.dumps(notebook("print(1)")).encode(), "another notebook"),
        (b" " * (8 << 20) + b"{}", "larger than 8 MB"),
    ],
)
def test_another_file_is_refused_in_a_sentence(learner, enrolment, lab, content, sentence):
    page = hand_in(learner, enrolment, lab, content).content.decode()

    assert sentence in page
    with subtree_scope(enrolment.organisation):
        assert not Submission.objects.exists()


def test_no_file_is_refused(learner, enrolment, lab):
    answer = learner.post(reverse("labs:file", args=[enrolment.pk, lab.key]))

    assert "Choose the notebook" in answer.content.decode()
