"""Planning sessions: making and changing one, cancelling it, and closing what is over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.models import CourseRun
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation
from practicals.domain.booking import hold, move, promote_waiting
from practicals.domain.telling import READER, tell
from practicals.messages import SESSION_CANCELLED, SESSION_CHANGED
from practicals.models import (
    Attendance,
    Booking,
    BookingState,
    PracticalPage,
    PracticalSession,
    SessionDay,
)
from practicals.models.bookings import OPEN

NEEDS_KEPT = timedelta(days=30)
# what people in the room go by; when one of these changes, they are told
TOLD = ("title", "time_zone", "venue", "address", "map_link", "joining_link", "joining_note")

DayTimes = tuple[int | None, datetime, datetime]  # the id of a day there is, its start and end


def practicals_to_plan() -> list[tuple[CourseRun, dict]]:
    """(run, entry of the outline) of each practical in a run that has not ended."""
    runs = CourseRun.objects.exclude(ends_on__lt=timezone.localdate()).select_related(
        "edition", "course"
    )
    return [
        (run, entry)
        for run in runs
        for entry in run.edition.activities
        if entry["kind"] == PracticalPage.kind
    ]


@transaction.atomic
def save_session(session: PracticalSession, days: list[DayTimes], *, by) -> PracticalSession:
    """Keep a new session, or the changes of one, with its days.

    A change of time or place raises the calendar's sequence, and those booked are told; more seats go to those who
    wait. Refuses fewer seats than are taken, and to drop a day on which attendance was noted.
    """
    before = hold(session) if session.pk else None
    session.starts_at = min(start for _pk, start, _end in days)
    session.ends_at = max(end for _pk, _start, end in days)
    session.changed_at = timezone.now()
    if before is None:
        session.save()
        _keep_days(session, days)
        log(session, "practicals.session.planned", user=by)
        return session
    if before.cancelled_at:
        raise Refused(_("This session was cancelled. Plan a new one."), code="session_cancelled")
    if session.capacity < before.taken:
        raise Refused(
            _("%(taken)s people are booked, so there cannot be fewer seats.")
            % {"taken": before.taken},
            code="seats_taken",
        )
    session.taken = before.taken
    session.sequence = before.sequence
    is_moved = _keep_days(session, days) | any(
        getattr(before, name) != getattr(session, name) for name in TOLD
    )
    session.sequence += is_moved
    session.save()
    log(session, "practicals.session.changed", user=by)
    if is_moved:
        _tell_of_change(session, has_new_start=before.starts_at != session.starts_at)
    promote_waiting(session)
    return session


def _keep_days(session, days) -> bool:
    """Make the session's days be `days`; return whether that changed anything."""
    known = {day.pk: day for day in session.days.all()}
    kept = {pk for pk, _start, _end in days}
    gone = [day for pk, day in known.items() if pk not in kept]
    try:
        for day in gone:
            day.delete()
    except ProtectedError as error:
        raise Refused(
            _("Attendance was noted on a day that you took out. Leave the day as it is."),
            code="day_has_attendance",
        ) from error
    is_changed = bool(gone)
    for pk, start, end in sorted(days, key=lambda day: day[1]):
        day = known.get(pk) or SessionDay(session=session)
        if (day.starts_at, day.ends_at) != (start, end):
            day.starts_at, day.ends_at = start, end
            day.save()
            is_changed = True
    return is_changed


def _tell_of_change(session, *, has_new_start):
    with every_organisation():  # whoever sent them
        booked = Booking.objects.filter(session=session, state=BookingState.BOOKED)
        if has_new_start:
            booked.update(reminded_hours=None)
        for booking in booked.select_related("session", *READER):
            booking.session = session
            tell(booking, SESSION_CHANGED, f"sequence {session.sequence}")


@transaction.atomic
def cancel_session(session: PracticalSession, *, by, reason: str) -> None:
    """Cancel the session and all its open bookings, and tell everyone. A second call does nothing."""
    held = hold(session)
    if held.cancelled_at:
        return
    held.cancelled_at = held.changed_at = timezone.now()
    held.cancel_reason = reason
    held.sequence += 1
    held.save(update_fields=["cancelled_at", "changed_at", "cancel_reason", "sequence"])
    with every_organisation():  # whoever sent them
        for booking in held.bookings.open().select_related(*READER):
            move(
                booking,
                held,
                BookingState.CANCELLED,
                by=by,
                reason=reason,
                sequence=booking.sequence + 1,
            )
            tell(booking, SESSION_CANCELLED)
    log(held, "practicals.session.cancelled", user=by, data={"reason": reason})


@transaction.atomic
def release_no_shows(session: PracticalSession, *, by) -> int:
    """Free the seats of those booked who were not noted present on any day; how many these are.

    For people at the door. Refuses before the first day has begun.
    """
    held = hold(session)
    if not held.has_begun:
        raise Refused(_("The session has not begun yet."), code="not_begun")
    came = Attendance.objects.filter(booking=OuterRef("pk"), is_current=True, is_present=True)
    missing = Booking.objects.filter(session=held, state=BookingState.BOOKED)
    released = list(missing.exclude(Exists(came)).select_related("enrolment"))
    for booking in released:
        move(booking, held, BookingState.ABSENT, by=by, holds_seat=False)
    return len(released)


def close_sessions(now: datetime | None = None) -> None:
    """Settle what is over: who was booked and did not come enough is absent, who still waited waits no more.

    What people need for access is forgotten a month after.
    """
    now = now or timezone.now()
    over = PracticalSession.objects.filter(ends_at__lte=now)
    for session in over.filter(bookings__state__in=OPEN).distinct():
        _close(session)
    Booking.objects.filter(session__ends_at__lt=now - NEEDS_KEPT).exclude(
        needs=[], needs_note=""
    ).update(needs=[], needs_note="")


@transaction.atomic
def _close(session):
    held = hold(session)
    for booking in held.bookings.open().select_related("enrolment"):
        came = booking.state == BookingState.BOOKED
        move(booking, held, BookingState.ABSENT if came else BookingState.CANCELLED)
