"""The list of learners at any size: by key, in order, scoped, and the same price for one and for many."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import assume, given
from hypothesis import strategies as st

from courses.domain.dates import add_working_days, latest_overdue_start
from courses.domain.enrolment import enrol
from courses.domain.progress import visit_activity
from courses.models import Enrolment, EnrolmentRollup, Progress
from lms.organisations.models import Organisation, Role
from lms.organisations.roles import PERMISSIONS, Permission
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.courses.test_rollups import kept, worked_out


@pytest.fixture
def coordinator(client, world):
    client.force_login(world.kenyan_coordinator)
    return client


@pytest.fixture
def learners(coordinator):
    """Ask for the list of Kenya's learners."""
    return lambda **query: coordinator.get(reverse("reports:learner_list", args=["kenya"]), query)


def names(response):
    return [str(row.user) for row in response.context["page"]]


@pytest.fixture
def people(world):
    """Three more learners, enrolled earlier and earlier."""
    with every_organisation():  # learners of one body
        for days, name in enumerate(["Nekesa Wafula", "Barasa Juma", "Zawadi Ali"], 1):
            enrolment = enrol(factories.member(world.nyeri, name=name), world.run, world.nyeri)
            visit_activity(enrolment, world.entries[0]["key"])
            earlier = timezone.now() - timedelta(days=days)
            Enrolment.objects.filter(pk=enrolment.pk).update(enrolled_at=earlier)


NEWEST = ["Wambui Njoroge", "Nekesa Wafula", "Barasa Juma", "Zawadi Ali"]


@pytest.mark.parametrize(("order", "expected"), [("", NEWEST), ("name", sorted(NEWEST))])
def test_the_list_goes_on_from_key_to_key(order, expected, people, learners, monkeypatch):
    monkeypatch.setattr("lms.reports.views.PAGE_SIZE", 3)

    first = learners(order=order)
    second = learners(order=order, after=first.context["page"].after)

    assert names(first) + names(second) == expected
    assert names(learners(order=order, before=second.context["page"].before)) == expected[:3]


def test_a_place_of_another_order_is_no_error(people, learners, monkeypatch):
    monkeypatch.setattr("lms.reports.views.PAGE_SIZE", 1)

    place = learners().context["page"].after

    assert learners(order="name", after=place).status_code == 200


def test_the_list_is_for_the_roles_that_the_table_names(client, world, monkeypatch):
    only = Permission("See learners", frozenset({Role.COORDINATOR}))
    monkeypatch.setitem(PERMISSIONS, "courses.view_enrolment", only)
    address = reverse("reports:learner_list", args=["kenya"])

    client.force_login(world.kenyan_coordinator)
    assert client.get(address).status_code == 200
    client.force_login(world.releaser)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("few", [0, 1_000])
def test_a_search_finds_rare_and_common_names(few, people, learners, monkeypatch):
    monkeypatch.setattr("lms.reports.queries.FEW", few)

    assert names(learners(q="juma bar")) == ["Barasa Juma"]
    assert names(learners(q="uwase")) == []
    assert names(learners(q="a\0li")) == ["Zawadi Ali"]


def test_the_export_reads_on_beyond_one_chunk(people, learners, monkeypatch):
    monkeypatch.setattr("lms.reports.exports.CHUNK", 2)

    sent = b"".join(learners(format="csv").streaming_content).decode()
    lines = list(csv.reader(io.StringIO(sent.removeprefix("\ufeff"))))

    assert [line[0] for line in lines[1:]] == NEWEST
    assert "Uwase Marie" not in sent


def test_the_run_leads_to_its_progress_for_those_who_may(world, learners, client):
    address = reverse("reports:progress_grid", args=["kenya", world.run.pk])

    assert address in learners().content.decode()
    client.force_login(factories.member(world.kenya, Role.RELEASER))
    assert address not in learners().content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(
    rows, world, learners, django_assert_num_queries
):
    with every_organisation():  # learners of one body, each in a run of their own
        for number in range(rows):
            person = factories.member(world.nyeri, name=f"Person {number}")
            run = factories.run(world.run.course, code=f"X {number}")
            visit_activity(enrol(person, run, world.nyeri), world.entries[0]["key"])
    learners()

    with django_assert_num_queries(12):
        assert len(names(learners(q="person"))) == rows


def test_the_scope_of_a_subtree_is_a_range_of_an_index(world):
    below = Organisation.objects.at_or_below(world.kenya)

    assert set(below) == {world.kenya, world.nyeri}
    if connection.vendor == "sqlite":
        assert "USING INDEX" in below.explain() or "USING COVERING INDEX" in below.explain()


def test_neighbours_in_the_tree_are_outside_a_subtree(world):
    beside = [factories.organisation(world.centre, f"Country {number}") for number in range(40)]

    for each in [*beside, world.kenya]:
        expected = set(Organisation.objects.filter(path__startswith=each.path))
        assert set(Organisation.objects.at_or_below(each)) == expected


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(1, 40),
    st.sets(st.dates(date(2025, 9, 1), date(2027, 3, 1)), max_size=20),
)
def test_overdue_starts_where_the_due_day_is_past(today, days, off):
    start = latest_overdue_start(today, days, off)

    assume(start > date(2025, 9, 1))
    assert add_working_days(start, days, off) < today
    assert add_working_days(start + timedelta(days=1), days, off) >= today


def test_seeding_makes_whole_records(world):
    call_command("seed_enrolments", 23, organisation="kenya", yes=True, verbosity=0)

    with every_organisation():  # what was made
        made = Enrolment.objects.filter(run__code__startswith="SEED ")
        assert made.count() == 23
        assert EnrolmentRollup.objects.count() == 23
        assert set(made.values_list("organisation__slug", flat=True)) <= {"kenya", "nyeri-county"}
        assert Progress.objects.filter(enrolment__in=made).exists()
        for enrolment in made:
            assert kept(enrolment) == worked_out(enrolment)


@pytest.mark.parametrize("wrong", [{"yes": False}, {"organisation": "none"}, {"course": "none"}])
def test_seeding_refuses_what_it_cannot_or_should_not_do(wrong, world):
    with pytest.raises(CommandError):
        call_command("seed_enrolments", 5, **{"yes": True, **wrong}, verbosity=0)
