"""Telling learners of their labs, in the transaction of what they are told."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from labs.messages import CHANGED, COMMENTED, HAND_MARKED
from labs.models import RemarkChange, Submission
from lms.messaging.domain.sending import queue
from lms.messaging.registry import Kind


def tell_comment(submission: Submission) -> None:
    """Queue the news that a trainer commented; of several comments on one day the first tells."""
    _tell(submission, COMMENTED, f"comments of {timezone.localdate():%Y-%m-%d}")


def tell_hand_marked(submission: Submission) -> None:
    """Queue the news that nothing of a submission waits for a trainer any more."""
    _tell(submission, HAND_MARKED, "marked by hand")


def tell_change(change: RemarkChange, submission: Submission) -> None:
    """Queue the news that a re-mark changed a result: what it was, what it is, and why."""
    with override(change.workspace.enrolment.user.language or settings.LANGUAGE_CODE):
        facts = {
            "points_before": _points(change.score_before, change.maximum_before),
            "points_after": _points(change.score_after, change.maximum_after),
            "reason": change.remark.reason,
        }
    _tell(submission, CHANGED, f"re-mark {change.remark_id}", **facts)


def _points(score, maximum) -> str:
    return _("%(score)s of %(maximum)s") % {"score": score, "maximum": maximum}


def _tell(submission: Submission, kind: Kind, dedupe: str, **facts: str) -> None:
    workspace = submission.workspace
    enrolment = workspace.enrolment
    entry = enrolment.run.edition.activity(str(workspace.activity_key))
    path = reverse("labs:submission", args=[submission.pk])
    queue(
        [enrolment.user],
        kind,
        organisation=enrolment.organisation,
        dedupe=f"lab submission {submission.pk}: {dedupe}",
        context={
            "lab": entry["title"] if entry else submission.release.name,
            "link": f"{settings.SITE_URL}{path}",
            **facts,
        },
    )
