"""The attempt ledger: no answer lost, every attempt scored once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.domain.attempts import (
    newest_values,
    quiz_standing,
    save_response,
    start_attempt,
    submit_attempt,
    submit_overdue_attempts,
)
from assessments.models import Attempt, Outcome, QuizPage, Response
from assessments.tasks import submit_overdue_attempts_task
from courses.domain.editions import cut_edition, move_run
from courses.domain.enrolment import enrol
from courses.models import Result
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture
def quiz(world):
    """The quiz's entry in the outline, with all records in scope."""
    with every_organisation():  # the ledger is what is tested; the access test walks the doors
        yield world.entry("quiz")


def answer_all(attempt, choice="0"):
    for item in attempt.form:
        save_response(attempt, item, choice, client_id=uuid4())


def test_starting_twice_is_one_attempt(world, quiz):
    assert start_attempt(world.enrolment, quiz, "en") == start_attempt(world.enrolment, quiz, "en")


def test_a_response_sent_twice_is_stored_once(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")
    client_id = uuid4()

    for _ in range(3):
        save_response(attempt, attempt.form[0], "1", client_id=client_id)

    assert Response.objects.count() == 1


def test_the_newest_response_counts(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")
    for value in ("1", "2", "0"):
        save_response(attempt, attempt.form[0], value, client_id=uuid4())

    assert newest_values(attempt) == {attempt.form[0]: "0"}
    assert Response.objects.count() == 3


def test_a_full_attempt_passes_and_completes_the_activity(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")
    answer_all(attempt)

    submit_attempt(attempt)

    result = Result.objects.get(is_current=True)
    assert (result.score, result.maximum) == (3, 3)
    assert world.enrolment.progress.get(activity_key=quiz["key"]).completed_at


def test_submitting_twice_scores_once(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")
    answer_all(attempt)

    submit_attempt(attempt)
    submit_attempt(attempt)

    assert Outcome.objects.count() == 3
    assert Result.objects.count() == 1


def test_the_best_try_counts(world, quiz):
    for choice in ("0", "1"):
        attempt = start_attempt(world.enrolment, quiz, "en")
        answer_all(attempt, choice)
        submit_attempt(attempt)

    assert Result.objects.get(is_current=True).score == 3


def test_after_the_last_try_new_ones_open_a_day_later(world, quiz):
    page = QuizPage.objects.get()
    for _ in range(page.tries):
        submit_attempt(start_attempt(world.enrolment, quiz, "en"))

    with pytest.raises(Refused) as refusal:
        start_attempt(world.enrolment, quiz, "en")
    assert refusal.value.code == "no_tries_left"

    tomorrow = timezone.now() + timedelta(hours=25)
    assert quiz_standing(world.enrolment, page, quiz["key"], now=tomorrow).tries_left == page.tries


def test_an_answer_after_the_end_is_refused(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")
    attempt = submit_attempt(attempt)

    with pytest.raises(Refused) as refusal:
        save_response(attempt, attempt.form[0], "0", client_id=uuid4())
    assert refusal.value.code == "attempt_closed"


def test_an_answer_to_a_question_that_was_not_drawn_is_refused(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")

    with pytest.raises(Refused):
        save_response(attempt, "q99", "0", client_id=uuid4())


def test_grace_takes_what_was_on_its_way(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")
    attempt.deadline_at = timezone.now()

    save_response(
        attempt,
        attempt.form[0],
        "0",
        client_id=uuid4(),
        now=attempt.deadline_at + timedelta(seconds=60),
    )
    with pytest.raises(Refused):
        save_response(
            attempt,
            attempt.form[0],
            "0",
            client_id=uuid4(),
            now=attempt.deadline_at + timedelta(seconds=120),
        )


def test_overdue_attempts_are_submitted_with_what_arrived(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")
    save_response(attempt, attempt.form[0], "0", client_id=uuid4())
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=5))

    for _ in range(2):  # tasks may run twice
        submit_overdue_attempts_task()

    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.SCORED
    assert Result.objects.get().score == 1
    assert submit_overdue_attempts() == 0


def test_an_edit_never_touches_a_running_attempt(world, quiz):
    attempt = start_attempt(world.enrolment, quiz, "en")
    page = QuizPage.objects.get()
    page.items = []
    page.save_revision().publish()
    move_run(world.run, cut_edition(world.run.course), by=world.administrator)

    answer_all(attempt)
    assert sum(outcome.score for outcome in submit_attempt(attempt).outcomes.all()) == 3


def test_the_walk_by_forms(world, client):
    client.force_login(world.learner)
    entry = world.entry("quiz")
    start = client.post(reverse("courses:activity", args=[world.enrolment.pk, entry["key"]]))
    address = start["Location"]
    for _number in range(3):
        page = client.get(address)
        form = page.context["form"]
        assert b"correct" not in page.content
        address = client.post(address, {"client_id": form["client_id"].value(), "value": "0"})[
            "Location"
        ]
    overview = client.get(address)
    assert overview.context["missing"] == 0

    attempt = overview.context["attempt"]
    review = client.post(
        reverse("assessments:submit", args=[world.enrolment.pk, attempt.uuid]), follow=True
    )

    assert review.context["percent"] == 100
    assert review.context["is_passed"]


def test_a_review_is_shut_until_the_attempt_is_closed(world, client):
    client.force_login(world.learner)
    with every_organisation():  # made outside a request
        attempt = start_attempt(world.enrolment, world.entry("quiz"), "en")

    response = client.get(reverse("assessments:review", args=[world.enrolment.pk, attempt.uuid]))

    assert response["Location"].endswith("/1/")


def test_saving_an_answer_is_one_insert_and_few_queries(world, client):
    client.force_login(world.learner)
    with every_organisation():  # made outside a request
        attempt = start_attempt(world.enrolment, world.entry("quiz"), "en")
    address = reverse("assessments:item", args=[world.enrolment.pk, attempt.uuid, 1])
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        client.post(address, {"client_id": uuid4(), "value": "0"})

    statements = [
        query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert sum(sql.startswith("INSERT") for sql in statements) == 1
    assert len(statements) <= 6


@pytest.mark.parametrize("items", [4, 30])
def test_the_quiz_page_costs_the_same_for_few_and_many_questions(items, world, client):
    page = factories.course(lessons=1, with_quiz=False)
    module = page.get_children().get().specific
    factories.quiz(module, items=items, draw=items)
    run = factories.run(page)
    with every_organisation():  # made outside a request
        enrolment = enrol(world.learner, run, world.nyeri)
        attempt = start_attempt(enrolment, run.edition.activities[-1], "en")
    client.force_login(world.learner)
    address = reverse("assessments:item", args=[enrolment.pk, attempt.uuid, 1])
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        client.get(address)

    assert len(queries) == 4
