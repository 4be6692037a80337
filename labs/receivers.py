"""What labs do at news from the courses."""

from django.dispatch import receiver

from courses.signals import enrolment_ended
from labs.backends import LabsDown
from labs.domain.workspaces import close_labs


@receiver(enrolment_ended)
def close_labs_of_ended_enrolment(enrolment, **_news):
    try:
        close_labs(enrolment)
    except LabsDown:
        return  # not set up: there is nothing to close
