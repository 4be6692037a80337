"""Noting who was there, by whichever way, and what follows: enough days complete the practical.

Notes come in late and in any order, from phones and screens that had no line. So they are only ever added, and which
one counts does not depend on when it came in.
"""

from datetime import datetime, timedelta
from uuid import uuid4, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.domain.progress import complete_activity, reopen_activity
from courses.models import Enrolment
from lms.core.errors import Refused
from practicals.domain.booking import current_booking, give_seat, hold, move, request_place
from practicals.domain.tokens import agrees, is_fresh, read_token, step_at, time_of
from practicals.models import Attendance, Booking, BookingState, How, PracticalSession, SessionDay

DOORS_OPEN = timedelta(hours=2)  # how long before its start a day's attendance may be noted
DOORS_CLOSE = timedelta(hours=1)  # and how long after its end a screen still checks people in
LISTED = {BookingState.BOOKED, BookingState.ATTENDED, BookingState.ABSENT}


def claimed_time(claimed: datetime | None, day_start: datetime, now: datetime) -> datetime:
    """When a device says that it noted something, as far as that can be true."""
    return min(max(claimed or now, day_start - DOORS_OPEN), now)


def has_opened(day: SessionDay, now: datetime) -> bool:
    return now >= day.starts_at - DOORS_OPEN


@transaction.atomic
def record_attendance(  # noqa: PLR0913  all that a note says
    booking: Booking,
    day: SessionDay,
    *,
    is_present: bool,
    how: str,
    by,
    at: datetime | None = None,
    client_id: str = "",
    is_confirmed: bool = True,
    reason: str = "",
) -> Attendance:
    """Add a note that the person was, or was not, there; of all notes of the day the latest counts.

    One that the facilitator did not confirm never outweighs one that is. A `client_id` is the noting device's: what
    it sends twice is kept once. After the day, changing what was noted needs a reason. Enough days complete the
    practical; a correction takes that back while the run is not complete.
    """
    now = timezone.now()
    if day.session_id != booking.session_id:
        raise Refused(_("This day is of another session."), code="other_session")
    if not has_opened(day, now):
        raise Refused(
            _("This day has not begun yet. Attendance opens two hours before."), code="not_begun"
        )
    held = hold(booking.session)
    booking.refresh_from_db(fields=["state", "holds_seat"])
    if booking.state not in LISTED and is_confirmed:
        raise Refused(
            _("%(person)s has no seat in this session now.") % {"person": booking.enrolment.user},
            code="no_seat",
        )
    uuid = uuid5(booking.uid, f"{day.pk}:{client_id}") if client_id else uuid4()
    notes = Attendance.objects.filter(booking=booking, day=day)
    if client_id and (sent_before := notes.filter(uuid=uuid).first()):
        return sent_before
    current = notes.filter(is_current=True).first()
    note = Attendance(
        booking=booking,
        day=day,
        uuid=uuid,
        is_present=is_present,
        is_confirmed=is_confirmed,
        how=how,
        at=claimed_time(at, day.starts_at, now),
        by=by,
        reason=reason,
    )
    _demand_reason(note, current)
    note.is_current = current is None or note.weight > current.weight
    if current and note.is_current:
        current.is_current = False
        current.save(update_fields=["is_current"])
    note.save()
    if booking.state in LISTED:
        settle(booking, held, by=by)
    return note


def _demand_reason(note, current):
    changes = current and current.is_confirmed and current.is_present != note.is_present
    if changes and note.at >= note.day.ends_at and not note.reason:
        raise Refused(
            _("The day is over. Give the reason why what was noted for %(person)s changes.")
            % {"person": note.booking.enrolment.user},
            code="reason_needed",
        )


def days_attended(booking: Booking) -> list[datetime]:
    """When the person was noted on each day that counts, in the order of the days."""
    notes = Attendance.objects.filter(
        booking=booking, is_current=True, is_confirmed=True, is_present=True
    )
    return list(notes.order_by("day__starts_at").values_list("at", flat=True))


def settle(booking: Booking, held: PracticalSession, *, by=None) -> None:
    """Bring the booking's state in line with its notes, and the learner's progress with that."""
    days = days_attended(booking)
    key = str(booking.activity_key)
    if len(days) >= held.days_needed:
        to = BookingState.ATTENDED
    elif held.is_over or not booking.holds_seat or booking.state == BookingState.ABSENT:
        to = BookingState.ABSENT
    else:
        to = BookingState.BOOKED
    if to == booking.state:
        return
    was_attended = booking.state == BookingState.ATTENDED
    move(booking, held, to, by=by)
    if to == BookingState.ATTENDED:
        complete_activity(booking.enrolment, key, at=days[held.days_needed - 1])
    elif was_attended:
        reopen_activity(booking.enrolment, key)


def check_in(
    enrolment: Enrolment,
    day: SessionDay,
    token: str,
    *,
    seen_at: datetime | None = None,
    claimed_at: datetime | None = None,
    by,
) -> Attendance:
    """Check a learner in who scanned the screen of `day`; a second scan of the same code adds nothing.

    The code must be the one on the screen now or just before: now, or at `seen_at`, when our server met it before
    the person had signed in. A phone that had no line sends it later with `claimed_at`, its own clock's time; if that
    agrees with the code, the note is kept until the facilitator confirms it. Who has no seat stands at the door.
    """
    now = timezone.now()
    step = read_token(day.pk, token)
    if step is None:
        raise Refused(
            _("This is not a code of ours. Point your phone at the screen again."),
            code="not_ours",
        )
    if not day.starts_at - DOORS_OPEN <= time_of(step) <= day.ends_at + DOORS_CLOSE:
        raise Refused(_("This code is not of a time at which people check in."), code="out_of_time")
    seen = seen_at or now
    is_late = not is_fresh(step, seen)
    if is_late and not (claimed_at and step <= step_at(now) and agrees(step, claimed_at)):
        raise Refused(
            _("This code is too old. Point your phone at the screen again."), code="stale"
        )
    return note_arrival(
        enrolment,
        day,
        how=How.QR,
        at=claimed_at if is_late else seen,
        is_confirmed=not is_late,
        client_id=f"qr:{step}",
        by=by,
    )


@transaction.atomic
def note_arrival(
    enrolment: Enrolment,
    day: SessionDay,
    *,
    how: str,
    by,
    at: datetime | None = None,
    is_confirmed: bool = True,
    client_id: str = "",
) -> Attendance:
    """Note that a learner has come: as present with a seat, else as standing at the door.

    In a group session the door is open while there are seats.
    """
    session = day.session
    booking = current_booking(enrolment, str(session.activity_key))
    if booking is None or booking.session_id != session.pk or not _is_seated(booking):
        booking = request_place(enrolment, session, by=by)
        held = hold(session)
        if held.is_group and held.seats_left > 0:
            give_seat(booking, by=by)
    return record_attendance(
        booking,
        day,
        is_present=True,
        how=how,
        by=by,
        at=at,
        client_id=client_id,
        is_confirmed=is_confirmed and booking.state in LISTED,
    )


def _is_seated(booking):
    return booking.holds_seat or booking.state == BookingState.ATTENDED


@transaction.atomic
def let_in(booking: Booking, *, by) -> None:
    """Give a seat to who stands at the door, and confirm what was noted of them there."""
    give_seat(booking, by=by)
    for note in booking.attendance.filter(is_current=True, is_confirmed=False).select_related(
        "day"
    ):
        record_attendance(booking, note.day, is_present=True, how=note.how, by=by, at=note.at)


def record_ticks(
    bookings: dict[int, Booking], day: SessionDay, ticks: list[dict], *, by
) -> tuple[list[str], dict[str, str]]:
    """Take in what a list noted while it had no line; it may come twice and in any order.

    A tick is {"id", "booking", "is_present", "at"}. Returns the ids that are kept now, and for each of the others the
    sentence why not.
    """
    received: list[str] = []
    refused: dict[str, str] = {}
    for tick in ticks:
        booking = bookings.get(tick["booking"])
        if booking is None:
            refused[tick["id"]] = _("This person is not on the list.")
            continue
        try:
            record_attendance(
                booking,
                day,
                is_present=tick["is_present"],
                how=How.LIST,
                by=by,
                at=tick["at"],
                client_id=tick["id"],
            )
        except Refused as refusal:  # each tick is answered for itself
            refused[tick["id"]] = str(refusal)
        else:
            received.append(tick["id"])
    return received, refused


def listed_bookings(session: PracticalSession):
    """The people of a session whose attendance is taken, by name; the scope must be open."""
    return (
        Booking.objects.filter(session=session)
        .listed()
        .select_related("enrolment__user", "enrolment__organisation", "enrolment__run", "session")
        .order_by("enrolment__user__full_name", "pk")
    )


def current_notes(session: PracticalSession) -> dict[tuple[int, int], Attendance]:
    """{(booking id, day id): the note that stands now}; one query, the scope must be open."""
    notes = Attendance.objects.filter(booking__session=session, is_current=True)
    return {(note.booking_id, note.day_id): note for note in notes}


def at_the_door(session: PracticalSession):
    """Who came and has no seat, first first; the scope must be open."""
    return (
        Booking.objects.filter(
            session=session,
            state__in=[BookingState.REQUESTED, BookingState.WAITLISTED],
            attendance__is_current=True,
        )
        .distinct()
        .select_related("enrolment__user", "enrolment__organisation", "session")
        .order_by("pk")
    )
