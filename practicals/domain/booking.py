"""Seats: taking one, waiting for one, giving it up, and who gets it then.

Whatever moves a seat first holds the session's row, so that two cannot take the last one; the database refuses a
count of seats above the capacity in any case.
"""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.domain.editions import pinned_page
from courses.domain.queries import LearnerOutline, learner_outline
from courses.models import Enrolment, EnrolmentState
from lms.core.errors import Refused
from lms.core.states import change_state
from lms.organisations.scoping import every_organisation
from practicals.domain.telling import READER, tell
from practicals.messages import BOOKED, CANCELLED, PROMOTED, WAITING
from practicals.models import Booking, BookingState, OpensAfter, PracticalPage, PracticalSession


def practical_of(enrolment: Enrolment, key: str, language: str = "en") -> PracticalPage:
    """The practical as the enrolment's edition pinned it. Refuses what is not one."""
    entry = enrolment.run.edition.activity(str(key))
    if entry is None or entry["kind"] != PracticalPage.kind:
        raise Refused(_("This practical is not part of your course."), code="not_in_course")
    return pinned_page(entry, language)


def comes_first(outline: LearnerOutline, key: str, page: PracticalPage) -> list[str]:
    """Titles of what the learner has to do before they may book; empty when it is open."""
    if page.opens_after == OpensAfter.NOTHING:
        return []
    steps = outline.steps
    if page.opens_after == OpensAfter.EARLIER:
        at = [step.entry["key"] for step in steps].index(str(key))
        steps = steps[:at]
    return [
        step.entry["title"] for step in steps if not step.is_done and step.entry["key"] != str(key)
    ]


def refuse_if_locked(enrolment: Enrolment, key: str, page: PracticalPage) -> None:
    """Refuse, saying what comes first, while the practical is not open to the learner."""
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Refused(
            _("Sessions are for people who are taking the course now."), code="not_active"
        )
    if first := comes_first(learner_outline(enrolment), key, page):
        raise Refused(
            _("You can book when this is done: %(first)s.") % {"first": ", ".join(first)},
            code="locked",
        )


def sessions_for(enrolment: Enrolment, key: str):
    """The sessions of the activity that the learner may sit in and that are still to come."""
    return (
        PracticalSession.objects.filter(run_id=enrolment.run_id, activity_key=key)
        .open_to(enrolment.organisation)
        .standing()
        .filter(ends_at__gt=timezone.now())
        .prefetch_related("days")
    )


def current_booking(enrolment: Enrolment, key: str) -> Booking | None:
    """The learner's newest booking of the activity that was not cancelled."""
    return (
        Booking.objects.filter(enrolment=enrolment, activity_key=key)
        .exclude(state=BookingState.CANCELLED)
        .select_related("session")
        .order_by("-pk")
        .first()
    )


def hold(session: PracticalSession) -> PracticalSession:
    """The session as the database has it, held until the transaction ends."""
    return PracticalSession.objects.select_for_update().get(pk=session.pk)


def move(
    booking: Booking,
    held: PracticalSession,
    to,
    *,
    by=None,
    holds_seat: bool | None = None,
    **changes,
) -> None:
    """Move a booking, and the seats of its session with it. `held` is the session's row, held."""
    booking.refresh_from_db(fields=["state", "holds_seat"])
    if holds_seat is None:
        holds_seat = {BookingState.BOOKED: True, BookingState.CANCELLED: False}.get(
            to, booking.holds_seat
        )
    seats = holds_seat - booking.holds_seat
    changes |= {"holds_seat": holds_seat, "changed_at": timezone.now()}
    change_state(booking, to, by=by, **changes)
    _count(held, seats)
    booking.session = held


def _count(held: PracticalSession, seats: int) -> None:
    if seats:
        PracticalSession.objects.filter(pk=held.pk).update(taken=F("taken") + seats)
        held.taken += seats


@transaction.atomic
def book(
    enrolment: Enrolment,
    session: PracticalSession,
    *,
    needs: Collection[str] = (),
    needs_note: str = "",
    has_read_travel_note: bool = False,
    by,
) -> Booking:
    """Give the learner a seat in `session`, or a place in the line when there is none.

    A second call returns the booking there is. Refuses what is locked, closed, or not for the learner's
    organisation, and a second session beside an open booking or after a practical that was attended.
    """
    page = practical_of(enrolment, str(session.activity_key))
    held = hold(session)
    _refuse_if_closed(enrolment, held)
    earlier = current_booking(enrolment, str(held.activity_key))
    if earlier and earlier.is_open and earlier.session_id == held.pk:
        return earlier
    _refuse_a_second(earlier)
    refuse_if_locked(enrolment, str(held.activity_key), page)
    if page.travel_note and not has_read_travel_note:
        raise Refused(_("Read the note on travel, and confirm it."), code="travel_note")
    has_seat = held.seats_left > 0
    booking = _new_booking(
        enrolment,
        held,
        BookingState.BOOKED if has_seat else BookingState.WAITLISTED,
        needs=list(needs),
        needs_note=needs_note,
        travel_acknowledged_at=timezone.now() if has_read_travel_note else None,
    )
    tell(booking, BOOKED if has_seat else WAITING)
    return booking


def _new_booking(enrolment, held, state, **facts) -> Booking:
    has_seat = state == BookingState.BOOKED
    booking = Booking.objects.create(
        enrolment=enrolment,
        session=held,
        activity_key=held.activity_key,
        state=state,
        holds_seat=has_seat,
        booked_at=timezone.now() if has_seat else None,
        **facts,
    )
    _count(held, int(has_seat))
    return booking


def _refuse_if_closed(enrolment, held):
    if held.run_id != enrolment.run_id or not enrolment.organisation.path.startswith(
        held.organisation.path
    ):
        raise Refused(_("This session is not for you. Choose another one."), code="not_for_you")
    if held.cancelled_at:
        raise Refused(_("This session does not take place."), code="session_cancelled")
    now = timezone.now()
    if now < held.opens_at:
        raise Refused(
            _("Booking opens on %(time)s.")
            % {"time": date_format(timezone.localtime(held.opens_at), "DATETIME_FORMAT")},
            code="not_open_yet",
        )
    if now >= held.closes_at:
        raise Refused(
            _("Booking for this session has closed. Choose another one."), code="booking_closed"
        )


def _refuse_a_second(earlier):
    if earlier is None or earlier.state == BookingState.ABSENT:
        return
    if earlier.is_open:
        raise Refused(
            _("You have a place in “%(session)s” already. Cancel it before you choose another.")
            % {"session": earlier.session},
            code="booked_elsewhere",
        )
    raise Refused(_("You have attended this practical already."), code="attended")


@transaction.atomic
def request_place(enrolment: Enrolment, session: PracticalSession, *, by) -> Booking:
    """Note that the learner is at the door without a seat; the facilitator lets them in or not.

    Returns a place on the waiting list, or a request, that is there already.
    """
    held = hold(session)
    key = str(held.activity_key)
    earlier = current_booking(enrolment, key)
    if earlier and earlier.session_id == held.pk and earlier.is_open:
        return earlier
    if earlier and earlier.session_id == held.pk and earlier.state == BookingState.ABSENT:
        move(earlier, held, BookingState.REQUESTED, by=by)  # their seat was given up: ask again
        return earlier
    _refuse_a_second(earlier)
    refuse_if_locked(enrolment, key, practical_of(enrolment, key))
    if held.cancelled_at:
        raise Refused(_("This session does not take place."), code="session_cancelled")
    return _new_booking(enrolment, held, BookingState.REQUESTED)


@transaction.atomic
def give_seat(booking: Booking, *, by) -> None:
    """Let in who waits or stands at the door. Refuses when no seat is free."""
    held = hold(booking.session)
    if held.seats_left < 1:
        raise Refused(
            _("All %(seats)s seats are taken. Release those who did not come, or add seats.")
            % {"seats": held.capacity},
            code="full",
        )
    move(booking, held, BookingState.BOOKED, by=by, booked_at=timezone.now())


@transaction.atomic
def cancel_booking(booking: Booking, *, by, reason: str = "", is_by_staff: bool = False) -> None:
    """Give up the seat or the place in the line; the first who waits gets the seat, and is told.

    A learner may give up a seat until the session's date for it, staff at any time; then the learner is told.
    """
    held = hold(booking.session)
    booking.refresh_from_db(fields=["state"])
    is_seated = booking.state == BookingState.BOOKED
    if is_seated and not is_by_staff and not held.is_cancellable:
        raise Refused(
            _(
                "It is too late to cancel here. Tell the facilitator that you cannot come, so that your seat is not lost."
            ),
            code="too_late",
        )
    move(
        booking,
        held,
        BookingState.CANCELLED,
        by=by,
        reason=reason,
        sequence=booking.sequence + 1,
    )
    if is_by_staff:
        tell(booking, CANCELLED)
    promote_waiting(held)


def waiting_list(session: PracticalSession):
    """Who waits for a seat, first first; the scope must be open."""
    return Booking.objects.filter(session=session, state=BookingState.WAITLISTED).order_by(
        "created_at", "pk"
    )


def waiting_position(booking: Booking) -> int:
    """The place on the session's waiting list, from 1."""
    with every_organisation():  # a number alone is told of the others
        keys = list(waiting_list(booking.session).values_list("pk", flat=True))
    return keys.index(booking.pk) + 1


def promote_waiting(held: PracticalSession) -> list[Booking]:
    """Give free seats to those who wait, in their order, and tell them; nobody is called to what has begun."""
    if held.cancelled_at or held.has_begun:
        return []
    with every_organisation():  # first come, first served, whoever sent them
        waiting = waiting_list(held).filter(enrolment__state=EnrolmentState.ACTIVE)
        promoted = list(waiting.select_related(*READER)[: held.seats_left])
        for booking in promoted:
            move(booking, held, BookingState.BOOKED, booked_at=timezone.now())
            tell(booking, PROMOTED)
    return promoted


def cancel_bookings_of(enrolment: Enrolment) -> None:
    """Free the seats of one who no longer takes part."""
    for booking in enrolment.bookings.open().select_related("session", *READER):
        cancel_booking(booking, by=None, is_by_staff=True)


def shows_joining(session: PracticalSession) -> bool:
    """Whether those booked are shown by now how to join."""
    return session.is_joining_shown_at_once or (
        timezone.now() >= session.starts_at - timedelta(hours=24)
    )
