"""What tests of certificates may ask for."""

import pytest

from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture(autouse=True)
def _keys(signing_folder):
    """No test signs with the product's own keys."""


@pytest.fixture
def everywhere():
    """The scope of tests about rules rather than about who sees what."""
    with every_organisation():
        yield


@pytest.fixture
def award(world):
    """An issued award of the learner in Nyeri."""
    with every_organisation():
        return factories.issued_award(world)


@pytest.fixture
def proposed(world):
    with every_organisation():
        return factories.proposed_award(world.enrolment)
