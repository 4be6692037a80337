"""Data agreements: none, one in force, one that ran out."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.core.errors import Refused
from lms.organisations.agreements import agreements_ending_soon, demand_agreement
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
