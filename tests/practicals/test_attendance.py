"""Notes of who was there: which one counts, what they complete, and every way in which they come."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from certification.models import Award
from courses.models import Enrolment, Progress
from lms.core.errors import Refused
from practicals.domain.attendance import (
    at_the_door,
    check_in,
    let_in,
    note_arrival,
    record_attendance,
    record_ticks,
)
from practicals.domain.booking import cancel_booking
from practicals.domain.sheets import format_rows, make_sheet, parse_rows, record_sheet, sheet_rows
from practicals.domain.tokens import STEP_SECONDS, step_at, token_of
from practicals.models import Attendance, Booking, PracticalSession
from tests.practicals.conftest import make_practice

pytestmark = pytest.mark.usefixtures("everywhere")


def code_of(call, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


def tick(booking, day, *, is_present=True, **values):
    return record_attendance(booking, day, is_present=is_present, how="list", by=None, **values)


@pytest.fixture
def booking(practice):
    """A seat in a session that has begun."""
    made = practice.book(practice.enrolment)
    practice.begin()
    made.session.refresh_from_db()
    return made


def test_one_who_came_completes_the_course_and_an_award_is_proposed(
    practice, booking, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        tick(booking, practice.day)

    assert booking.state == "attended"
    practice.enrolment.refresh_from_db()
    assert practice.enrolment.state == Enrolment.State.COMPLETED
    assert Award.objects.filter(enrolment=practice.enrolment).exists()


def test_it_takes_the_days_that_are_needed(world):
    practice = make_practice(world, days=3, days_needed=2)
    made = practice.book(practice.enrolment)
    practice.begin(hours=49)
    first, second, third = practice.session.days.all()

    tick(made, first)
    assert made.state == "booked"
    tick(made, second, is_present=False)
    tick(made, third)
    assert made.state == "attended"


def test_nothing_is_noted_before_the_doors_open(practice):
    made = practice.book(practice.enrolment)

    assert code_of(tick, made, practice.day) == "not_begun"


def test_a_correction_takes_the_completion_back_while_the_run_goes_on(world):
    practice = make_practice(world)
    enrolment = practice.enrolment
    made = practice.book(enrolment)
    Progress.objects.filter(enrolment=enrolment).update(completed_at=None)  # one lesson is to do
    practice.begin()

    tick(made, practice.day)
    assert enrolment.progress.filter(completed_at__isnull=False).count() == 1
    tick(made, practice.day, is_present=False)

    assert made.state == "booked"
    assert not enrolment.progress.filter(completed_at__isnull=False).exists()


def test_a_change_after_the_day_needs_a_reason(practice, booking):
    tick(booking, practice.day, is_present=False)
    practice.begin(hours=8)

    assert code_of(tick, booking, practice.day) == "reason_needed"
    tick(booking, practice.day, reason="Signed the paper list")
    kept = [(row.is_present, row.is_current, row.reason) for row in Attendance.objects.all()]
    assert kept == [(False, False, ""), (True, True, "Signed the paper list")]
    assert booking.state == "attended"


NOTES = [
    ("a", True, 3),
    ("b", False, 2),
    ("c", True, 1),
]


@pytest.mark.parametrize("order", list(permutations(NOTES)))
def test_what_counts_does_not_depend_on_the_order_of_coming_in(practice, booking, order):
    now = timezone.now()
    for client_id, is_present, minutes_ago in order:
        at = now - timedelta(minutes=minutes_ago)
        tick(booking, practice.day, is_present=is_present, at=at, client_id=client_id)

    assert Attendance.objects.get(is_current=True).is_present is True
    assert booking.state == "attended"
    assert Attendance.objects.count() == 3


def test_what_is_sent_twice_is_kept_once(practice, booking):
    ticks = [
        {"id": "one", "booking": booking.pk, "is_present": True, "at": timezone.now()},
        {"id": "two", "booking": 0, "is_present": True, "at": timezone.now()},
    ]

    for _ in range(2):
        received, refused = record_ticks({booking.pk: booking}, practice.day, ticks, by=None)

        assert (received, list(refused)) == (["one"], ["two"])
    assert Attendance.objects.count() == 1


def test_a_clock_that_is_wrong_is_brought_into_the_day(practice, booking):
    early = tick(booking, practice.day, at=timezone.now() - timedelta(days=400))
    late = tick(booking, practice.day, at=timezone.now() + timedelta(days=400))

    assert early.at == practice.day.starts_at - timedelta(hours=2)
    assert late.at <= timezone.now()


def shown(day, seconds_ago=0):
    return token_of(day.pk, step_at(timezone.now() - timedelta(seconds=seconds_ago)))


def scan(practice, enrolment=None, token=None, **values):
    enrolment = enrolment or practice.enrolment
    return check_in(
        enrolment, practice.day, token or shown(practice.day), by=enrolment.user, **values
    )


def test_a_scan_checks_in_and_a_replay_adds_nothing(practice, booking):
    token = shown(practice.day)

    assert scan(practice, token=token) == scan(practice, token=token)
    note = Attendance.objects.get()
    assert (note.how, note.is_confirmed, note.by) == ("qr", True, practice.world.learner)


@pytest.mark.parametrize(
    ("token", "code"), [("0.abc", "not_ours"), ("", "not_ours"), (None, "stale")]
)
def test_a_picture_of_the_screen_is_too_old(practice, booking, token, code):
    if token is None:
        token = shown(practice.day, seconds_ago=3 * STEP_SECONDS)

    assert code_of(check_in, practice.enrolment, practice.day, token, by=None) == code
    assert not Attendance.objects.exists()


def test_a_code_outside_the_day_checks_nobody_in(practice):
    practice.book(practice.enrolment)

    assert code_of(scan, practice) == "out_of_time"


def test_a_phone_without_a_line_sends_later_and_waits_for_the_facilitator(practice, booking):
    then = timezone.now() - timedelta(minutes=30)
    token = shown(practice.day, seconds_ago=30 * 60)

    assert code_of(scan, practice, token=token, claimed_at=then - timedelta(hours=1)) == "stale"
    note = scan(practice, token=token, claimed_at=then)

    assert not note.is_confirmed
    booking.refresh_from_db()
    assert booking.state == "booked"
    tick(booking, practice.day)
    assert booking.state == "attended"


def test_what_nobody_confirmed_never_outweighs_the_list(practice, booking):
    tick(booking, practice.day, is_present=False, at=timezone.now() - timedelta(minutes=50))
    then = timezone.now() - timedelta(minutes=30)

    scan(practice, token=shown(practice.day, seconds_ago=30 * 60), claimed_at=then)

    assert Attendance.objects.get(is_current=True).is_present is False


def test_one_without_a_seat_stands_at_the_door_until_let_in(practice, booking):
    comer = practice.learner()

    note = scan(practice, comer)

    assert not note.is_confirmed
    assert [row.enrolment for row in at_the_door(practice.session)] == [comer]
    let_in(note.booking, by=practice.world.trainer)
    row = Booking.objects.get(enrolment=comer)
    assert (row.state, row.holds_seat) == ("attended", True)
    assert not at_the_door(practice.session)


def test_the_door_is_shut_when_all_seats_are_taken(practice, booking):
    practice.book()
    note = scan(practice, practice.learner())

    assert code_of(let_in, note.booking, by=practice.world.trainer) == "full"


def test_who_waits_and_comes_is_at_the_door(practice):
    practice.book()
    practice.book()
    waiting = practice.book(practice.enrolment)
    practice.begin()

    scan(practice)

    assert [row.pk for row in at_the_door(practice.session)] == [waiting.pk]


def test_a_door_does_not_open_what_is_locked(practice, booking):
    assert code_of(scan, practice, practice.learner(is_ready=False)) == "locked"


def test_one_screen_credits_each_of_a_group(practice):
    PracticalSession.objects.update(is_group=True, capacity=3)
    people = [practice.learner() for _ in range(4)]
    practice.begin()
    day = practice.day

    notes = [note_arrival(each, day, how="group", by=practice.world.trainer) for each in people]

    assert [note.is_confirmed for note in notes] == [True, True, True, False]
    states = [Booking.objects.get(enrolment=each).state for each in people]
    assert states == ["attended", "attended", "attended", "requested"]
    assert (
        Progress.objects.filter(activity_key=practice.key, completed_at__isnull=False).count() == 3
    )


def test_a_paper_sheet_keeps_its_rows(practice):
    first, second = practice.book(practice.enrolment), practice.book()
    sheet = make_sheet(practice.session, practice.world.centre, by=practice.world.trainer)
    practice.begin()
    numbers = {booking.pk: number for number, booking in sheet_rows(sheet)}

    noted = record_sheet(
        sheet, practice.day, {numbers[second.pk]}, others_absent=True, by=practice.world.trainer
    )

    assert noted == 2
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.state) == ("booked", "attended")
    assert {row.how for row in Attendance.objects.all()} == {"paper"}


def test_one_who_cancelled_after_the_printing_does_not_hold_the_sheet_up(practice):
    booked, gone = practice.book(practice.enrolment), practice.book()
    sheet = make_sheet(practice.session, practice.world.centre, by=practice.world.trainer)
    cancel_booking(gone, by=practice.world.trainer, is_by_staff=True)
    practice.begin()
    numbers = {row.pk: number for number, row in sheet_rows(sheet)}
    noted = {numbers[booked.pk]}

    assert record_sheet(sheet, practice.day, noted, others_absent=True, by=None) == 1
    both = {*noted, numbers[gone.pk]}
    assert (
        code_of(record_sheet, sheet, practice.day, both, others_absent=True, by=None) == "no_seat"
    )


@given(st.sets(st.integers(1, 200)))
def test_rows_survive_being_typed(rows):
    assert parse_rows(format_rows(rows), 200) == rows


def test_rows_that_no_sheet_has_are_told():
    for text in ("0", "3-1", "9", "x", "1--2", "1-9"):
        with pytest.raises(ValueError, match=r"row|sheet"):
            parse_rows(text, 5)
    assert parse_rows(" 1 - 3; 5", 5) == {1, 2, 3, 5}
    assert format_rows({1, 2, 3, 5}) == "1-3, 5"
