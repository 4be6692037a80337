"""No seat of a run is given twice, however many people and staff ask for it at once."""

import pytest

from courses.domain.enrolment import add_enrolments, enrol, enrol_oneself, seats_left, withdraw
from courses.models import CourseRun, Enrolment, EnrolmentState
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.threads import at_once, code_or

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
SEATS, PEOPLE = 3, 8


@pytest.fixture
def asked():
    """The world, a run with three seats, and eight people who want one; all committed."""
    with every_organisation():  # the law is about all enrolments
        world = factories.World()
        run = factories.run(factories.course(1, with_quiz=False), capacity=SEATS)
        return world, run, [factories.member(world.nyeri) for _ in range(PEOPLE)]


def states(run):
    """The states of all enrolments in the run, as committed."""
    with every_organisation():  # as above
        return sorted(Enrolment.objects.filter(run=run).values_list("state", flat=True))


def test_people_who_enrol_at_once_never_share_a_seat(asked):
    world, run, people = asked

    at_once(lambda person: enrol_oneself(person, run, world.nyeri), people)

    assert states(run) == ["active"] * SEATS + ["waitlisted"] * (PEOPLE - SEATS)


def test_staff_who_enrol_at_once_are_refused_what_is_not_there(asked):
    world, run, people = asked

    def work(person):
        return enrol(person, run, world.nyeri, by=world.registrar).state

    found = at_once(code_or(work), people)

    assert sorted(found) == ["active"] * SEATS + ["full"] * (PEOPLE - SEATS)
    assert states(run) == ["active"] * SEATS


def test_a_list_and_people_themselves_at_once_share_no_seat(asked):
    world, run, people = asked

    def bring(chunk):
        return add_enrolments([(person, world.nyeri) for person in chunk], run)

    def come(chunk):
        return [enrol_oneself(person, run, world.nyeri) for person in chunk]

    at_once(
        lambda job: job[0](job[1]),
        [(bring, people[:4]), *[(come, [person]) for person in people[4:]]],
    )

    found = states(run)
    assert sum(state in {"active", "invited"} for state in found) == SEATS
    assert found.count("waitlisted") >= 1


def test_seats_given_up_at_once_go_to_as_many_who_wait(asked):
    world, run, people = asked
    at_once(lambda person: enrol_oneself(person, run, world.nyeri), people)
    with every_organisation():  # as above
        seated = list(Enrolment.objects.filter(run=run, state=EnrolmentState.ACTIVE))

    at_once(lambda row: withdraw(row, by=None), seated)

    assert states(run) == ["invited"] * SEATS + ["waitlisted"] * 2 + ["withdrawn"] * SEATS
    assert seats_left(CourseRun.objects.get(pk=run.pk)) == 0
