"""Attempts: starting, answering, submitting, scoring."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.domain.quizzes import FrozenQuiz, frozen_quiz
from assessments.domain.scoring import percent, score_item
from assessments.interactions.base import shuffled
from assessments.models import Attempt, Outcome, Response
from courses.domain.editions import pinned_revision_id
from courses.domain.gradebook import record_result
from courses.domain.progress import complete_activity
from courses.models import Enrolment
from lms.core.errors import Refused
from lms.core.states import change_state

GRACE = timedelta(seconds=90)  # for answers already on their way
RETRY_PAUSE = timedelta(hours=24)  # after the last try a new set of tries opens


@dataclass(frozen=True)
class Standing:
    """Where a learner is with a quiz. `opens_at` is set while all tries are used up."""

    attempts: list[Attempt]
    open_attempt: Attempt | None
    tries_left: int
    opens_at: datetime | None


def draw_form(quiz: FrozenQuiz, seed: str) -> list[str]:
    """Return the identifiers of the items that `seed` draws, in the order to ask them."""
    return shuffled(list(quiz.contents), seed)[: quiz.draw]


def quiz_standing(enrolment: Enrolment, quiz: FrozenQuiz, key: str, now=None) -> Standing:
    """Tell how many tries are left; one query."""
    now = now or timezone.now()
    attempts = [
        row
        for row in enrolment.attempts.filter(activity_key=key)
        if row.state != Attempt.State.VOID
    ]
    open_attempt = next((row for row in attempts if row.state == Attempt.State.IN_PROGRESS), None)
    used = len(attempts) % quiz.tries if attempts else 0
    if not attempts or used:
        return Standing(attempts, open_attempt, quiz.tries - used, None)
    opens_at = (attempts[0].submitted_at or now) + RETRY_PAUSE
    return Standing(
        attempts,
        open_attempt,
        0 if opens_at > now else quiz.tries,
        opens_at if opens_at > now else None,
    )


@transaction.atomic
def start_attempt(enrolment: Enrolment, entry: dict, language: str) -> Attempt:
    """Draw the items, pin their revision and fix the deadline; an open attempt is returned as it is."""
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    revision_id = pinned_revision_id(entry, language)
    quiz = frozen_quiz(revision_id)
    standing = quiz_standing(enrolment, quiz, entry["key"])
    if standing.open_attempt:
        return standing.open_attempt
    if not standing.tries_left:
        raise Refused(
            _("You have used all your tries. You can try again from %(time)s.")
            % {"time": date_format(timezone.localtime(standing.opens_at), "DATETIME_FORMAT")},
            code="no_tries_left",
        )
    now = timezone.now()
    seed = secrets.token_hex(8)
    return Attempt.objects.create(
        enrolment=enrolment,
        activity_key=entry["key"],
        revision_id=revision_id,
        number=len(standing.attempts) + 1,
        seed=seed,
        form=draw_form(quiz, seed),
        started_at=now,
        deadline_at=now + timedelta(minutes=quiz.time_limit) if quiz.time_limit else None,
    )


def save_response(attempt: Attempt, item: str, value, *, client_id: UUID, now=None) -> None:
    """Append what was entered; the same `client_id` again is stored once. Refused once the attempt is closed."""
    now = now or timezone.now()
    if item not in attempt.form:
        raise Refused(_("This question is not part of your attempt."), code="not_in_attempt")
    if attempt.state != Attempt.State.IN_PROGRESS or (
        attempt.deadline_at and now > attempt.deadline_at + GRACE
    ):
        raise Refused(
            _("This attempt is closed, so the answer was not taken."), code="attempt_closed"
        )
    try:
        with transaction.atomic():
            Response.objects.create(attempt=attempt, item=item, value=value, client_id=client_id)
    except IntegrityError:
        return


def newest_values(attempt: Attempt) -> dict[str, object]:
    """Return {item: value} of the responses that count."""
    return {row.item: row.value for row in attempt.responses.all()}


@transaction.atomic
def submit_attempt(attempt: Attempt, *, by=None) -> Attempt:
    """Close the attempt, score it and record the best result; submitting twice scores once."""
    attempt = (
        Attempt.objects.select_for_update()
        .select_related("enrolment__run__edition")
        .get(pk=attempt.pk)
    )
    if attempt.state == Attempt.State.SCORED:
        return attempt
    quiz = frozen_quiz(attempt.revision_id)
    contents, values = quiz.contents, newest_values(attempt)
    outcomes = [
        Outcome(
            attempt=attempt, item=item, score=score_item(*contents[item], value=values.get(item))
        )
        for item in attempt.form
    ]
    Outcome.objects.bulk_create(outcomes)
    change_state(attempt, Attempt.State.SCORED, by=by, submitted_at=timezone.now())
    _record_best(attempt.enrolment, str(attempt.activity_key), quiz)
    return attempt


def _record_best(enrolment: Enrolment, key: str, quiz: FrozenQuiz) -> None:
    totals: dict[int, list[Decimal]] = {}
    for outcome in Outcome.objects.filter(
        attempt__enrolment=enrolment,
        attempt__activity_key=key,
        attempt__state=Attempt.State.SCORED,
    ):
        totals.setdefault(outcome.attempt_id, []).append(outcome.score)
    best = max(totals.values(), key=percent)
    record_result(
        enrolment,
        key,
        score=sum(best, Decimal(0)).quantize(Decimal("0.01")),
        maximum=Decimal(len(best)),
    )
    if percent(best) >= quiz.pass_mark:
        complete_activity(enrolment, key)


def submit_overdue_attempts(now=None) -> int:
    """Submit every attempt whose time and grace are over with what has arrived; return how many."""
    now = now or timezone.now()
    overdue = list(Attempt.objects.open().filter(deadline_at__lt=now - GRACE))
    for attempt in overdue:
        submit_attempt(attempt)
    return len(overdue)
