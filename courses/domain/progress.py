"""Progress through the pinned edition, and when a course is complete."""

from functools import partial

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.models import Enrolment, Progress
from courses.signals import run_completed
from lms.core.states import change_state


def visit_activity(enrolment: Enrolment, key: str) -> Progress:
    """Note that the learner opened the activity; the newest visit is where they resume."""
    progress, created = Progress.objects.get_or_create(enrolment=enrolment, activity_key=key)
    if not created:
        progress.visited_at = timezone.now()
        progress.save(update_fields=["visited_at"])
    return progress


def keep_position(enrolment: Enrolment, key: str, position: str) -> None:
    """Remember the block at the top of the screen, to resume exactly there."""
    Progress.objects.filter(enrolment=enrolment, activity_key=key).update(
        position=position[:64], visited_at=timezone.now()
    )


@transaction.atomic
def complete_activity(enrolment: Enrolment, key: str, *, at=None) -> None:
    """Mark the activity done, once: a second call neither re-dates nor repeats anything."""
    at = at or timezone.now()
    Enrolment.objects.select_for_update().get(
        pk=enrolment.pk
    )  # two last activities at once: one completes the run
    progress, _ = Progress.objects.get_or_create(enrolment=enrolment, activity_key=key)
    Progress.objects.filter(pk=progress.pk).update(completed_at=Coalesce(F("completed_at"), at))
    complete_run_if_done(enrolment, at=at)


@transaction.atomic
def reopen_activity(enrolment: Enrolment, key: str) -> bool:
    """Take back that the activity is done, where that was a mistake; a run that is complete stays so."""
    state = Enrolment.objects.select_for_update().get(pk=enrolment.pk).state
    if state == Enrolment.State.COMPLETED:
        return False
    done = Progress.objects.filter(enrolment=enrolment, activity_key=key)
    return bool(done.update(completed_at=None))


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
