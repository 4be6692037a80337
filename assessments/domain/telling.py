"""Telling learners of their attempts, in the transaction of what they are told."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from assessments.domain.quizzes import FrozenQuiz, frozen_quiz
from assessments.domain.scoring import Standing
from assessments.messages import CHANGED, MARKED, RECEIPT
from assessments.models import Attempt, Change
from lms.messaging.domain.sending import queue
from lms.messaging.registry import Kind


def answered_sentence(standing: dict[int, Standing]) -> str:
    """How many questions have an answer, for a receipt."""
    count = sum(each.is_answered for each in standing.values())
    return ngettext("%(count)d answer", "%(count)d answers", count) % {"count": count}


def tell_receipt(attempt: Attempt, quiz: FrozenQuiz, standing: dict[int, Standing]) -> None:
    """Queue the receipt of an attempt that was handed in."""
    with override(attempt.enrolment.user.language or settings.LANGUAGE_CODE):
        facts = {
            "answers": answered_sentence(standing),
            "time": date_format(timezone.localtime(attempt.submitted_at), "DATETIME_FORMAT"),
            "receipt_code": attempt.receipt,
        }
    _tell(attempt, RECEIPT, f"attempt {attempt.pk}", quiz, **facts)


def tell_marked(attempt: Attempt, quiz: FrozenQuiz) -> None:
    """Queue the news that a trainer marked what waited for one."""
    _tell(attempt, MARKED, f"attempt {attempt.pk}", quiz)


def tell_change(change: Change) -> None:
    """Queue the news that a regrade changed a result: what it was, what it is, and why."""
    attempt = change.attempt
    with override(attempt.enrolment.user.language or settings.LANGUAGE_CODE):
        facts = {
            "points_before": _points(change.score_before, change.maximum_before),
            "points_after": _points(change.score_after, change.maximum_after),
            "reason": change.regrade.reason,
        }
    dedupe = f"regrade {change.regrade_id} of attempt {attempt.pk}"
    _tell(attempt, CHANGED, dedupe, frozen_quiz(attempt.revision_id), **facts)


def _points(score, maximum) -> str:
    return _("%(score)s of %(maximum)s") % {"score": score, "maximum": maximum}


def _tell(attempt: Attempt, kind: Kind, dedupe: str, quiz: FrozenQuiz, **facts: str) -> None:
    path = reverse("assessments:review", args=[attempt.enrolment_id, attempt.uuid])
    queue(
        [attempt.enrolment.user],
        kind,
        organisation=attempt.enrolment.organisation,
        dedupe=dedupe,
        context={"quiz": quiz.title, "link": f"{settings.SITE_URL}{path}", **facts},
    )
