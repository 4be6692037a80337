"""Pages by key: every row once, in order, whatever the ties; a place that was tampered with is the start."""

import base64
import json
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.accounts.models import User
from lms.core.keyset import keyset_page, place_of, read_place
from tests import factories

ORDERS = [("full_name", "pk"), ("-full_name", "-pk"), ("-pk",)]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(st.sampled_from(["A", "B", "Wanjirũ", "a'b"]), max_size=9),
    size=st.integers(1, 4),
    order=st.sampled_from(ORDERS),
)
def test_pages_hold_every_row_once_and_lead_back(names, size, order, db):
    User.objects.filter(memberships=None).delete()
    for name in names:
        factories.user(name)
    people = User.objects.filter(memberships=None)
    expected = list(people.order_by(*order))

    page = keyset_page(people, order, size)
    pages = [page]
    while page.after:
        page = keyset_page(people, order, size, after=page.after)
        pages.append(page)

    assert [row for page in pages for row in page] == expected
    for earlier, later in pairwise(pages):
        assert keyset_page(people, order, size, before=later.before).rows == earlier.rows
    assert pages[0].before == ""


BROKEN = ["", "x", "%%%", "WzFd", "e30", "bnVsbA", "W251bGwsbnVsbF0", "WyJBIiwgInoiXQ", "é"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_place_is_the_start(text, db):
    factories.user("A")

    assert keyset_page(User.objects.all(), ("full_name", "pk"), 5, after=text).rows


def test_a_null_character_in_a_place_does_no_harm(db):
    place = base64.urlsafe_b64encode(json.dumps(["A\0", "1"]).encode()).decode()

    assert keyset_page(User.objects.all(), ("full_name", "pk"), 5, after=place).rows == []


def test_a_place_comes_back_as_values(db):
    person = factories.user("Akinyi")

    assert read_place(place_of(person, ("full_name", "pk")), ("full_name", "pk"), User) == [
        "Akinyi",
        person.pk,
    ]
