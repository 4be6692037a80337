"""From seats to an invitation: given, shared, nominated, chosen, waited for, given over, given back."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from admissions.domain.nominations import (
    ANSWER_DAYS,
    Decision,
    decide,
    invite,
    nominate,
    ranking_of,
    release_no_shows,
    substitute,
)
from admissions.domain.seats import allocate_seats, release_unused_seats, seat_rows
from admissions.models import Nomination, SeatAllocation
from courses.domain.enrolment import waiting_position, withdraw
from courses.models import Enrolment, EnrolmentChange
from lms.accounts.models import User
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture
def run(world):
    """A run with ten seats: six for Kenya, four of them Nyeri's; two for Rwanda."""
    run = factories.run(
        factories.course(1, with_quiz=False), capacity=10, is_self_enrolment_open=False
    )
    give(run, world.kenya, 6, world)
    give(run, world.rwanda, 2, world)
    give(run, world.nyeri, 4, world, source=world.kenya)
    for country in (world.kenya, world.rwanda):
        factories.agreement(country)
    return run


def give(run, organisation, seats, world, source=None, **values):
    return allocate_seats(run, organisation, seats, source=source, by=world.registrar, **values)


def nominees(run, organisation, world, number, **facts):
    found = []
    for place in range(1, number + 1):
        person = factories.member(organisation, name=f"Nominee {chr(64 + place)}")
        nomination = nominate(
            person, run, organisation, by=world.registrar, priority=place, **facts
        )
        found.append(nomination.enrolment)
    return found


def code_of(refused):
    return refused.value.code


def figures(run, organisation):
    row = seat_rows(run)[organisation.pk]
    return row.allocation.seats, row.shared, row.taken, row.free


def test_seats_are_shared_down_and_never_more_than_there_are(world, run):
    assert figures(run, world.kenya) == (6, 4, 0, 2)

    for organisation, seats, source in [
        (world.rwanda, 5, None),  # two are left of ten, and two are there
        (world.nyeri, 7, world.kenya),
        (world.kenya, 3, None),  # four are Nyeri's
        (world.rwanda, 1, world.kenya),
    ]:
        with pytest.raises(Refused):
            give(run, organisation, seats, world, source=source)
    assert give(run, world.nyeri, 6, world, source=world.kenya).seats == 6
    assert figures(run, world.kenya) == (6, 6, 0, 0)


def test_a_country_does_not_change_the_seats_that_the_centre_gave_it(world, run):
    with pytest.raises(Refused) as refused:
        give(run, world.nyeri, 5, world)

    assert code_of(refused) == "other_source"


def test_nominations_need_seats_and_are_three_for_each_at_most(world, run):
    eldoret = factories.organisation(world.rwanda, "Musanze", country_code="RW")
    nominees(run, world.rwanda, world, 5)
    nominees(run, eldoret, world, 1)

    with pytest.raises(Refused) as refused:
        nominees(run, world.rwanda, world, 1)
    assert code_of(refused) == "too_many_nominations"
    with pytest.raises(Refused) as refused:
        nominate(world.learner, run, world.centre, by=world.registrar)
    assert code_of(refused) == "no_seats"
    nominate(world.learner, run, world.nyeri, by=world.registrar)
    with pytest.raises(Refused) as refused:
        nominate(world.learner, run, world.nyeri, by=world.registrar)
    assert code_of(refused) == "already_in"


def test_a_selection_takes_seats_keeps_reasons_and_ranks_who_waits(world, run):
    with every_organisation():  # as the Centre selects
        people = nominees(run, world.rwanda, world, 5)
        decide(run, Decision(people[:2], people[2:4], people[4:], "Two seats."), by=world.registrar)
        states = [Enrolment.objects.get(pk=each.pk).state for each in people]
        reason = EnrolmentChange.objects.filter(enrolment=people[4]).last().reason

    assert states == ["approved", "approved", "waitlisted", "waitlisted", "withdrawn"]
    assert reason == "Rank 5 with 73 of 100 points. Two seats."
    assert [waiting_position(each) for each in people[2:4]] == [1, 2]
    assert figures(run, world.rwanda) == (2, 0, 2, 0)


def test_a_selection_beyond_the_seats_is_refused_whole(world, run):
    with every_organisation():  # as the Centre selects
        people = nominees(run, world.rwanda, world, 3)
        with pytest.raises(Refused) as refused:
            decide(run, Decision(chosen=people), by=world.registrar)
        states = set(Enrolment.objects.filter(run=run).values_list("state", flat=True))

    assert code_of(refused) == "seats_taken"
    assert states == {"nominated"}


@pytest.mark.django_db(transaction=False)
def test_a_place_given_up_goes_to_the_first_who_waits(
    world, run, django_capture_on_commit_callbacks
):
    with every_organisation():  # as the Centre selects
        people = nominees(run, world.rwanda, world, 4)
        decide(run, Decision(people[:2], people[2:]), by=world.registrar)
        invite(people[:2], by=world.registrar)
        with django_capture_on_commit_callbacks(execute=True):
            withdraw(people[0], by=people[0].user)
        states = [Enrolment.objects.get(pk=each.pk).state for each in people]

    assert states == ["withdrawn", "invited", "invited", "waitlisted"]


def test_an_invitation_that_nobody_answers_frees_its_seat(
    world, run, django_capture_on_commit_callbacks
):
    with every_organisation():  # as the Centre selects
        people = nominees(run, world.rwanda, world, 3)
        decide(run, Decision(people[:2], people[2:]), by=world.registrar)
        invite(people[:2], by=world.registrar)
        assert release_no_shows() == 0
        with django_capture_on_commit_callbacks(execute=True):
            assert release_no_shows(timezone.now() + timedelta(days=ANSWER_DAYS)) == 2
        assert Enrolment.objects.get(pk=people[2].pk).state == "invited"


def test_another_person_takes_the_place(world, run):
    with every_organisation():  # as the Centre selects
        people = nominees(run, world.rwanda, world, 2)
        decide(run, Decision(chosen=people), by=world.registrar)
        other = factories.member(world.rwanda, name="Gasana Paul")
        successor = substitute(people[0], other, by=world.rwandan_coordinator, reason="Ill")

        assert successor.state == "approved"
        assert successor.nomination.priority == people[0].nomination.priority
        reasons = [change.reason for change in (*people[0].history.all(), *successor.history.all())]
        assert reasons.count("Ill") == 1  # told to the one whose reason it is
        assert Enrolment.objects.get(pk=people[0].pk).state == "withdrawn"
    assert figures(run, world.rwanda) == (2, 0, 2, 0)


def test_unused_seats_go_back_on_their_day(world, run):
    today = timezone.localdate()
    give(run, world.nyeri, 4, world, source=world.kenya, release_on=today)

    assert release_unused_seats(today - timedelta(days=1)) == 0
    assert release_unused_seats(today) == 4
    assert release_unused_seats(today) == 0
    assert figures(run, world.kenya) == (6, 0, 0, 6)


def test_ranking_costs_the_same_for_many(world, run):
    def queries(number):
        nominees(run, world.nyeri, world, number)
        with (
            every_organisation(),
            CaptureQueriesContext(connection) as asked,
        ):  # as the Centre selects
            ranking_of(run)
        return len(asked)

    assert queries(1) == queries(4) == 4


def address(name, organisation, *more):
    return reverse(f"admissions:{name}", args=[organisation.slug, *more])


def test_a_phone_without_a_country_s_code_is_one_of_the_nominating_country(client, world, run):
    client.force_login(world.rwandan_coordinator)
    nominations = address("nomination_list", world.rwanda, run.pk)
    page = client.get(nominations).content.decode()
    client.post(nominations, {"full_name": "Uwera", "contact": "0788 111 222", "priority": "1"})

    assert "Phone as 0720 123 456" in page
    assert User.objects.get(full_name="Uwera").phone == "+250788111222"


def test_the_pages_from_seats_to_invitation(client, world, run):
    client.force_login(world.rwandan_coordinator)
    nominations = address("nomination_list", world.rwanda, run.pk)
    assert "Nobody is nominated yet" in client.get(nominations).content.decode()
    facts = {
        "full_name": "Gasana Paul",
        "contact": "gasana@example.org",
        "priority": "1",
        "gender": "m",
    }
    client.post(nominations, facts)
    again = client.post(nominations, facts | {"contact": "nobody"}).content.decode()
    assert "This is not a phone number" in again
    assert "Gasana Paul" in client.get(nominations).content.decode()
    assert client.get(address("selection", world.rwanda, run.pk)).status_code == 403

    client.force_login(world.registrar)
    selection = address("selection", world.centre, run.pk)
    page = client.get(selection).content.decode()
    assert "Gasana Paul" in page
    assert "hidden" in page  # one nominee is a small count
    with every_organisation():  # of another country's
        place = Enrolment.objects.get(run=run)
    assert "Decide about at least one" in client.post(selection, {}).content.decode()
    refused = client.post(selection, {f"decision-{place.pk}": "refused"}).content.decode()
    assert "told why" in refused
    client.post(selection, {f"decision-{place.pk}": "chosen"})
    client.post(address("invite", world.centre, run.pk))
    with every_organisation():  # of another country's
        place.refresh_from_db()
    assert place.state == "invited"
    csv = client.get(selection, {"format": "csv"})
    assert b"".join(csv.streaming_content).decode("utf-8-sig").startswith("Rank,")


def test_without_an_agreement_nobody_is_nominated(client, world, run):
    world.rwanda.agreements.all().delete()
    client.force_login(world.rwandan_coordinator)

    page = client.post(
        address("nomination_list", world.rwanda, run.pk),
        {"full_name": "Gasana Paul", "contact": "gasana@example.org", "priority": "1"},
    )

    assert page.status_code == 409
    assert "no data agreement with Rwanda" in page.content.decode()
    with every_organisation():  # nothing was half done
        assert not Nomination.objects.exists()


def test_a_coordinator_shares_only_the_seats_of_their_own_country(client, world, run):
    client.force_login(world.kenyan_coordinator)
    page = client.get(address("seat_list", world.kenya, run.pk)).content.decode()
    assert "Nyeri County" in page
    assert "Rwanda" not in page

    client.post(
        address("seat_list", world.kenya, run.pk), {"organisation": world.nyeri.pk, "seats": 5}
    )
    client.post(
        address("seat_list", world.kenya, run.pk), {"organisation": world.rwanda.pk, "seats": 1}
    )

    with every_organisation():  # whosever they are
        seats = dict(SeatAllocation.objects.values_list("organisation__slug", "seats"))
    assert seats == {"kenya": 6, "nyeri-county": 5, "rwanda": 2}


def invited_to(run, organisation, world):
    """One who has a place in the run, on behalf of `organisation`."""
    with every_organisation():  # as the Centre selects
        (place,) = nominees(run, organisation, world, 1)
        decide(run, Decision(chosen=[place]), by=world.registrar)
        invite([place], by=world.registrar)
    return place


def test_who_was_sent_in_another_s_place_stands_on_the_list_and_can_be_replaced_too(
    client, world, run
):
    place = invited_to(run, world.rwanda, world)
    client.force_login(world.rwandan_coordinator)
    facts = {"full_name": "Mutesi Grace", "contact": "grace@example.org", "reason": "Ill"}

    client.post(address("nomination_substitute", world.rwanda, place.pk), facts)

    with every_organisation():  # of another country's
        successor = Enrolment.objects.get(run=run, user__full_name="Mutesi Grace")
    page = client.get(address("nomination_list", world.rwanda, run.pk)).content.decode()
    assert "Mutesi Grace" in page
    assert address("nomination_substitute", world.rwanda, successor.pk) in page


def test_without_an_agreement_nobody_is_sent_in_another_s_place(client, world, run):
    place = invited_to(run, world.rwanda, world)
    world.rwanda.agreements.all().delete()
    client.force_login(world.rwandan_coordinator)
    facts = {"full_name": "Mutesi Grace", "contact": "grace@example.org", "reason": "Ill"}

    page = client.post(address("nomination_substitute", world.rwanda, place.pk), facts)

    assert page.status_code == 409
    with every_organisation():  # nothing was half done
        assert Enrolment.objects.get(run=run).state == "invited"


def test_the_pages_of_a_run_lead_to_each_other_as_far_as_one_may(client, world, run):
    pages = ("seat_list", "nomination_list", "selection")
    client.force_login(world.rwandan_coordinator)
    here = client.get(address("nomination_list", world.rwanda, run.pk)).content.decode()
    found = [address(name, world.rwanda, run.pk) in here for name in pages]
    assert found == [True, True, False]

    world.registrar.groups.set(Group.objects.filter(name="Moderators"))
    client.force_login(world.registrar)
    for name in pages:
        here = client.get(address(name, world.centre, run.pk)).content.decode()
        assert all(address(each, world.centre, run.pk) in here for each in pages)
    assert reverse("run:add") in client.get(address("run_list", world.centre)).content.decode()


def test_the_next_one_nominated_is_offered_the_next_place_on_the_list(client, world, run):
    with every_organisation():  # setting up
        nominees(run, world.rwanda, world, 2)
    client.force_login(world.rwandan_coordinator)

    page = client.get(address("nomination_list", world.rwanda, run.pk)).content.decode()

    assert 'name="priority" value="3"' in page
