"""No seat is sold twice: whatever people do in whatever order, and however many do it at once."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation
from practicals.domain.booking import book, cancel_booking, waiting_list
from practicals.domain.sessions import save_session
from practicals.models import Booking, BookingState, PracticalSession
from tests import factories
from tests.practicals.conftest import make_practice
from tests.threads import at_once

PEOPLE = 5


class Seats(RuleBasedStateMachine):
    """People book and cancel while staff change the number of seats; the model is a plain list."""

    practice = None

    def __init__(self):
        super().__init__()
        self.session = factories.session(self.practice.world.centre, self.practice.run)
        self.line = []  # numbers of people, in the order in which they came

    @property
    def people(self):
        return self.practice.people

    @precondition(lambda self: len(self.line) < PEOPLE)
    @rule(data=st.data())
    def come(self, data):
        free = [number for number in range(PEOPLE) if number not in self.line]
        number = data.draw(st.sampled_from(free))
        enrolment = self.people[number]
        book(enrolment, self.session, by=None)
        self.line.append(number)

    @precondition(lambda self: self.line)
    @rule(data=st.data())
    def go(self, data):
        number = data.draw(st.sampled_from(self.line))
        cancel_booking(self.booking(number), by=None)
        self.line.remove(number)

    @precondition(lambda self: self.line)
    @rule(data=st.data())
    def come_again(self, data):
        number = data.draw(st.sampled_from(self.line))
        before = self.booking(number)

        assert book(self.people[number], self.session, by=None) == before

    @rule(seats=st.integers(1, PEOPLE))
    def change_seats(self, seats):
        self.session.refresh_from_db()
        days = [(day.pk, day.starts_at, day.ends_at) for day in self.session.days.all()]
        taken, self.session.capacity = self.session.taken, seats
        try:
            save_session(self.session, days, by=None)
        except Refused:
            assert seats < taken

    def booking(self, number):
        return Booking.objects.open().get(enrolment=self.people[number], session=self.session)

    @invariant()
    def seats_are_counted_and_never_oversold(self):
        session = PracticalSession.objects.get(pk=self.session.pk)
        seated = Booking.objects.filter(session=session, holds_seat=True)

        assert session.taken == seated.count() <= session.capacity

    @invariant()
    def who_came_first_sits_and_the_others_wait_in_order(self):
        session = PracticalSession.objects.get(pk=self.session.pk)
        order = [self.people[number].pk for number in self.line]
        seated = set(
            Booking.objects.filter(session=session, holds_seat=True).values_list(
                "enrolment", flat=True
            )
        )
        waiting = list(waiting_list(session).values_list("enrolment", flat=True))

        assert seated | set(waiting) == set(order)
        assert waiting == [pk for pk in order if pk in waiting]
        assert not waiting or session.seats_left == 0

    def teardown(self):
        Booking.objects.filter(session=self.session).delete()


def test_no_order_of_events_oversells_a_seat(practice):
    with every_organisation():  # the law is about all bookings
        practice.people = [practice.learner() for _ in range(PEOPLE)]
        machine = type("SeatsOfThisWorld", (Seats,), {"practice": practice})
        quickly = settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=quickly)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_people_who_book_at_once_never_share_a_seat():
    with every_organisation():  # the law is about all bookings
        world = factories.World()
        practice = make_practice(world, capacity=3)
        people = [practice.learner() for _ in range(8)]
    rows = at_once(lambda enrolment: book(enrolment, practice.session, by=None), people)
    assert sorted(row.state for row in rows) == ["booked"] * 3 + ["waitlisted"] * 5
    seated = [row for row in rows if row.state == "booked"]
    at_once(lambda row: cancel_booking(row, by=None), seated)
    (found,) = at_once(
        lambda pk: (
            PracticalSession.objects.get(pk=pk).taken,
            Booking.objects.filter(session=pk, state=BookingState.BOOKED).count(),
            Booking.objects.filter(session=pk, state=BookingState.WAITLISTED).count(),
        ),
        [practice.session.pk],
    )
    assert found == (3, 3, 2)
