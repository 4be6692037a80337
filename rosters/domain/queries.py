"""What the pages of cohorts show, in a constant number of queries."""

from django.db.models import Count, Exists, OuterRef, Q

from courses.models import Cohort, Enrolment, EnrolmentState
from lms.organisations.scoping import every_organisation
from rosters.models import RosterPerson


def cohorts_with_counts():
    """Cohorts in the open scope, with how many people each has."""
    return (
        Cohort.objects.select_related("run__course", "organisation")
        .annotate(people=Count("enrolments", filter=~Q(enrolments__state=EnrolmentState.WITHDRAWN)))
        .order_by("-created_at", "-pk")
    )


def is_unnamed():
    """Whether an enrolment is of a person with an account elsewhere who has not accepted yet.

    The organisation invited an address; whose it is, they learn from the person.
    """
    with every_organisation():  # whichever list brought them, of this organisation or one above
        strangers = RosterPerson.objects.filter(user=OuterRef("user"), is_stranger=True)
    return Q(state=EnrolmentState.INVITED) & Exists(strangers)


def people_of_cohort(cohort: Cohort):
    """Enrolments of a cohort, each with `is_unnamed`."""
    return (
        Enrolment.objects.filter(cohort=cohort)
        .select_related("user", "organisation")
        .annotate(is_unnamed=is_unnamed())
        .order_by("is_unnamed", "user__full_name", "pk")
    )
