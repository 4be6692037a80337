"""Nothing of one country reaches another: every address, as everyone, in a world of canaries.

What is tested is the product's own scope, so it is tested where no second fence would hide a hole in it. The fence
is met by those who are let in: nothing that they may see is behind it.
"""

import pytest

from lms.organisations.scoping import every_organisation
from tests.architecture import canaries
from tests.architecture.canaries import KENYA, LEARNER, RECORDS, RWANDA, SEARCHED
from tests.architecture.leaks import (
    EVERY_ROLE,
    SHUT,
    Asking,
    leaks,
    lets_in,
    signed_in,
    undone,
    wagtail_addresses,
)
from tests.architecture.test_access import ACCESS

pytestmark = pytest.mark.django_db


def test_every_kind_of_record_has_a_row():
    assert set(canaries.records()) == set(RECORDS)


@pytest.mark.sqlite
def test_every_text_of_every_record_is_a_canary(kept_world):
    with every_organisation():  # what is tested
        for model in RECORDS:
            there = {token for token, kept in kept_world.kept.items() if kept.get(model)}
            assert there in ({LEARNER, KENYA, RWANDA}, {KENYA, RWANDA}), model
            for token in there:
                for row in model.objects.filter(pk__in=kept_world.kept[token][model]):
                    for field in canaries.text_fields(model):
                        assert token in getattr(row, field.name), (model, field.name)


@pytest.mark.sqlite
@pytest.mark.parametrize("name", sorted(ACCESS))
def test_nothing_leaks(name, kept_world, clients):
    assert leaks(kept_world, name, clients) == []


@pytest.mark.sqlite
def test_nothing_leaks_where_authors_work(kept_world, clients):
    client, found, opened = clients[EVERY_ROLE], set(), 0
    for address in sorted(set(wagtail_addresses()) - {"/cms/failwhale/", "/cms/logout/"}):
        with undone():
            asking = Asking(kept_world, "wagtail", EVERY_ROLE, address, client)
            opened += bool(asking.read(client.get(address, {"q": SEARCHED}), "GET"))
            found |= asking.found

    assert sorted(found) == []
    assert opened > 20


@pytest.fixture(scope="module")
def theirs(kept_world):
    """(organisation, browser) of the learner, and of those who may do all there is in one."""
    people = [("kenya", kept_world.learner), *kept_world.let_in.items()]
    return [(place, signed_in(person)) for place, person in people]


@pytest.mark.postgresql
@pytest.mark.parametrize("name", sorted(ACCESS))
def test_whoever_it_is_for_is_let_in(name, kept_world, theirs):
    assert lets_in(kept_world, name, theirs) == (name not in SHUT)
