"""The life of an attempt once it has begun: what counts so far, handing in, and the end of its time."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments.domain.ledger import FORM, GRACE, Timing, receipt_of, standings
from assessments.domain.outcomes import score_attempt
from assessments.domain.quizzes import FrozenQuiz, frozen_quiz
from assessments.domain.scoring import Standing
from assessments.domain.telling import tell_receipt
from assessments.models import Attempt, AttemptItem


def timing_of(attempt: Attempt, quiz: FrozenQuiz) -> Timing:
    return Timing(attempt.deadline_at, quiz.late_window)


def lock_attempt(attempts: QuerySet[Attempt], **which: Any) -> Attempt:
    """Return one of `attempts`, its row locked until the transaction ends, or raise Attempt.DoesNotExist."""
    return attempts.select_for_update(of=["self"]).get(**which)


def attempt_items(attempt: Attempt) -> list[AttemptItem]:
    """The items of an attempt with the versions they pin, in order; one query."""
    return list(attempt.items.select_related("version"))


def attempt_standings(
    attempt: Attempt, items: Sequence[AttemptItem], quiz: FrozenQuiz
) -> dict[int, Standing]:
    """Return {item id: Standing} by the responses so far; one query."""
    positions = {item.pk: item.position for item in items}
    return standings(attempt.responses.all(), positions, is_one_way=quiz.is_one_way)


def close_attempt(attempt: Attempt, quiz: FrozenQuiz, *, by=None, now: datetime) -> None:
    """Close a locked attempt, score it and queue its receipt."""
    attempt.submitted_at = now
    attempt.receipt = receipt_of(secrets.token_bytes(8))
    score_attempt(attempt, quiz, by=by)
    tell_receipt(attempt, quiz, attempt_standings(attempt, attempt_items(attempt), quiz))


@transaction.atomic
def submit_attempt(attempt: Attempt, *, by=None, now: datetime | None = None) -> Attempt:
    """Close the attempt, score what a machine can, and give a receipt; submitting twice scores once."""
    now = now or timezone.now()
    attempt = lock_attempt(Attempt.objects.select_related("enrolment__run__edition"), pk=attempt.pk)
    if attempt.state == Attempt.State.IN_PROGRESS:
        close_attempt(attempt, frozen_quiz(attempt.revision_id), by=by, now=now)
    return attempt


def submit_overdue_attempts(now: datetime | None = None) -> int:
    """Submit every attempt whose time is over with what has arrived, and return how many.

    One that is open in a browser with an outbox is waited for until its late window is over.
    """
    now = now or timezone.now()
    submitted = 0
    overdue = Attempt.objects.open().filter(deadline_at__lt=now - GRACE)
    for attempt in overdue.prefetch_related("devices"):
        timing = timing_of(attempt, frozen_quiz(attempt.revision_id))
        keeps_answers = any(device.device != FORM for device in attempt.devices.all())
        is_over = timing.last_arrival is not None and now > timing.last_arrival
        if not keeps_answers or is_over:
            submit_attempt(attempt, now=now)
            submitted += 1
    return submitted
