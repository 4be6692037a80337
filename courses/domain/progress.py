"""Progress through the pinned edition, and when a course is complete."""

from datetime import datetime, time
from functools import partial

from django.db import transaction
from django.db.models import Case, F, PositiveIntegerField, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.activities import KINDS
from courses.domain.plausibility import Evidence, judge
from courses.domain.rollups import refresh_rollup
from courses.models import CheckAnswer, Enrolment, Progress
from courses.signals import run_completed
from lms.core.states import change_state

LONGEST_STRETCH_S = 30 * 60  # what one beacon may claim: it is sent far more often


def _seen(now: datetime) -> dict:
    """What a visit at `now` changes: the newest visit, and the count of days if it is the day's first."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    return {
        "visited_at": now,
        "days": F("days") + Case(When(visited_at__lt=midnight, then=1), default=0),
    }


@transaction.atomic(savepoint=False)
def visit_activity(enrolment: Enrolment, key: str) -> Progress:
    """Note that the learner opened the activity; the newest visit is where they resume."""
    progress, created = Progress.objects.get_or_create(enrolment=enrolment, activity_key=key)
    if not created:
        progress.visited_at = timezone.now()
        Progress.objects.filter(pk=progress.pk).update(**_seen(progress.visited_at))
    refresh_rollup(enrolment)
    return progress


@transaction.atomic(savepoint=False)
def keep_position(
    enrolment: Enrolment, key: str, position: str, *, active_seconds: int | None = None
) -> None:
    """Remember the block at the top of the screen, to resume exactly there.

    `active_seconds` is how long the page was in front since it was last told; it counts until completion.
    """
    changes = {"position": position[:64], **_seen(timezone.now())}
    if active_seconds is not None:
        more = max(0, min(active_seconds, LONGEST_STRETCH_S))
        changes["active_seconds"] = Case(
            When(completed_at__isnull=True, then=Coalesce("active_seconds", 0) + more),
            default=F("active_seconds"),
            output_field=PositiveIntegerField(),
        )
    Progress.objects.filter(enrolment=enrolment, activity_key=key).update(**changes)
    refresh_rollup(enrolment)


@transaction.atomic
def complete_activity(
    enrolment: Enrolment, key: str, *, at: datetime | None = None, active_seconds: int | None = None
) -> None:
    """Mark the activity done, once: a second call neither re-dates nor repeats anything.

    The time spent is judged at the same moment; that is kept for people to look at and refuses nothing.
    """
    Enrolment.objects.select_for_update().get(
        pk=enrolment.pk
    )  # two last activities at once: one completes the run
    progress, _ = Progress.objects.get_or_create(enrolment=enrolment, activity_key=key)
    at = at or timezone.now()
    if progress.completed_at is None:
        Progress.objects.filter(pk=progress.pk).update(
            completed_at=at, **_judged(enrolment, progress, at, active_seconds)
        )
    refresh_rollup(enrolment)
    complete_run_if_done(enrolment, at=at)


def _judged(
    enrolment: Enrolment, progress: Progress, at: datetime, active_seconds: int | None
) -> dict:
    """The facts and the verdict that a completion at `at` leaves.

    Nothing is judged that was completed before it was first opened, for that was brought in from elsewhere.
    """
    elapsed = (at - progress.started_at).total_seconds()
    entry = enrolment.run.edition.activity(str(progress.activity_key))
    if elapsed < 0:
        return {}
    if entry is None or not KINDS[entry["kind"]].is_timed:
        return {"elapsed_seconds": int(elapsed)}
    measured = None
    if (
        active_seconds is not None
    ):  # the last stretch came with the completion: the measure is whole
        measured = (progress.active_seconds or 0) + max(0, active_seconds)
    evidence = Evidence(int(elapsed), measured, _answered_rightly(enrolment, entry))
    judgement = judge(entry, evidence)
    return {
        "elapsed_seconds": int(elapsed),
        "active_seconds": None if measured is None else min(measured, int(elapsed)),
        "pace": judgement.pace,
        "least_seconds": judgement.least_seconds,
    }


def _answered_rightly(enrolment: Enrolment, entry: dict) -> int:
    """How many of the lesson's check questions were answered rightly at some time."""
    if not entry.get("checks"):
        return 0
    right = CheckAnswer.objects.filter(
        enrolment=enrolment, activity_key=entry["key"], is_right=True
    ).order_by()
    return right.values("block_id").distinct().count()


@transaction.atomic
def reopen_activity(enrolment: Enrolment, key: str) -> bool:
    """Take back that the activity is done, where that was a mistake; a run that is complete stays so."""
    state = Enrolment.objects.select_for_update().get(pk=enrolment.pk).state
    if state == Enrolment.State.COMPLETED:
        return False
    done = Progress.objects.filter(enrolment=enrolment, activity_key=key)
    is_reopened = bool(done.update(completed_at=None))
    refresh_rollup(enrolment)
    return is_reopened


def complete_run_if_done(enrolment: Enrolment, *, at) -> bool:
    """Complete the enrolment when every activity of the pinned edition is done."""
    enrolment.refresh_from_db(fields=["state"])
    if enrolment.state != Enrolment.State.ACTIVE:
        return False
    done = set(
        map(
            str,
            enrolment.progress.filter(completed_at__isnull=False).values_list(
                "activity_key", flat=True
            ),
        )
    )
    if not done.issuperset(entry["key"] for entry in enrolment.run.edition.activities):
        return False
    change_state(enrolment, Enrolment.State.COMPLETED, completed_at=at)
    transaction.on_commit(partial(run_completed.send, Enrolment, enrolment=enrolment))
    return True
