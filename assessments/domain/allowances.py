"""More time or tries: given to a learner, a cohort or an organisation, found again for each learner, ended."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from assessments.models import Allowance
from courses.domain.gradebook import unblock_results
from courses.models import Enrolment
from lms.organisations.models import Organisation
from lms.organisations.scoping import every_organisation


def allowances_of(enrolment: Enrolment, key: str) -> list[Allowance]:
    """What holds for this learner in the activity now: their own, their cohort's, and that of their organisation."""
    above = Organisation.objects.at_or_above(enrolment.organisation_id).order_by().values("pk")
    for_all = Q(enrolment__isnull=True, cohort__isnull=True, organisation__in=above)
    for_cohort = Q(cohort=enrolment.cohort_id) if enrolment.cohort_id else Q()
    with every_organisation():  # a body above the learner's own may have sent the cohort
        holding = Allowance.objects.filter(
            Q(enrolment=enrolment) | for_cohort | for_all,
            Q(activity_key=key) | Q(activity_key__isnull=True),
            run=enrolment.run_id,
            ended_at__isnull=True,
        )
        return list(holding)  # read here, where they are in scope


def reached_by(allowance: Allowance) -> QuerySet[Enrolment]:
    """The learners in scope for whom it is."""
    enrolments = Enrolment.objects.filter(run=allowance.run_id)
    if allowance.enrolment_id:
        return enrolments.filter(pk=allowance.enrolment_id)
    if allowance.cohort_id:
        return enrolments.filter(cohort=allowance.cohort_id)
    below = Organisation.objects.at_or_below(allowance.organisation).order_by()
    return enrolments.filter(organisation__in=below.values("pk"))


@transaction.atomic
def give_allowance(allowance: Allowance, *, by) -> None:
    """Keep a new allowance; it holds from the next start of an attempt, and who had no try left is not stuck."""
    allowance.by = by
    allowance.save()
    if allowance.extra_tries:
        unblock_results(reached_by(allowance), str(allowance.activity_key))
    log(allowance.run, "assessments.allowance", user=by, data={"allowance": allowance.pk})


@transaction.atomic
def end_allowance(allowance: Allowance, *, by) -> None:
    """Take an allowance back; attempts that have begun keep it."""
    allowance.ended_at = timezone.now()
    allowance.save(update_fields=["ended_at"])
    log(allowance.run, "assessments.allowance_ended", user=by, data={"allowance": allowance.pk})
