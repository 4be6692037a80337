"""Nothing of one country reaches another: every address, as everyone, in a world of canaries."""

import pytest

from lms.organisations.scoping import every_organisation
from tests.architecture import canaries
from tests.architecture.canaries import KENYA, LEARNER, RECORDS, RWANDA
from tests.architecture.leaks import SHUT, is_let_in, leaks
from tests.architecture.test_access import ACCESS


def test_every_kind_of_record_has_a_row():
    assert set(canaries.records()) == set(RECORDS)


def test_every_text_of_every_record_is_a_canary(canary_world):
    with every_organisation():  # what is tested
        for model in RECORDS:
            there = {token for token, kept in canary_world.kept.items() if kept.get(model)}
            assert there in ({LEARNER, KENYA, RWANDA}, {KENYA, RWANDA}), model
            for token in there:
                for row in model.objects.filter(pk__in=canary_world.kept[token][model]):
                    for field in canaries.text_fields(model):
                        assert token in getattr(row, field.name)


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_nothing_leaks(name, canary_world):
    assert leaks(canary_world, name) == []


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_whoever_it_is_for_is_let_in(name, canary_world):
    assert is_let_in(canary_world, name) == (name not in SHUT)
