"""Telling learners of their bookings, in the transaction of what they are told."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from lms.messaging.domain.sending import queue
from lms.messaging.registry import Kind
from practicals.models import Booking

# what of an enrolment is read to tell its learner
READER = ("enrolment__organisation", "enrolment__user__message_preference")


def tell(booking: Booking, kind: Kind, occasion: str = "") -> None:
    """Queue a message to the learner, once for each `occasion`."""
    queue(
        [booking.enrolment.user],
        kind,
        organisation=booking.enrolment.organisation,
        dedupe=f"booking {booking.pk} {occasion}".strip(),
        context=_facts_of(booking),
    )


def _facts_of(booking: Booking) -> dict[str, str]:
    """What the texts may say, as plain words in the learner's language."""
    session = booking.session
    start = timezone.localtime(session.starts_at, ZoneInfo(session.time_zone))
    path = reverse("courses:activity", args=[booking.enrolment_id, booking.activity_key])
    with override(booking.enrolment.user.language or settings.LANGUAGE_CODE):
        day = date_format(start, "DATETIME_FORMAT")
    return {
        "session": session.title,
        "start": f"{day} ({session.time_zone})",
        "venue": session.venue,
        "link": f"{settings.SITE_URL}{path}",
        "reason": booking.reason,
    }
