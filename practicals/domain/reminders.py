"""Reminders of what comes: found from state, so that a run that was missed or came twice does no harm."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from practicals.domain.telling import READER, tell
from practicals.messages import REMINDER
from practicals.models import Booking, BookingState

HOURS_BEFORE = (2, 24, 24 * 7)


def hours_due(starts_at: datetime, booked_at: datetime, now: datetime) -> int | None:
    """The reminder whose time it is: the last one that has come, unless the seat was booked after its time."""
    for hours in HOURS_BEFORE:
        due_at = starts_at - timedelta(hours=hours)
        if due_at <= now < starts_at:
            return hours if booked_at <= due_at else None
    return None


def send_reminders(now: datetime | None = None) -> int:
    """Remind each who is booked of what comes, once for each of the times; the scope must be open."""
    now = now or timezone.now()
    longest = timedelta(hours=max(HOURS_BEFORE))
    booked = Booking.objects.filter(
        state=BookingState.BOOKED, session__starts_at__gt=now, session__starts_at__lte=now + longest
    )
    sent = 0
    for booking in booked.select_related("session", *READER).iterator():
        hours = hours_due(booking.session.starts_at, booking.booked_at, now)
        if hours is not None:
            sent += _remind(booking, hours)
    return sent


@transaction.atomic
def _remind(booking, hours) -> bool:
    unsent = Q(reminded_hours=None) | Q(reminded_hours__gt=hours)
    is_ours = Booking.objects.filter(unsent, pk=booking.pk).update(reminded_hours=hours)
    if is_ours:  # of two sweeps at once, one
        tell(booking, REMINDER, f"{hours} hours before {booking.session.starts_at:%Y-%m-%dT%H:%M}")
    return bool(is_ours)
