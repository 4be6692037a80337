"""What labs do at news from the courses and from accounts."""

from django.dispatch import receiver

from courses.models import EnrolmentState
from courses.signals import enrolment_moved
from labs.domain.sessions import close_labs, end_access
from lms.accounts.signals import access_ended

ENDED = {EnrolmentState.SUSPENDED, EnrolmentState.WITHDRAWN}


@receiver(enrolment_moved)
def close_labs_of_ended_enrolment(enrolment, **_news):
    if enrolment.state in ENDED:
        close_labs(enrolment)


@receiver(access_ended)
def end_labs_of_person(user, **_news):
    """They signed out everywhere, or their account was closed."""
    end_access(user)
