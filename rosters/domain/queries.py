"""What the pages of cohorts show, in a constant number of queries."""

from django.db.models import Count, Q

from courses.models import Cohort, Enrolment, EnrolmentState


def cohorts_with_counts():
    """Cohorts in the open scope, with how many people each has."""
    return (
        Cohort.objects.select_related("run__course", "organisation")
        .annotate(people=Count("enrolments", filter=~Q(enrolments__state=EnrolmentState.WITHDRAWN)))
        .order_by("-created_at", "-pk")
    )


def people_of_cohort(cohort: Cohort):
    """Enrolments of a cohort, those without a name last."""
    return (
        Enrolment.objects.filter(cohort=cohort)
        .select_related("user", "organisation")
        .order_by("-is_named", "user__full_name", "pk")
    )
