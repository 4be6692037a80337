"""Nothing of one country reaches another: every address, as everyone, in a world of canaries."""

import pytest

from lms.organisations.scoping import every_organisation
from tests.architecture import canaries
from tests.architecture.canaries import KENYA, LEARNER, RECORDS, RWANDA, CanaryWorld
from tests.architecture.leaks import is_let_in, leaks
from tests.architecture.test_access import ACCESS
from tests.snapshots import Snapshot


@pytest.fixture
def canary_world(db, _worlds, signing_folder):
    with every_organisation():  # the factory fills several organisations
        if "canaries" not in _worlds:
            _worlds["canaries"] = Snapshot(CanaryWorld)
            return _worlds["canaries"].made
        return _worlds["canaries"].restore()


def test_every_kind_of_record_has_a_row():
    assert set(canaries.records()) == set(RECORDS)


def test_every_text_of_every_record_is_a_canary(canary_world):
    with every_organisation():  # what is tested
        for model in RECORDS:
            for token in (LEARNER, KENYA, RWANDA):
                rows = model.objects.filter(pk__in=canary_world.kept[token].get(model, []))
                assert rows, f"{model.__name__} has no row of {token}"
                for row in rows:
                    for field in canaries.text_fields(model):
                        assert token in getattr(row, field.name)


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_nothing_leaks(name, canary_world):
    assert leaks(canary_world, name) == []


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_whoever_it_is_for_is_let_in(name, canary_world):
    assert is_let_in(canary_world, name)
