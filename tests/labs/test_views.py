"""Pages of a lab while no Hub runs: each shows, and each refusal is a sentence."""

import pytest
from django.urls import reverse

from courses.models import Progress
from labs.domain.workspaces import workspace_of
from labs.models import Submission
from labs.setup import prepare_hub
from lms.organisations.domain import subtree_scope
from lms.organisations.scoping import every_organisation


@pytest.fixture
def learner(client, enrolment):
    client.force_login(enrolment.user)
    return client


@pytest.fixture
def hub(settings):
    settings.LABS_HUB_API_URL = "http://127.0.0.1:9/hub/api"  # nothing listens there
    return prepare_hub()


def page_of(enrolment, lab):
    return reverse("courses:activity", args=[enrolment.pk, lab.key])


def test_the_labs_page_shows_without_a_hub(learner, enrolment, lab):
    page = learner.get(page_of(enrolment, lab)).content.decode()

    assert "Read the requests" in page
    assert "Count the late requests" in page
    assert reverse("labs:open", args=[enrolment.pk, lab.key]) in page


def test_opening_is_refused_while_labs_are_not_set_up(learner, enrolment, lab):
    answer = learner.post(reverse("labs:open", args=[enrolment.pk, lab.key]))

    assert answer.status_code == 409
    assert "The course goes on" in answer.content.decode()


def test_opening_is_refused_while_the_hub_is_down(learner, enrolment, lab, hub):
    answer = learner.post(reverse("labs:open", args=[enrolment.pk, lab.key]))

    assert answer.status_code == 409
    assert "the course goes on" in answer.content.decode()
    assert learner.get(page_of(enrolment, lab)).status_code == 200


def test_handing_in_works_while_the_hub_is_down(
    learner, enrolment, lab, hub, django_capture_on_commit_callbacks
):
    learner.post(reverse("labs:open", args=[enrolment.pk, lab.key]))
    with django_capture_on_commit_callbacks(execute=True):
        answer = learner.post(reverse("labs:submit", args=[enrolment.pk, lab.key]))
    with every_organisation():
        submission = Submission.objects.get()

    assert answer.url == reverse("labs:submission", args=[submission.pk])
    assert "There is no" not in learner.get(answer.url).content.decode()
    assert "0 / 4" in learner.get(answer.url).content.decode()


def test_a_waiting_submission_looks_again(learner, enrolment, lab):
    with subtree_scope(enrolment.organisation):
        workspace = workspace_of(enrolment, lab.key, lab.release)
        submission = Submission.objects.create(
            workspace=workspace, release=lab.release, notebook={"cells": []}, sha256="0" * 64
        )
    page = learner.get(reverse("labs:submission", args=[submission.pk])).content.decode()

    assert '<meta http-equiv="refresh" content="3">' in page


def test_the_way_without_the_lab_completes_without_points(learner, enrolment, lab):
    learner.post(page_of(enrolment, lab))
    with every_organisation():
        assert Progress.objects.get().completed_at
        assert not enrolment.results.exists()


def test_nobody_else_gets_in(client, enrolment, other_enrolment, lab):
    with subtree_scope(enrolment.organisation):
        workspace = workspace_of(enrolment, lab.key, lab.release)
        submission = Submission.objects.create(
            workspace=workspace, release=lab.release, notebook={"cells": []}, sha256="0" * 64
        )
    lab_of = [enrolment.pk, lab.key]
    addresses = [
        ("get", reverse("labs:wait", args=lab_of)),
        ("post", reverse("labs:open", args=lab_of)),
        ("post", reverse("labs:submit", args=lab_of)),
        ("get", reverse("labs:submission", args=[submission.pk])),
    ]
    for method, address in addresses:
        assert getattr(client, method)(address).status_code == 302
    client.force_login(other_enrolment.user)
    for method, address in addresses:
        assert getattr(client, method)(address).status_code == 404


def test_the_released_master_is_in_no_page(learner, enrolment, lab):
    assert "other.csv" not in learner.get(page_of(enrolment, lab)).content.decode()
