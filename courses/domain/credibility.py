"""What was done conspicuously fast, and what people found out about it. Nothing here changes a completion."""

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.models import PaceNote, PaceNoteState, Progress
from courses.models.enrolments import CONSPICUOUS
from lms.core.errors import Refused


def conspicuous(*, state: str = "") -> QuerySet[Progress]:
    """Activities in the open scope that were done faster than the model finds plausible.

    Each has `found`, the state of the newest note; without a note it is open. `state` leaves those of one.
    """
    newest = PaceNote.objects.filter(progress=OuterRef("pk")).order_by("-at", "-pk")
    rows = (
        Progress.objects.filter(pace__in=CONSPICUOUS)
        .annotate(found=Subquery(newest.values("state")[:1]))
        .select_related("enrolment__user", "enrolment__organisation")
        .prefetch_related("enrolment__run__edition")
    )
    if state == PaceNoteState.OPEN:
        return rows.filter(Q(found=PaceNoteState.OPEN) | Q(found__isnull=True))
    return rows.filter(found=state) if state in PaceNoteState.values else rows


@transaction.atomic
def note_pace(progress: Progress, *, state: str, note: str, by) -> PaceNote:
    """Keep what `by` found out. Refuses what is not conspicuous; the learner's completion stays as it is."""
    if progress.pace not in CONSPICUOUS:
        raise Refused(_("The time on this activity is plausible."), code="not_conspicuous")
    kept = PaceNote.objects.create(progress=progress, state=state, note=note, by=by)
    log(
        progress.enrolment,
        "courses.pace_noted",
        user=by,
        data={"note": kept.pk, "state": state},
    )
    return kept
