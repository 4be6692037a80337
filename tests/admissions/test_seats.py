"""An organisation's seats hold when several nominate, choose and share at once."""

import pytest

from admissions.domain.nominations import Decision, decide, nominate
from admissions.domain.seats import allocate_seats, seat_rows
from courses.models import Enrolment
from lms.organisations.models import Kind, Organisation
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.threads import at_once, code_or

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
SEATS = 3


@pytest.fixture
def given():
    """The world and a run in which Kenya has three seats; all committed."""
    with every_organisation():  # the law is about all seats
        world = factories.World()
        run = factories.run(factories.course(1, with_quiz=False))
        allocate_seats(run, world.kenya, SEATS, source=None, by=world.registrar)
        return world, run


def put_forward(world, run, number):
    """Nominate that many people at once; returns the codes of what was refused, and "" for the others."""
    with every_organisation():  # as above
        people = [factories.member(world.nyeri) for _ in range(number)]

    def work(person):
        nominate(person, run, world.nyeri, by=world.kenyan_coordinator)
        return ""

    return sorted(at_once(code_or(work), people))


def test_who_nominates_at_once_never_puts_forward_more_than_three_for_a_seat(given):
    world, run = given

    found = put_forward(world, run, 12)

    assert found == [""] * 9 + ["too_many_nominations"] * 3
    assert seat_rows(run)[world.kenya.pk].nominated == 9


def test_who_chooses_at_once_never_oversells_the_organisation_s_seats(given):
    world, run = given
    put_forward(world, run, 8)
    with every_organisation():  # as above
        nominated = list(Enrolment.objects.filter(run=run).select_related("organisation", "run"))

    def work(enrolment):
        decide(run, Decision(chosen=[enrolment]), by=world.registrar)
        return "chosen"

    found = at_once(code_or(work), nominated)

    assert sorted(found) == ["chosen"] * SEATS + ["seats_taken"] * 5
    row = seat_rows(run)[world.kenya.pk]
    assert (row.taken, row.free, row.nominated) == (SEATS, 0, 5)


def test_who_shares_at_once_never_gives_more_than_there_is(given):
    world, run = given
    with every_organisation():  # as above
        counties = [
            factories.organisation(world.kenya, f"County {number}", Kind.COUNTY, country_code="KE")
            for number in range(6)
        ]

    def work(county):
        below = Organisation.objects.get(pk=county.pk)
        allocate_seats(run, below, 1, source=world.kenya, by=world.kenyan_coordinator)
        return "given"

    found = at_once(code_or(work), counties)

    assert sorted(found) == ["given"] * SEATS + ["too_many"] * 3
    assert seat_rows(run)[world.kenya.pk].free == 0
