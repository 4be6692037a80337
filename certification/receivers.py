"""What certification does at news from the courses."""

from django.dispatch import receiver

from certification.domain.proposals import propose_award
from courses.signals import run_completed
from lms.organisations.domain import subtree_scope


@receiver(run_completed)
def propose_award_of_completed_run(enrolment, **_news):
    with subtree_scope(enrolment.organisation):
        propose_award(enrolment)
