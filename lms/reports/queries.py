"""What staff see of learning in their organisations; read-only."""

from courses.domain.queries import progress_of_runs
from courses.models import Enrolment, EnrolmentState
from rosters.domain.queries import is_unnamed


def learners_of(organisation, *, state="", search=""):
    """Enrolments at or below `organisation`, by name; its scope must be open."""
    enrolments = Enrolment.objects.filter(organisation__path__startswith=organisation.path)
    enrolments = enrolments.exclude(is_unnamed())
    if state in EnrolmentState.values:
        enrolments = enrolments.filter(state=state)
    if search:
        enrolments = enrolments.filter(user__full_name__icontains=search)
    return (
        progress_of_runs(enrolments)
        .select_related("run__edition")
        .order_by("user__full_name", "pk")
    )
