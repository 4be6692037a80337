"""Writing to the people of a list: its filters are the group, in words, worked out anew when it is sent."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from admissions.domain.nominations import nominate
from admissions.domain.seats import allocate_seats
from courses.domain.enrolment import enrol
from courses.domain.progress import complete_activity, visit_activity
from lms.messaging.audiences import people_of, read_audience, sign_audience, words_of
from lms.messaging.domain.campaigns import comparison_of
from lms.messaging.models import Campaign
from lms.organisations.domain import subtree_scope
from lms.organisations.models import Role
from lms.organisations.scoping import every_organisation
from lms.reports.audiences import PROGRESS
from tests import factories
from tests.practicals.conftest import make_practice

WORDS = {"subject_en": "Lab two", "body_en": "Good day {name}.", "sms_en": ""}


@pytest.fixture
def people(world):
    """Three more learners: Nekesa has completed the first lesson, Barasa has begun it, Zawadi nothing."""
    first = world.entries[0]["key"]
    with every_organisation():  # learners of one body
        found = {
            name: enrol(factories.member(world.nyeri, name=name), world.run, world.nyeri)
            for name in ("Nekesa Wafula", "Barasa Juma", "Zawadi Ali")
        }
        complete_activity(found["Nekesa Wafula"], first)
        visit_activity(found["Barasa Juma"], first)
    return found


@pytest.fixture
def coordinator(world, client):
    client.force_login(world.kenyan_coordinator)
    return client


def write_link(page):
    """Where the button of a list leads, or None."""
    found = re.search(r'href="([^"]*/messages/new/\?audience=[^"]*)"', page.content.decode())
    return found and unescape(found[1])


def signed_in(link):
    return parse_qs(urlsplit(link).query)["audience"][0]


def group_of(world, link):
    """(names, words) of the group that a link stands for, as Kenya's staff get it."""
    signed = signed_in(link)
    with subtree_scope(world.kenya):
        audience, params = read_audience(world.kenya, signed)
        found = people_of(world.kenya, audience, params).order_by("full_name")
        return [str(person) for person in found], words_of(world.kenya, audience, params)


def grid(world, client, **query):
    return client.get(reverse("reports:progress_grid", args=["kenya", world.run.pk]), query)


@pytest.mark.parametrize(
    ("filters", "names", "words"),
    [
        ({}, ["Barasa Juma", "Nekesa Wafula", "Wambui Njoroge", "Zawadi Ali"], ""),
        ({"without": "first"}, ["Wambui Njoroge", "Zawadi Ali"], " who have not started {first}"),
        (
            {"unfinished": "first"},
            ["Barasa Juma", "Wambui Njoroge", "Zawadi Ali"],
            " who have not completed {first}",
        ),
        (
            {"standing": "not_started", "search": "zawadi"},
            ["Zawadi Ali"],
            " whose state is: not started, with “zawadi” in their name",
        ),
    ],
)
def test_the_filters_of_a_grid_are_the_group(filters, names, words, world, people, coordinator):
    first = world.entries[0]
    filters = {key: first["key"] if value == "first" else value for key, value in filters.items()}

    page = grid(world, coordinator, **filters)
    link = write_link(page)

    assert sorted(str(row.user) for row in page.context["page"]) == names
    assert group_of(world, link) == (
        names,
        f"Learners of {world.run.code}" + words.format(first=first["title"]),
    )
    shown = " ".join(coordinator.get(link).content.decode().split())
    assert f"{len(names)} p" in shown


def test_who_has_started_meanwhile_is_not_written_to(world, people, coordinator):
    first = world.entries[0]["key"]
    link = write_link(grid(world, coordinator, without=first))
    assert "2 people" in coordinator.get(link).content.decode()
    with every_organisation():  # the learner's own
        visit_activity(people["Zawadi Ali"], first)

    data = {
        "step": "send",
        "token": "6f1c2f8e-3f0a-4a53-8b5c-0a6d0c6a8f11",
        "audience": signed_in(link),
        "name": "Lab two",
        "purpose": "transactional",
        "holdout_percent": "0",
        "outcome_days": "7",
        **WORDS,
    }
    answer = coordinator.post(reverse("messaging:campaign_new", args=["kenya"]), data)

    with every_organisation():  # the coordinator's
        campaign = Campaign.objects.get()
    assert campaign.person_ids == [world.learner.pk]
    assert campaign.audience_params == {"run": world.run.pk, "without": first}
    shown = coordinator.get(answer["Location"]).content.decode()
    assert f"who have not started {world.entries[0]['title']}" in shown


def test_a_group_of_a_grid_tells_who_opened_the_activity_since(world, coordinator):
    first = world.entries[0]["key"]
    with every_organisation():  # learners of one body
        enrolments = [
            enrol(factories.member(world.nyeri, name="Learner"), world.run, world.nyeri)
            for _ in range(40)
        ]
        campaign = factories.campaign(
            world.kenya,
            created_by=world.trainer,
            audience=PROGRESS,
            audience_params={"run": world.run.pk, "without": first},
            person_ids=[enrolment.user_id for enrolment in enrolments],
            holdout_percent=40,
        )
        for enrolment in enrolments[:10]:
            visit_activity(enrolment, first)
        for enrolment in enrolments[10:20]:
            visit_activity(enrolment, world.entries[1]["key"])

        found = comparison_of(campaign)

    assert found.told_did + found.held_did == 10


def test_a_list_s_group_holds_nobody_of_another_country(world, people):
    with every_organisation():  # even where everything is open
        found = people_of(world.rwanda, PROGRESS, {"run": world.run.pk})

        assert [str(person) for person in found] == ["Uwase Marie"]
    signed = sign_audience(world.rwanda, PROGRESS, {"run": world.run.pk})
    assert read_audience(world.kenya, signed) is None


def test_the_list_of_learners_leads_to_its_group(world, people, coordinator):
    address = reverse("reports:learner_list", args=["kenya"])

    link = write_link(coordinator.get(address, {"q": "wafula", "state": "active"}))

    assert group_of(world, link) == (
        ["Nekesa Wafula"],
        "Learners of Kenya whose enrolment is: active, with “wafula” in their name",
    )


def test_who_may_not_write_has_no_button(world, people, client):
    client.force_login(factories.member(world.kenya, Role.REGISTRAR))

    for page in (
        grid(world, client),
        client.get(reverse("reports:learner_list", args=["kenya"])),
    ):
        assert page.status_code == 200
        assert write_link(page) is None


def test_the_gradebook_leads_to_everyone_in_it(world, people, client):
    client.force_login(factories.member(world.kenya, Role.INSTRUCTOR))
    page = client.get(reverse("courses:gradebook", args=["kenya", world.run.pk]))

    names, words = group_of(world, write_link(page))

    assert names == ["Barasa Juma", "Nekesa Wafula", "Wambui Njoroge", "Zawadi Ali"]
    assert words == f"Everyone in the gradebook of {world.run.code}"


def test_those_nominated_are_written_to_from_their_list(world, coordinator):
    run = factories.run(
        factories.course(1, with_quiz=False), capacity=10, is_self_enrolment_open=False
    )
    factories.agreement(world.kenya)
    with every_organisation():  # as the Centre gives seats
        allocate_seats(run, world.kenya, 6, source=None, by=world.registrar)
        person = factories.member(world.nyeri, name="Chebet Koech")
        nominate(person, run, world.kenya, by=world.kenyan_coordinator, priority=1)

    page = coordinator.get(reverse("admissions:nomination_list", args=["kenya", run.pk]))

    assert group_of(world, write_link(page)) == (
        ["Chebet Koech"],
        f"Everyone on the list of nominations for {run.code}",
    )


def test_those_booked_and_those_who_wait_are_two_groups(world, coordinator):
    with every_organisation():  # what is made belongs to several
        practice = make_practice(world, capacity=2)
        practice.book(practice.enrolment)
        foreign = practice.learner(world.rwanda)
        waiting = practice.learner()
        for enrolment in (foreign, waiting):
            practice.book(enrolment)
    page = coordinator.get(
        reverse("practicals:session", args=["kenya", practice.session.pk])
    ).content.decode()

    links = re.findall(r'href="([^"]*/messages/new/\?audience=[^"]*)"', page)

    assert [group_of(world, link) for link in links] == [
        (["Wambui Njoroge"], "Those booked for Nairobi, June"),
        ([str(waiting.user)], "Those on the waiting list of Nairobi, June"),
    ]


def test_the_attendance_list_leads_to_those_it_shows(world, client):
    with every_organisation():  # what is made belongs to several
        practice = make_practice(world)
        practice.book(practice.enrolment)
        practice.book(practice.learner())
    client.force_login(world.trainer)
    address = reverse("practicals:day_list", args=["centre", practice.day.pk])

    link = write_link(client.get(address, {"q": "wambui"}))

    with every_organisation():  # as the Centre's staff read it
        audience, params = read_audience(world.centre, signed_in(link))
        assert [str(person) for person in people_of(world.centre, audience, params)] == [
            "Wambui Njoroge"
        ]
        assert words_of(world.centre, audience, params) == (
            "Those booked for Nairobi, June with “wambui” in their name"
        )
