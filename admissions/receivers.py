"""What admissions do at news from the courses."""

from django.dispatch import receiver

from admissions.domain.nominations import promote_next
from courses.models import EnrolmentState
from courses.signals import enrolment_moved


@receiver(enrolment_moved)
def fill_the_seat_that_became_free(enrolment, **_news):
    if enrolment.state == EnrolmentState.WITHDRAWN:
        promote_next(enrolment.run)
