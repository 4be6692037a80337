"""Bookings as calendar entries (RFC 5545): a file of one booking, and a private feed of all of a person's.

Times are written in the session's own zone, with its rules beside them (VTIMEZONE): a calendar shows them at the place
and at home, and one that never heard of the zone reads them all the same. What a person needs for access, names of
others and the link to join stay out: calendars are copied to places that we do not know.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from lms.organisations.scoping import every_organisation
from practicals.domain.booking import shows_joining
from practicals.models import Booking, BookingState, CalendarFeed, PracticalSession
from practicals.models.bookings import new_token

KEPT = timedelta(days=90)
MOST = 200


def _events(
    session: PracticalSession,
    *,
    uid: UUID,
    sequence: int,
    changed_at: datetime,
    is_cancelled: bool,
    link: str,
) -> Iterable[Event]:
    """An entry for each day. `uid` never changes, and `sequence` only grows (RFC 5546, 2.1.5)."""
    days, zone = list(session.days.all()), ZoneInfo(session.time_zone)
    for number, day in enumerate(days, start=1):
        event = Event()
        title = session.title
        if len(days) > 1:
            title = _("%(session)s, day %(number)s of %(days)s") % {
                "session": session.title,
                "number": number,
                "days": len(days),
            }
        event.add("summary", title)
        event.add("uid", f"{uid}-{day.pk}@{urlsplit(settings.SITE_URL).hostname}")
        event.add("sequence", sequence)
        event.add("dtstamp", changed_at.astimezone(UTC))
        event.add("dtstart", day.starts_at.astimezone(zone))
        event.add("dtend", day.ends_at.astimezone(zone))
        address = session.address if shows_joining(session) else ""
        event.add("location", ", ".join(filter(None, [session.venue, address])))
        event.add("description", _("How to join, and what to bring: %(link)s") % {"link": link})
        event.add("url", link)
        event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
        yield event


def booking_events(booking: Booking) -> Iterable[Event]:
    session = booking.session
    path = reverse("courses:activity", args=[booking.enrolment_id, booking.activity_key])
    return _events(
        session,
        uid=booking.uid,
        sequence=session.sequence + booking.sequence,
        changed_at=max(session.changed_at, booking.changed_at),
        is_cancelled=booking.state == BookingState.CANCELLED,
        link=f"{settings.SITE_URL}{path}",
    )


def _facilitated_events(session: PracticalSession) -> Iterable[Event]:
    path = reverse("practicals:session", args=[session.organisation.slug, session.pk])
    return _events(
        session,
        uid=session.uid,
        sequence=session.sequence,
        changed_at=session.changed_at,
        is_cancelled=session.cancelled_at is not None,
        link=f"{settings.SITE_URL}{path}",
    )


def write_calendar(events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Umahiri//Practicals//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Umahiri")
    years: set[int] = set()
    for event in events:
        calendar.add_component(event)
        years |= {event.start.year, event.end.year}
    if years:  # the rules of these and one on each side: of all years they would be longer than the entries
        calendar.add_missing_timezones(date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1))
    return calendar.to_ical()


def own_calendar(feed: CalendarFeed, now: datetime | None = None) -> bytes:
    """What the owner of `feed` is booked for or facilitates, from three months ago on."""
    since = (now or timezone.now()) - KEPT
    user = feed.user
    with every_organisation(), override(user.language or settings.LANGUAGE_CODE):
        # the address stands for its owner, whoever sent them
        bookings = (
            Booking.objects.filter(
                enrolment__user=user, booked_at__isnull=False, session__ends_at__gte=since
            )
            .select_related("session")
            .prefetch_related("session__days")
            .order_by("-session__starts_at", "-pk")[:MOST]
        )
        sessions = (
            user.practical_sessions.filter(ends_at__gte=since)
            .select_related("organisation")
            .prefetch_related("days")
            .order_by("-starts_at", "-pk")[:MOST]
        )
        events = [event for booking in bookings for event in booking_events(booking)]
        events += [event for session in sessions for event in _facilitated_events(session)]
        return write_calendar(events)


def feed_of(user) -> CalendarFeed:
    return CalendarFeed.objects.get_or_create(user=user)[0]


def change_address(feed: CalendarFeed) -> None:
    """Give the feed a new address; the old one shows nothing from now on."""
    feed.token = new_token()
    feed.changed_at = timezone.now()
    feed.save(update_fields=["token", "changed_at"])
