"""Seats: what opens them, who gets them, and that there is never one too many."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.domain.enrolment import withdraw
from lms.core.errors import InvalidTransition, Refused
from lms.messaging.domain.delivering import deliver_message
from lms.messaging.domain.rendering import render
from lms.messaging.models import Message
from practicals.domain.booking import book, cancel_booking, give_seat, waiting_position
from practicals.domain.sessions import (
    cancel_session,
    close_sessions,
    release_no_shows,
    save_session,
)
from practicals.messages import (
    BOOKED,
    CANCELLED,
    PROMOTED,
    SESSION_CANCELLED,
    SESSION_CHANGED,
    WAITING,
)
from practicals.models import Booking, BookingState, PracticalSession
from tests import factories
from tests.practicals.conftest import letters

pytestmark = pytest.mark.usefixtures("everywhere")


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


def days_of(session):
    return [(day.pk, day.starts_at, day.ends_at) for day in session.days.all()]


def test_a_practical_opens_when_all_else_is_done(practice):
    enrolment = practice.learner(is_ready=False)

    assert code_of(practice.book, enrolment) == "locked"
    practice.finish_lessons(enrolment)
    assert practice.book(enrolment).state == "booked"


@pytest.mark.parametrize(("opens_after", "is_locked"), [("nothing", False), ("earlier", True)])
def test_an_author_may_open_it_sooner(world, opens_after, is_locked):
    run = factories.practical_run(opens_after=opens_after)
    session = factories.session(world.centre, run)
    enrolment = factories.enrol(world.learner, run, world.nyeri)

    if is_locked:
        assert code_of(book, enrolment, session, by=world.learner) == "locked"
    else:
        assert book(enrolment, session, by=world.learner).state == "booked"


def test_seats_go_in_order_and_then_people_wait(practice):
    bookings = [practice.book() for _ in range(4)]

    assert [row.state for row in bookings] == ["booked", "booked", "waitlisted", "waitlisted"]
    assert [waiting_position(row) for row in bookings[2:]] == [1, 2]
    practice.session.refresh_from_db()
    assert practice.session.taken == 2


def test_booking_twice_is_booking_once(practice):
    first = practice.book(practice.enrolment)

    assert practice.book(practice.enrolment) == first
    other = factories.session(practice.world.centre, practice.run)
    assert code_of(practice.book, practice.enrolment, other) == "booked_elsewhere"
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(
            enrolment=practice.enrolment,
            session=other,
            activity_key=other.activity_key,
            state=BookingState.WAITLISTED,
        )


def test_a_cancelled_seat_goes_to_the_first_who_waits_and_who_is_told(practice):
    first, _second, third, fourth = [practice.book() for _ in range(4)]

    cancel_booking(first, by=first.enrolment.user)

    for row in (third, fourth):
        row.refresh_from_db()
    assert (third.state, fourth.state) == ("booked", "waitlisted")
    assert waiting_position(fourth) == 1
    assert [(person, letter.subject) for person, letter in letters(PROMOTED)] == [
        (third.enrolment.user, "A seat is yours: Nairobi, June")
    ]
    assert (len(letters(BOOKED)), len(letters(WAITING))) == (2, 2)
    assert letters(CANCELLED) == []  # one's own doing is no news
    practice.session.refresh_from_db()
    assert practice.session.taken == 2


def test_nobody_is_called_to_what_has_begun(practice):
    first, _second, third = [practice.book() for _ in range(3)]
    practice.begin()

    cancel_booking(first, by=practice.world.trainer, is_by_staff=True)

    third.refresh_from_db()
    assert third.state == "waitlisted"


def test_a_learner_cancels_in_time_and_staff_at_any_time(practice):
    booking = practice.book(practice.enrolment)
    PracticalSession.objects.update(cancel_until=timezone.now() - timedelta(hours=1))

    assert code_of(cancel_booking, booking, by=practice.world.learner) == "too_late"
    cancel_booking(booking, by=practice.world.trainer, reason="Ill", is_by_staff=True)
    assert booking.state == "cancelled"
    with pytest.raises(InvalidTransition):
        cancel_booking(booking, by=practice.world.trainer, is_by_staff=True)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"opens_at": timedelta(days=1)}, "not_open_yet"),
        ({"closes_at": -timedelta(days=1)}, "booking_closed"),
        ({"cancelled_at": timedelta()}, "session_cancelled"),
    ],
)
def test_a_session_is_bookable_in_its_time(practice, values, code):
    moments = {name: timezone.now() + by for name, by in values.items()}
    PracticalSession.objects.update(**moments)

    assert code_of(practice.book) == code


def test_a_session_is_for_people_of_its_host(practice):
    rwandan = factories.session(practice.world.rwanda, practice.run)

    assert code_of(practice.book, practice.enrolment, rwandan) == "not_for_you"
    assert practice.book(practice.learner(practice.world.rwanda), rwandan).state == "booked"


def test_the_note_on_travel_is_read_first(world):
    run = factories.practical_run(
        travel_note="Your office approves the journey.", opens_after="nothing"
    )
    session = factories.session(world.centre, run)
    enrolment = factories.enrol(world.learner, run, world.nyeri)

    assert code_of(book, enrolment, session, by=world.learner) == "travel_note"
    booking = book(enrolment, session, has_read_travel_note=True, by=world.learner)
    assert booking.travel_acknowledged_at


def test_more_seats_go_to_those_who_wait_and_fewer_than_taken_are_refused(practice):
    rows = [practice.book() for _ in range(4)]
    practice.session.capacity = 3
    save_session(practice.session, days_of(practice.session), by=None)

    rows[2].refresh_from_db()
    assert rows[2].state == "booked"
    practice.session.capacity = 2
    assert (
        code_of(save_session, practice.session, days_of(practice.session), by=None) == "seats_taken"
    )


def test_the_database_has_the_last_word_on_seats(practice):
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticalSession.objects.filter(pk=practice.session.pk).update(taken=3)


def test_a_cancelled_session_frees_and_tells_everyone(practice):
    rows = [practice.book() for _ in range(3)]

    cancel_session(practice.session, by=practice.world.trainer, reason="The road is flooded.")
    cancel_session(practice.session, by=practice.world.trainer, reason="Twice")

    assert {row.state for row in Booking.objects.all()} == {"cancelled"}
    told = letters(SESSION_CANCELLED)
    assert len(told) == len(rows)
    assert "The road is flooded." in told[0][1].body
    assert "flooded" not in told[0][1].sms


def test_each_change_of_place_is_told_and_raises_the_sequence(practice):
    practice.book(practice.enrolment)
    days = days_of(practice.session)
    save_session(practice.session, days, by=None)
    assert (practice.session.sequence, letters(SESSION_CHANGED)) == (0, [])

    for venue in ("Mombasa campus", "Embu campus"):
        practice.session.venue = venue
        for _ in range(2):
            save_session(practice.session, days, by=None)

    assert practice.session.sequence == 2
    first, second = [letter for _person, letter in letters(SESSION_CHANGED)]
    assert "Mombasa campus" in first.body
    assert "Embu campus" in second.sms


def test_who_has_no_address_is_told_by_text_message_in_their_own_language(practice):
    learner = practice.enrolment.user
    learner.email, learner.language = None, "sw"
    learner.phone, learner.is_phone_verified = "+254712345678", True
    learner.save()

    practice.book(practice.enrolment)

    rows = Message.objects.filter(key=BOOKED.key)
    assert {row.channel for row in rows} == {"in_app", "sms"}
    sms = render(rows.get(channel="sms")).sms
    assert practice.session.venue in sms
    assert "{" not in sms


def test_a_cancelled_session_is_told_at_night_and_a_new_seat_in_the_morning(practice):
    night = timezone.localtime(timezone=ZoneInfo("Africa/Nairobi")).replace(hour=23)
    night += timedelta(days=1)
    practice.book(practice.enrolment)
    cancel_session(practice.session, by=practice.world.trainer, reason="The road is flooded.")

    for row in Message.objects.filter(channel="email"):
        deliver_message(row.pk, night)

    states = dict(Message.objects.filter(channel="email").values_list("key", "state"))
    assert states == {BOOKED.key: "held", SESSION_CANCELLED.key: "sent"}


def test_who_leaves_the_course_leaves_the_session(practice, django_capture_on_commit_callbacks):
    first, _second, third = [practice.book() for _ in range(3)]

    with django_capture_on_commit_callbacks(execute=True):
        withdraw(first.enrolment, by=practice.world.trainer)

    first.refresh_from_db()
    third.refresh_from_db()
    assert (first.state, third.state) == ("cancelled", "booked")


def test_seats_of_who_did_not_come_are_for_those_at_the_door(practice):
    first, second, third = [practice.book() for _ in range(3)]
    assert code_of(release_no_shows, practice.session, by=None) == "not_begun"
    practice.begin()
    assert code_of(give_seat, third, by=None) == "full"

    assert release_no_shows(practice.session, by=practice.world.trainer) == 2
    give_seat(third, by=practice.world.trainer)

    practice.session.refresh_from_db()
    assert practice.session.taken == 1
    assert {row.state for row in Booking.objects.filter(pk__in=[first.pk, second.pk])} == {"absent"}


def test_what_is_over_is_closed_and_needs_are_forgotten(practice):
    first = practice.book(practice.enrolment, needs=["wheelchair"], needs_note="A ramp")
    practice.book()
    waiting = practice.book()
    practice.begin(hours=7)

    close_sessions()
    first.refresh_from_db()
    waiting.refresh_from_db()
    assert (first.state, waiting.state, first.needs) == ("absent", "cancelled", ["wheelchair"])
    close_sessions(timezone.now() + timedelta(days=40))
    first.refresh_from_db()
    assert (first.needs, first.needs_note) == ([], "")
    other = factories.session(practice.world.centre, practice.run)
    assert practice.book(practice.enrolment, other).state == "booked"
