"""What learners are told of their bookings, by mail."""

from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from practicals.models import Booking

# subject and text of each message; the names in braces are those of `facts_of`
TEXTS = {
    "practicals.booked": (
        _("Your seat: {session}"),
        _("You are booked for “{session}”. It starts {start}, at {venue}. How to join: {link}"),
    ),
    "practicals.waiting": (
        _("You are on the waiting list: {session}"),
        _(
            "All seats of “{session}” are taken. You are on the waiting list, and hear from us when a seat is yours. "
            "See where you stand: {link}"
        ),
    ),
    "practicals.promoted": (
        _("A seat is yours: {session}"),
        _(
            "A seat became free, and it is yours: “{session}”. It starts {start}, at {venue}. "
            "If you cannot come, give it up for the next in line: {link}"
        ),
    ),
    "practicals.cancelled": (
        _("Your booking has ended: {session}"),
        _("Your booking for “{session}” has ended. {reason} Choose another session here: {link}"),
    ),
    "practicals.session_cancelled": (
        _("Cancelled: {session}"),
        _(
            "“{session}”, which was to start {start}, does not take place. {reason} Choose another session here: {link}"
        ),
    ),
    "practicals.session_changed": (
        _("Changed: {session}"),
        _("Time or place of “{session}” changed. It starts {start}, at {venue}. Details: {link}"),
    ),
    "practicals.reminder": (
        _("Reminder: {session}"),
        _(
            "“{session}” starts {start}, at {venue}. How to join, and what to bring: {link} "
            "If you cannot come, cancel there, so that somebody else can have your seat."
        ),
    ),
}


def facts_of(booking: Booking) -> dict[str, str]:
    """What the texts may say, as plain words in the language that is active."""
    session = booking.session
    start = timezone.localtime(session.starts_at, ZoneInfo(session.time_zone))
    path = reverse("courses:activity", args=[booking.enrolment_id, booking.activity_key])
    return {
        "session": session.title,
        "start": f"{date_format(start, 'DATETIME_FORMAT')} ({session.time_zone})",
        "venue": session.venue,
        "link": f"{settings.SITE_URL}{path}",
        "reason": booking.reason,
    }


def tell(booking: Booking, key: str) -> None:
    """Tell the learner once what was decided is kept; who has no address sees it on the page."""
    user = booking.enrolment.user
    if not user.email:
        return
    subject, text = TEXTS[key]
    with override(user.language or settings.LANGUAGE_CODE):
        facts = facts_of(booking)
        mail = (subject.format(**facts), text.format(**facts).replace("  ", " "))
    transaction.on_commit(partial(send_mail, *mail, None, [user.email], fail_silently=True))
