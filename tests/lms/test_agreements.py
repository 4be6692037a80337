"""Data agreements: none, one in force, one that ran out."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.images.tests.utils import get_test_image_file

from courses.models import Enrolment
from lms.core.errors import Refused
from lms.messaging.domain.agreements import warn_of_agreements
from lms.messaging.domain.delivering import deliver_message
from lms.messaging.domain.rendering import render
from lms.messaging.models import Message
from lms.messaging.tasks import warn_of_agreements_task
from lms.organisations.agreements import agreements_ending_soon, demand_agreement, warning_due
from lms.organisations.models import Organisation, Role
from lms.organisations.scoping import every_organisation
from lms.organisations.validators import validate_accent
from tests import factories


def code_of(organisation):
    with pytest.raises(Refused) as refusal:
        demand_agreement(organisation)
    return refusal.value.code


def test_a_country_needs_an_agreement_in_force(world):
    today = timezone.localdate()
    assert code_of(world.nyeri) == "no_agreement"

    factories.agreement(world.kenya, expires_on=today - timedelta(days=1))
    assert code_of(world.nyeri) == "agreement_expired"

    factories.agreement(world.kenya)
    demand_agreement(world.nyeri)
    assert code_of(world.rwanda) == "no_agreement"
    demand_agreement(world.centre)


def test_a_permit_that_ran_out_ends_it_too(world):
    factories.agreement(world.rwanda, permit_expires_on=timezone.localdate() - timedelta(days=2))

    assert code_of(world.rwanda) == "agreement_expired"


def test_one_is_warned_while_there_is_time(world):
    today = timezone.localdate()
    ending = factories.agreement(world.rwanda, expires_on=today + timedelta(days=20))
    assert agreements_ending_soon() == [ending]

    factories.agreement(world.rwanda, expires_on=today + timedelta(days=400))
    assert agreements_ending_soon() == []


def warned():
    """Who was told of which warning, by mail."""
    rows = Message.objects.filter(key="messaging.agreement_ending", channel="email")
    return [(row.person.full_name, render(row)) for row in rows.order_by("pk")]


def test_staff_of_the_country_are_warned_three_times_and_once_each(world):
    today = timezone.localdate()
    factories.agreement(world.rwanda, expires_on=today + timedelta(days=91))
    with every_organisation():  # each country's own
        counts = []
        for later in (0, 1, 2, 60, 61, 84, 91, 92):  # days on which the task ran
            for _ in range(2):
                warn_of_agreements(today + timedelta(days=later))
            counts.append(len(warned()))
        letters = warned()

    assert counts == [0, 2, 2, 2, 4, 6, 6, 6]
    assert {name for name, _letter in letters} == {"Mugisha Jean", "Mutua Kilonzo"}
    letter = letters[0][1]
    assert letter.subject.startswith("The data agreement with Rwanda ends on ")
    assert reverse("organisations:agreement_list", args=["rwanda"]) in letter.body


def test_nobody_is_warned_of_what_has_a_successor(world):
    today = timezone.localdate()
    factories.agreement(world.rwanda, expires_on=today + timedelta(days=20))
    factories.agreement(world.rwanda)

    warn_of_agreements_task()

    with every_organisation():  # each country's own
        assert warned() == []


def test_a_warning_is_found_in_umahiri_too(world, client):
    factories.agreement(world.rwanda, expires_on=timezone.localdate() + timedelta(days=5))
    for _ in range(2):
        warn_of_agreements_task()
    with every_organisation():  # as the worker does
        for row in Message.objects.filter(channel="in_app"):
            deliver_message(row.pk)

    client.force_login(world.rwandan_coordinator)
    page = client.get(reverse("messaging:inbox")).content.decode()
    assert page.count("<h2>The data agreement with Rwanda ends on") == 1
    client.force_login(world.kenyan_coordinator)
    assert "Rwanda" not in client.get(reverse("messaging:inbox")).content.decode()


@given(left=st.integers(-5, 200), later=st.integers(0, 200))
def test_a_warning_never_goes_back(left, later):
    today = date(2026, 1, 1)
    last_day = today + timedelta(days=left)
    first = warning_due(last_day, today)
    second = warning_due(last_day, today + timedelta(days=later))

    assert (first is None) == (not 0 <= left <= 90)
    if first and second:
        assert left <= first and second <= first


@pytest.mark.parametrize("colour", ["#ffffff", "#ffcc00", "green", "#12345", "#12345g"])
def test_a_colour_that_cannot_carry_white_text_is_refused(colour):
    with pytest.raises(ValidationError):
        validate_accent(colour)


@given(st.integers(0, 0x60))
def test_dark_greys_carry_white_text(grey):
    validate_accent(f"#{grey:02x}{grey:02x}{grey:02x}")


AGREEMENT = {
    "controller": "Ministry of Public Service",
    "legal_basis": "Public task",
    "hosting_permission": "NCSA certificate 7/2026",
    "breach_contact": "dpo@example.rw",
    "breach_hours": "48",
    "retention_years": "7",
    "languages": ["en", "fr"],
    "signed_on": "2026-01-05",
    "expires_on": "2030-01-05",
}


def test_the_data_protection_officer_records_and_a_country_reads_its_own(client, world):
    officer = factories.member(world.centre, Role.DATA_PROTECTION)
    client.force_login(officer)
    address = reverse("organisations:agreement_list", args=["centre"])
    assert "none in force" in client.get(address).content.decode()

    late = client.post(
        address, AGREEMENT | {"organisation": world.rwanda.pk, "expires_on": "2025-01-01"}
    )
    assert "on or after the day it is signed" in late.content.decode()
    client.post(address, AGREEMENT | {"organisation": world.rwanda.pk})

    demand_agreement(world.rwanda)
    client.force_login(world.rwandan_coordinator)
    own = reverse("organisations:agreement_list", args=["rwanda"])
    page = client.get(own).content.decode()
    assert "dpo@example.rw" in page
    assert "Kenya" not in page.partition("<main")[2].partition("</main")[0]
    assert client.post(own, AGREEMENT | {"organisation": world.rwanda.pk}).status_code == 403


def test_a_portal_greets_in_its_colour_and_language(client, world):
    client.force_login(world.rwandan_coordinator)
    edit = reverse("organisations:portal_edit", args=["rwanda"])
    assert "White text cannot be read" in client.post(edit, {"accent": "#ffff00"}).content.decode()
    client.post(edit, {"accent": "#0b4f8a", "greeting": "Murakaza neza"})
    for language, title in (("en", "A run begins"), ("sw", "Awamu inaanza")):
        client.post(edit, {"news": "1", "language": language, "title": title, "body": "On Monday."})
    client.logout()

    page = client.get(reverse("organisations:portal", args=["rwanda"])).content.decode()
    colours = client.get(reverse("organisations:portal_colours", args=["rwanda"]))

    assert "Murakaza neza" in page
    assert "A run begins" in page
    assert "Awamu inaanza" not in page
    assert "--brand: #0b4f8a" in colours.content.decode()
    assert client.get(reverse("organisations:portal", args=["kenya"])).status_code == 200


def test_a_logo_is_a_small_picture(client, world):
    client.force_login(world.rwandan_coordinator)
    edit = reverse("organisations:portal_edit", args=["rwanda"])
    text = SimpleUploadedFile("logo.png", b"no picture")

    assert "valid image" in client.post(edit, {"picture": text}).content.decode()
    client.post(
        edit, {"picture": SimpleUploadedFile("logo.png", get_test_image_file().file.getvalue())}
    )
    assert (
        "<img"
        in client.get(reverse("organisations:portal", args=["rwanda"]))
        .content.decode()
        .partition("<main")[2]
    )


def test_a_renamed_body_keeps_its_people_and_its_old_certificates_their_name(client, world):
    client.force_login(world.administrator)
    client.post(
        reverse("organisations:rename", args=["nyeri-county"]),
        {"name": "Nyeri City County", "on": "2026-12-01"},
    )

    old = Organisation.objects.get(slug="nyeri-county")
    new = Organisation.objects.get(slug="nyeri-city-county")
    assert old.successor == new and old.is_descendant_of(new) and old.valid_until == new.valid_from
    assert [row.organisation for row in world.learner.memberships.current()] == [new]
    with every_organisation():  # the record as it was
        assert Enrolment.objects.get(pk=world.enrolment.pk).organisation == old
    coordinator = factories.member(new, Role.COORDINATOR)
    client.force_login(coordinator)
    page = client.get(reverse("reports:learner_list", args=[new.slug])).content.decode()
    assert "Wambui Njoroge" in page
