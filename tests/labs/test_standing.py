"""What pages say of a lab while its server starts, runs, ends, and while the Hub is away."""

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from labs.backends import get_backend
from labs.domain import standing
from labs.domain.workspaces import workspace_of
from labs.hub import met
from labs.models import Launch, Submission, Workspace
from labs.setup import prepare_hub
from lms.organisations.domain import subtree_scope
from lms.organisations.scoping import every_organisation
from tests.labs.stand_in import stand_in_hub


@pytest.fixture
def hub(db, settings):
    with stand_in_hub() as (hub, address):
        settings.LABS_HUB_API_URL = address
        prepare_hub()
        yield hub


@pytest.fixture
def learner(client, enrolment):
    client.force_login(enrolment.user)
    return client


@pytest.fixture
def at(enrolment, lab):
    """The address of the lab's page `name`."""
    return lambda name: reverse(f"labs:{name}", args=[enrolment.pk, lab.key])


@pytest.fixture
def ask(learner, at):
    """What the page is told when it asks anew."""

    def ask():
        cache.clear()
        return learner.get(at("state")).json()

    return ask


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_lab_goes_from_not_started_to_running(learner, hub, at, ask):
    assert (ask()["state"], ask()["seconds"], ask()["next"]) == ("not_started", 0, "")
    assert hub.asked == []  # for who never opened a lab the Hub is not asked

    assert learner.post(at("open")).url == at("wait")
    assert (ask()["state"], ask()["seconds"], ask()["next"]) == ("starting", 2, "")
    page = text_of(learner.get(at("wait")))
    assert "Starting: your own notebook server" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page

    hub.server = "ready"
    told = ask()
    assert (told["state"], told["next"]) == ("running", at("wait"))
    assert told["saved"] == "Saved just now." or told["saved"].endswith("ago.")
    assert learner.get(at("wait")).url.startswith(get_backend().hub.public_url)


def test_a_running_server_is_opened_at_once(learner, hub, at):
    hub.server = "ready"
    answer = learner.post(at("open"))

    assert answer.url.startswith(get_backend().hub.public_url)
    with every_organisation():
        assert not Launch.objects.get().started_server


def test_the_waiting_page_knows_how_long_it_usually_takes(learner, hub, at, ask):
    learner.post(at("open"))
    with every_organisation():
        Launch.objects.update(launched_at=timezone.now() - timedelta(seconds=7))
    hub.server = "ready"
    ask()
    hub.server = None
    cache.clear()
    learner.post(at("open"))
    cache.clear()
    page = text_of(learner.get(at("wait")))

    assert "This usually takes 7 seconds." in page
    assert "longer than it should" not in page
    with every_organisation():
        Launch.objects.update(launched_at=timezone.now() - timedelta(seconds=30))
    assert "longer than it should" in text_of(learner.get(at("wait")))


def test_a_stopped_server_is_said_to_be_stopped(
    learner, hub, at, ask, django_capture_on_commit_callbacks
):
    learner.post(at("open"))
    hub.server = "ready"
    with django_capture_on_commit_callbacks(execute=True):
        learner.post(at("stop"))

    assert ask()["state"] == "stopped"
    assert "Your lab is not running" in text_of(learner.get(at("wait")))


def test_a_slow_hub_makes_one_page_wait_a_second_and_the_next_none(
    learner, hub, at, ask, enrolment, lab
):
    learner.post(at("open"))
    hub.delay = 3
    cache.clear()
    begun = time.monotonic()
    page = text_of(learner.get(reverse("courses:activity", args=[enrolment.pk, lab.key])))
    first, begun = time.monotonic() - begun, time.monotonic()
    told = learner.get(at("state")).json()

    assert "The labs do not answer just now." in page
    assert first < 2.5
    assert time.monotonic() - begun < 0.9
    assert (told["state"], told["seconds"]) == ("unknown", 15)
    assert "looks again by itself" in text_of(learner.get(at("wait")))


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("memory", "MB of memory, and the program in the notebook was ended"),
        ("disk", "disk is full"),
        ("idle", "nothing was done in it"),
        ("life", "as long as a lab may"),
        ("ended", "ended by itself"),
    ],
)
def test_the_limit_that_a_server_met_is_said(learner, hub, at, enrolment, lab, reason, words):
    learner.post(at("open"))
    hub.server = None
    folder = get_backend().hub.servers / enrolment.user.lab_identity.lab_id
    folder.mkdir()
    met.note_limit(folder, reason)
    cache.clear()

    page = reverse("courses:activity", args=[enrolment.pk, lab.key])
    assert words in text_of(learner.get(page))
    assert words in text_of(learner.get(at("wait")))


def test_a_server_of_another_lab_is_said(learner, hub, enrolment, lab, lab_course):
    with subtree_scope(enrolment.organisation):
        mine = workspace_of(enrolment, lab.key, lab.release)
        other = workspace_of(enrolment, "11111111-1111-4111-8111-111111111111", lab.release)
        Launch.objects.create(workspace=other)
        hub.server = "ready"
        found = standing.lab_standing(enrolment, str(mine.activity_key))

    assert found.other == other
    page = text_of(learner.get(reverse("courses:activity", args=[enrolment.pk, lab.key])))
    assert "running for another exercise, f9-requests" in page


def test_the_courses_page_says_how_the_lab_stands(learner, hub, at, enrolment):
    page = reverse("courses:run", args=[enrolment.pk])
    assert "<lms-state" not in text_of(learner.get(page))

    learner.post(at("open"))
    cache.clear()
    assert "The lab is starting." in text_of(learner.get(page))
    hub.server = "ready"
    cache.clear()
    assert "The lab is running. Saved" in text_of(learner.get(page))


@pytest.mark.parametrize("count", [1, 3])
def test_labs_of_a_course_take_few_queries(hub, enrolment, lab, django_assert_num_queries, count):
    keys = [f"{number}1111111-1111-4111-8111-111111111111" for number in range(1, 4)]
    with subtree_scope(enrolment.organisation):
        for key in keys[:count]:
            workspace = workspace_of(enrolment, key, lab.release)
            Workspace.objects.filter(pk=workspace.pk).update(folder=key)
            Launch.objects.create(workspace=workspace)
            Submission.objects.create(
                workspace=workspace,
                release=lab.release,
                notebook={"cells": []},
                sha256="0" * 64,
                state=Submission.State.MARKED,
            )
        with django_assert_num_queries(4):
            found = standing.lab_standings(enrolment, keys)

    assert [found[key].state for key in keys] == ["marked"] * count + ["not_started"] * (3 - count)
    assert hub.asked == ["GET"]


def test_a_learner_cannot_save_in_the_future(enrolment, lab, hub):
    soon = timezone.now() + timedelta(days=400)
    found = standing.Standing(file=standing.FileFacts(soon, 1))

    assert found.saved_at <= timezone.now()


def test_the_hub_notes_what_ended_a_server(tmp_path):
    met.look(tmp_path, tmp_path, kills=0)
    assert met.read_limit(tmp_path) is None

    met.look(tmp_path, tmp_path, kills=1)
    assert met.read_limit(tmp_path)["reason"] == "memory"
    met.note_end(tmp_path, kills=1, is_idle=True)
    assert met.read_limit(tmp_path)["reason"] == "idle"
    met.note_end(tmp_path, kills=1, is_idle=False)
    assert met.read_limit(tmp_path)["reason"] == "ended"
    met.note_end(tmp_path, kills=2, is_idle=False)
    assert met.read_limit(tmp_path)["reason"] == "memory"
    met.forget_limit(tmp_path)
    assert met.read_limit(tmp_path) is None


def test_asking_anew_is_cheap(learner, hub, at, enrolment, lab, django_assert_num_queries):
    learner.post(at("open"))
    hub.server = "ready"
    learner.get(at("state"))
    with django_assert_num_queries(4):
        learner.get(at("state"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_labs_page_takes_as_many_queries_for_three_hand_ins_as_for_one(
    learner, hub, enrolment, lab, count, django_assert_num_queries
):
    with subtree_scope(enrolment.organisation):
        workspace = workspace_of(enrolment, lab.key, lab.release)
        Launch.objects.create(workspace=workspace)
        for _ in range(count):
            Submission.objects.create(
                workspace=workspace,
                release=lab.release,
                notebook={"cells": []},
                sha256="0" * 64,
                state=Submission.State.FAILED,
            )
    page = reverse("courses:activity", args=[enrolment.pk, lab.key])
    learner.get(page)
    with django_assert_num_queries(21):
        learner.get(page)
