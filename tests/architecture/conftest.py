"""The world of canaries, for the tests of leaks and of the fence."""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from tests.architecture.canaries import CanaryWorld
from tests.architecture.leaks import askers, signed_in


@pytest.fixture
def canary_world(remade, signing_folder):
    """See `canaries.py`."""
    return remade("canaries", CanaryWorld)


@pytest.fixture(scope="module")
def kept_world(django_db_setup, django_db_blocker, made_once, _signing_folder):
    """The world of canaries for all tests of a module: each takes back what it changes."""
    with (
        django_db_blocker.unblock(),
        override_settings(DATA_DIR=_signing_folder),
        transaction.atomic(),
    ):
        yield made_once("canaries", CanaryWorld)
        transaction.set_rollback(True)
    cache.clear()


@pytest.fixture(scope="module")
def clients(kept_world):
    """{who: their browser} of everyone whom the other country is none of the business of."""
    browsers = {who: signed_in(person) for who, person in askers(kept_world).items()}
    kept_world.before = {}  # signing in is written down, so what was kept of an earlier module is not as it is now
    return browsers
