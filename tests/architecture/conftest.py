"""The world of canaries, for the tests of leaks and of the fence."""

import pytest

from lms.organisations.scoping import every_organisation
from tests.architecture.canaries import CanaryWorld
from tests.snapshots import Snapshot


@pytest.fixture
def canary_world(db, _worlds, signing_folder):
    """Made once by each process: see `canaries.py`."""
    with every_organisation():  # the factory fills several organisations
        if "canaries" not in _worlds:
            _worlds["canaries"] = Snapshot(CanaryWorld)
            return _worlds["canaries"].made
        return _worlds["canaries"].restore()
