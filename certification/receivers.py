"""What certification does at news from the courses."""

from django.dispatch import receiver

from certification.domain.proposals import propose_award, propose_programme_award
from courses.signals import programme_completed, run_completed
from lms.organisations.domain import subtree_scope


@receiver(run_completed)
def propose_award_of_completed_run(enrolment, **_news):
    with subtree_scope(enrolment.organisation):
        propose_award(enrolment)


@receiver(programme_completed)
def propose_award_of_completed_programme(completion, **_news):
    if not completion.level_key:
        with subtree_scope(completion.last_course.organisation):
            propose_programme_award(completion)
