"""Data agreements: none, one in force, one that ran out."""

from datetime import timedelta

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
from lms.organisations.agreements import agreements_ending_soon, demand_agreement
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
