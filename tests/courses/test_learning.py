"""Learning: enrolling, reading, resuming, completing; and the pages that show it."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.domain import enrolment as enrolment_domain
from courses.domain.gradebook import record_result
from courses.domain.progress import complete_activity
from courses.models import CourseRun, Enrolment, Progress, Result
from courses.signals import run_completed
from lms.accounts.models import User
from lms.core.errors import InvalidTransition, Refused
from lms.core.states import change_state
from lms.organisations.domain import subtree_scope
from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture
def learner(client, world):
    client.force_login(world.learner)
    return client


def url(name, world, *more):
    return reverse(f"courses:{name}", args=[world.enrolment.pk, *more])


def test_enrolling_twice_is_one_enrolment(world):
    again = enrolment_domain.enrol(world.learner, world.run, world.nyeri)

    assert again == world.enrolment


def test_a_withdrawn_learner_may_come_back(world):
    with every_organisation():  # both states of one record
        enrolment_domain.withdraw(world.enrolment, by=world.learner)
        assert enrolment_domain.enrol(world.learner, world.run, world.nyeri).state == "active"


def test_a_closed_run_refuses_with_a_sentence(world):
    CourseRun.objects.update(is_self_enrolment_open=False)

    with pytest.raises(Refused) as refusal:
        enrolment_domain.enrol_oneself(world.learner, world.run, world.nyeri)

    assert refusal.value.code == "run_closed"


def test_enrolling_by_form_joins_the_organisation(world, client):
    person = factories.user("Nekesa Wafula")
    client.force_login(person)
    address = reverse("courses:enrol", args=[world.run.course.slug])

    assert client.get(address).status_code == 200
    response = client.post(address, {"organisation": world.nyeri.pk})

    with every_organisation():  # a person with no scope of their own before this
        enrolment = Enrolment.objects.get(user=person)
    assert response["Location"] == reverse("courses:run", args=[enrolment.pk])
    assert person.memberships.get().organisation == world.nyeri


def test_enrolling_without_an_employer_says_what_to_do(world, client):
    client.force_login(factories.user())

    page = client.post(reverse("courses:enrol", args=[world.run.course.slug]), {"organisation": ""})

    assert b'role="alert"' in page.content
    with every_organisation():  # nothing may have been made anywhere
        assert Enrolment.objects.count() == 2


def test_a_lesson_shows_its_pinned_words_and_is_remembered(world, learner):
    entry = world.entry("lesson")

    page = learner.get(url("activity", world, entry["key"]))

    assert "Examples go in" in page.content.decode()
    with every_organisation():  # read back
        assert str(Progress.objects.get().activity_key) == entry["key"]


def test_done_goes_on_to_the_next_activity(world, learner):
    first, second = world.entries[:2]

    response = learner.post(url("activity", world, first["key"]))

    assert response["Location"] == url("activity", world, second["key"])


def test_resuming_goes_exactly_where_the_reader_stopped(world, learner):
    entry = world.entry("lesson")
    learner.get(url("activity", world, entry["key"]))
    body = json.dumps({"position": "abc-1"})

    sent = learner.post(
        url("lesson_position", world, entry["key"]), body, content_type="application/json"
    )

    assert sent.status_code == 204
    assert (
        f"{url('activity', world, entry['key'])}#b-abc-1"
        in learner.get(reverse("courses:dashboard")).content.decode()
    )


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"x": 1}', "nonsense"])
def test_a_broken_position_is_refused(body, world, learner):
    sent = learner.post(
        url("lesson_position", world, world.entry("lesson")["key"]),
        body,
        content_type="application/json",
    )

    assert sent.status_code == 400


def test_completing_everything_completes_the_run_once(world, django_capture_on_commit_callbacks):
    heard = []
    run_completed.connect(
        lambda enrolment, **_: heard.append(enrolment.pk), weak=False, dispatch_uid="test"
    )
    try:
        with (
            every_organisation(),
            django_capture_on_commit_callbacks(execute=True),
        ):  # the domain alone
            for entry in [*world.entries, *world.entries]:
                complete_activity(world.enrolment, entry["key"])
    finally:
        run_completed.disconnect(dispatch_uid="test")

    with subtree_scope(world.nyeri):
        world.enrolment.refresh_from_db()
    assert world.enrolment.state == "completed"
    assert heard == [world.enrolment.pk]


def test_completing_again_does_not_redate(world):
    key = world.entries[0]["key"]
    early = timezone.now() - timedelta(days=9)
    with every_organisation():  # the domain alone
        complete_activity(world.enrolment, key, at=early)
        complete_activity(world.enrolment, key)

        assert Progress.objects.get(activity_key=key).completed_at == early


def test_a_new_result_supersedes_and_keeps_the_old(world):
    key = world.entry("quiz")["key"]
    with every_organisation():  # the domain alone
        for score in (1, 3, 3):
            record_result(world.enrolment, key, score=score, maximum=3)

        assert list(Result.objects.order_by("pk").values_list("score", "is_current")) == [
            (1, False),
            (3, True),
        ]


@pytest.mark.parametrize("state", Enrolment.State)
@pytest.mark.parametrize("to", Enrolment.State)
def test_enrolment_states_move_only_along_the_table(state, to, world):
    with subtree_scope(world.nyeri):
        Enrolment.objects.filter(pk=world.enrolment.pk).update(
            state=state, completed_at=timezone.now()
        )
        if to in Enrolment.TRANSITIONS[state]:
            change_state(world.enrolment, to)
            assert world.enrolment.state == to
        else:
            with pytest.raises(InvalidTransition):
                change_state(world.enrolment, to)


@pytest.mark.parametrize(
    ("name", "budget"),
    [("catalogue", 5), ("course", 6), ("dashboard", 8), ("run", 8), ("lesson", 11), ("quiz", 11)],
)
def test_pages_cost_the_same_queries_for_few_and_for_many(name, budget, world, client):
    """1 lesson and 30, 1 learner and 300: the same count, whatever the page."""
    client.force_login(world.learner)

    def cost(lessons, learners):
        run = factories.run(factories.course(lessons=lessons))
        with every_organisation():  # learners of several organisations
            own = enrolment_domain.enrol(world.learner, run, world.nyeri)
            others = User.objects.bulk_create(
                User(full_name="Learner") for _ in range(learners - 1)
            )
            Enrolment.objects.bulk_create(
                Enrolment(user=user, run=run, organisation=world.nyeri) for user in others
            )
        address = {
            "catalogue": reverse("courses:catalogue"),
            "course": reverse("courses:course", args=[run.course.slug]),
            "dashboard": reverse("courses:dashboard"),
            "run": reverse("courses:run", args=[own.pk]),
            "lesson": reverse("courses:activity", args=[own.pk, run.edition.activities[0]["key"]]),
            "quiz": reverse("courses:activity", args=[own.pk, run.edition.activities[-1]["key"]]),
        }[name]
        client.get(address)  # sessions, content types and rendered lessons are warm from here on
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = cost(lessons=1, learners=1)
    assert cost(lessons=30, learners=300) == few
    assert few <= budget
