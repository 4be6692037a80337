"""Staff identifiers: sealed, found by a keyed hash, opaque."""

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lms.accounts.domain import find_by_identifier, identifier_value, set_identifier
from lms.accounts.models import StaffIdentifier
from lms.audit.models import LogEntry
from lms.core.errors import Refused
from tests import factories


def test_an_identifier_is_found_as_people_write_it_and_kept_as_it_was_given(db):
    person = factories.user()
    record = set_identifier(person, "KE", "UPN", " Ab-2019 ", by=None)

    for written in ("Ab-2019", "AB-2019", " ab-2019\n", "\uff21b-2019"):  # a full-width A
        assert find_by_identifier("KE", "UPN", written) == person
    assert identifier_value(record) == "Ab-2019"


def test_the_database_holds_no_identifier_in_clear(db):
    set_identifier(factories.user(), "KE", "UPN", "20190001234", by=None)
    row = StaffIdentifier.objects.values_list().get()

    assert not any("20190001234" in str(column) for column in row)
    assert "20190001234" not in str(LogEntry.objects.values_list("data", flat=True))


def test_the_same_number_of_another_country_or_scheme_is_another_one(db):
    person = factories.user()
    set_identifier(person, "KE", "UPN", "1", by=None)

    assert find_by_identifier("UG", "UPN", "1") is None
    assert find_by_identifier("KE", "PF", "1") is None


def test_an_identifier_that_another_has_is_refused(db):
    set_identifier(factories.user(), "KE", "UPN", "1", by=None)

    with pytest.raises(Refused) as refusal:
        set_identifier(factories.user(), "KE", "UPN", " 1", by=None)
    assert refusal.value.code == "identifier_taken"


def test_an_empty_identifier_is_refused(db):
    with pytest.raises(Refused) as refusal:
        set_identifier(factories.user(), "KE", "UPN", "  ", by=None)
    assert refusal.value.code == "identifier_empty"


def test_setting_again_replaces(db):
    person = factories.user()
    set_identifier(person, "KE", "UPN", "1", by=None)
    set_identifier(person, "KE", "UPN", "2", by=None)

    assert find_by_identifier("KE", "UPN", "1") is None
    assert find_by_identifier("KE", "UPN", "2") == person


def test_a_new_key_takes_over_without_a_pause(db, settings):
    person, other = factories.user(), factories.user()
    settings.IDENTIFIER_KEYS = ["old"]
    set_identifier(person, "KE", "UPN", "1", by=None)
    settings.IDENTIFIER_KEYS = ["new", "old"]

    assert find_by_identifier("KE", "UPN", "1") == person
    with pytest.raises(Refused):
        set_identifier(other, "KE", "UPN", "1", by=None)
    call_command("renew_seals", verbosity=0)
    settings.IDENTIFIER_KEYS = ["new"]
    assert find_by_identifier("KE", "UPN", "1") == person
    assert identifier_value(person.identifiers.get()) == "1"


class IdentifierTests(TestCase):
    @given(value=st.text(min_size=1, max_size=40).filter(str.strip))
    def test_whatever_is_given_comes_back_and_is_found(self, value):
        person = factories.user()
        record = set_identifier(person, "KE", "UPN", value, by=None)

        assert identifier_value(record) == value.strip()
        assert find_by_identifier("KE", "UPN", value) == person
        record.delete()
