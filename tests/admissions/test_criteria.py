"""The criteria of a run: stated on a page, tried out before, kept once somebody is chosen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admissions.domain.criteria import criteria_of, drop_criteria, set_criteria
from admissions.domain.nominations import Decision, decide, nominate
from admissions.domain.seats import allocate_seats
from admissions.models import SelectionCriteria
from lms.audit.models import LogEntry
from lms.core.errors import Refused
from lms.organisations.models import Membership, Role
from lms.organisations.scoping import every_organisation
from tests import factories

PLAIN = {
    "priority": "0",
    "first_time": "0",
    "results-TOTAL_FORMS": "1",
    "results-INITIAL_FORMS": "0",
    "results-0-course": "",
    "results-0-weight": "1",
    "grades-TOTAL_FORMS": "1",
    "grades-INITIAL_FORMS": "0",
    "grades-0-scheme": "",
    "grades-0-grades": "",
    "grades-0-weight": "1",
}


@pytest.fixture
def run(world):
    """A run with seats for Kenya, and two nominees: the second has the grade that counts."""
    run = factories.run(factories.course(1, with_quiz=False), is_self_enrolment_open=False)
    allocate_seats(run, world.kenya, 4, source=None, by=world.registrar)
    for place, (name, grade) in enumerate([("Atieno Auma", "J"), ("Barasa Simiyu", "L")], start=1):
        person = factories.member(world.nyeri, name=name)
        Membership.objects.filter(user=person).update(grade_scheme="job group", grade=grade)
        nominate(person, run, world.nyeri, by=world.registrar, priority=place)
    return run


def address(organisation, run):
    return reverse("admissions:criteria", args=[organisation.slug, run.pk])


def names_in_order(page):
    return sorted(["Atieno Auma", "Barasa Simiyu"], key=page.index)


def page_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_criteria_are_tried_out_stated_and_dropped(client, world, run):
    client.force_login(world.registrar)
    place = address(world.centre, run)
    page = page_of(client.get(place))
    assert "None were stated for this run" in page
    assert names_in_order(page) == ["Atieno Auma", "Barasa Simiyu"]
    by_grade = PLAIN | {
        "grades-0-scheme": "job group",
        "grades-0-grades": "L, M",
        "grades-0-weight": "3",
        "results-0-course": world.run.course.code,
    }

    tried = page_of(client.post(place, by_grade | {"show": "1"}))

    assert names_in_order(tried) == ["Barasa Simiyu", "Atieno Auma"]
    assert not SelectionCriteria.objects.exists()
    client.post(place, by_grade | {"keep": "1"})
    stated = SelectionCriteria.objects.get().criteria
    assert stated == [
        {"kind": "result", "code": world.run.course.code, "weight": 1},
        {"kind": "grade", "scheme": "job group", "grades": ["L", "M"], "weight": 3},
    ]
    again = page_of(client.get(place))
    assert 'value="L, M"' in again
    assert names_in_order(again) == ["Barasa Simiyu", "Atieno Auma"]
    client.post(place, {"drop": "1"})
    assert not SelectionCriteria.objects.exists()
    entries = LogEntry.objects.filter(action="admissions.criteria_set").order_by("pk")
    assert [entry.user for entry in entries] == [world.registrar] * 2
    assert entries[0].data["criteria"] == stated


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Let at least one criterion count."),
        ({"priority": "101"}, "less than or equal to 100"),
        ({"grades-0-scheme": "job group"}, "Name both the scheme and the grades."),
        ({"results-0-course": "nothing"}, "Select a valid choice"),
    ],
)
def test_criteria_that_cannot_be_are_told(client, world, run, changes, sentence):
    client.force_login(world.registrar)

    page = page_of(client.post(address(world.centre, run), PLAIN | changes | {"keep": "1"}))

    assert sentence in page
    assert not SelectionCriteria.objects.exists()


def test_nobody_changes_the_measure_after_the_first_was_chosen(client, world, run):
    set_criteria(run, [{"kind": "priority", "weight": 1}], by=world.registrar)
    with every_organisation():  # as the Centre selects
        first = run.enrolments.first()
        decide(run, Decision(chosen=[first]), by=world.registrar)

    for change in (
        lambda: set_criteria(run, [{"kind": "first_time"}], by=world.registrar),
        lambda: drop_criteria(run, by=world.registrar),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code == "selection_begun"
    assert [each.kind for each in criteria_of(run)] == ["priority"]
    client.force_login(world.registrar)
    page = page_of(client.get(address(world.centre, run)))
    assert "the criteria stay as they are" in page
    assert "State these criteria" not in page


def test_a_country_s_registrar_reads_the_criteria_and_the_centre_sets_them(client, world, run):
    client.force_login(factories.member(world.kenya, Role.REGISTRAR))
    place = address(world.kenya, run)

    page = page_of(client.get(place))

    assert "Centre sets the criteria of this run." in page
    assert "State these criteria" not in page
    assert client.post(place, PLAIN | {"priority": "1", "keep": "1"}).status_code == 403
    client.force_login(factories.member(world.rwanda, Role.REGISTRAR))
    assert "Atieno Auma" not in page_of(client.get(address(world.rwanda, run)))
    client.force_login(world.kenyan_coordinator)
    assert client.get(place).status_code == 403


def test_the_page_of_criteria_costs_the_same_for_many(client, world, run):
    client.force_login(world.registrar)
    place, queries = address(world.centre, run), []
    client.get(place)
    for _ in range(3):
        nominate(factories.member(world.nyeri), run, world.nyeri, by=world.registrar)
        with CaptureQueriesContext(connection) as asked:
            client.get(place)
        queries.append(len(asked))

    assert queries == [15, 15, 15]
