"""What practicals do at news from the courses."""

from django.dispatch import receiver

from courses.signals import enrolment_ended
from lms.organisations.scoping import every_organisation
from practicals.domain.booking import cancel_bookings_of


@receiver(enrolment_ended)
def free_seats_of_ended_enrolment(enrolment, **_news):
    with every_organisation():  # the enrolment's own, whoever ended it
        cancel_bookings_of(enrolment)
