"""Serial numbers: the check digit, what people type, and no gaps."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from certification.domain.proposals import centre_issuer
from certification.domain.serials import (
    damm_digit,
    format_serial,
    is_serial,
    next_serial,
    normalise_serial,
)
from certification.models import SerialCounter
from lms.organisations.models import Kind
from tests import factories

digits = st.text("0123456789", min_size=2, max_size=16)
serials = st.builds(
    format_serial,
    st.from_regex(r"[A-Z]{2,8}", fullmatch=True),
    st.integers(2000, 2999),
    st.integers(1, 999_999_999),
)


def test_the_check_digit_is_damm_s_own_example():
    assert damm_digit("572") == "4"


@given(text=digits, data=st.data())
def test_any_single_wrong_digit_is_found(text, data):
    at = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != text[at]]))

    assert damm_digit(text[:at] + wrong + text[at + 1 :]) != damm_digit(text)


@given(text=digits, data=st.data())
def test_any_swap_of_neighbours_is_found(text, data):
    whole = text + damm_digit(text)
    at = data.draw(st.integers(0, len(whole) - 2))
    swapped = whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :]

    assert (damm_digit(swapped[:-1]) == swapped[-1]) == (swapped == whole)


@given(serial=serials)
def test_what_we_give_out_is_a_serial(serial):
    assert is_serial(serial)


@given(serial=serials, hyphen=st.sampled_from("-\u2013\u2014\u2212_ /."))
def test_a_serial_survives_being_typed(serial, hyphen):
    assert normalise_serial(f"  {serial.lower().replace('-', hyphen)} ") == serial


@given(text=st.text(max_size=60))
def test_whatever_is_typed_is_answered(text):
    assert is_serial(normalise_serial(text)) in {True, False}


def test_serials_of_a_year_are_unbroken(world, everywhere):
    issuer = centre_issuer()

    with transaction.atomic():
        given_out = [next_serial(issuer, year) for year in (2026, 2026, 2027, 2026)]

    assert [re.sub(r"-\d$", "", serial) for serial in given_out] == [
        "KSG-2026-000001",
        "KSG-2026-000002",
        "KSG-2027-000001",
        "KSG-2026-000003",
    ]


def test_a_release_that_fails_uses_no_number_up(world, everywhere):
    issuer = centre_issuer()

    with transaction.atomic():
        next_serial(issuer, 2026)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert next_serial(issuer, 2026).startswith("KSG-2026-000001-")


if connection.vendor == "postgresql":  # SQLite writes one at a time, so there is nothing to try

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_serials_asked_for_at_once_are_unbroken():
        factories.organisation(name="Centre", kind=Kind.CENTRE)
        issuer = centre_issuer()

        def ask(_number):
            try:
                with transaction.atomic():
                    return next_serial(issuer, 2026)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            found = sorted(pool.map(ask, range(40)))

        assert found == [format_serial("KSG", 2026, number) for number in range(1, 41)]
        assert SerialCounter.objects.get().last == 40
