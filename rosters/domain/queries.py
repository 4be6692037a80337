"""What the pages of cohorts show, in a constant number of queries."""

from django.db.models import Count, Exists, OuterRef, Q

from courses.models import Cohort, Enrolment, EnrolmentState
from rosters.models import RosterPerson


def cohorts_with_counts():
    """Cohorts in the open scope, with how many people each has."""
    return Cohort.objects.select_related("run__course", "organisation").annotate(
        people=Count("enrolments", filter=~Q(enrolments__state=EnrolmentState.WITHDRAWN))
    )


def people_of_cohort(cohort: Cohort):
    """Enrolments of a cohort; `is_unnamed` for a person with an account elsewhere who has not accepted yet."""
    strangers = RosterPerson.objects.filter(
        user=OuterRef("user"), organisation=cohort.organisation_id, is_stranger=True
    )
    return (
        Enrolment.objects.filter(cohort=cohort)
        .select_related("user", "organisation")
        .annotate(is_unnamed=Q(state=EnrolmentState.INVITED) & Exists(strangers))
        .order_by("is_unnamed", "user__full_name", "pk")
    )
