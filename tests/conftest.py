"""What every test may ask for."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils.translation import override

from assessments.domain.quizzes import frozen_quiz
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.snapshots import Snapshot


def pytest_collection_modifyitems(config, items):
    """What uses no database is run once, with SQLite; what is marked for one database, with that."""
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    doors = {
        "db",
        "transactional_db",
        "django_db_setup",
        "chromium",
    }  # a browser test starts a platform of its own

    def is_run(item):
        if item.get_closest_marker(other):
            return False
        return connection.vendor != "postgresql" or bool(doors & set(item.fixturenames))

    config.hook.pytest_deselected(items=[item for item in items if not is_run(item)])
    items[:] = [item for item in items if is_run(item)]


@pytest.fixture(autouse=True)
def _empty_cache(request):
    """Nothing cached by one test is met by the next."""
    yield
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        cache.clear()
        frozen_quiz.cache_clear()  # a rolled back revision's number is given again


@pytest.fixture(autouse=True)
def _in_english():
    """A request leaves its language behind in the thread; no test meets that of another."""
    with override("en"):
        yield


@pytest.fixture(scope="session")
def _worlds():
    """The small world as rows, made once by each process."""
    return {}


@pytest.fixture
def world(db, _worlds):
    """A small world: the Centre, Kenya and Rwanda, a course with a run, people in each role."""
    with every_organisation():  # the factory fills several organisations
        if "world" not in _worlds:
            _worlds["world"] = Snapshot(factories.World)
            return _worlds["world"].made
        return _worlds["world"].restore()


@pytest.fixture(scope="session")
def _signing_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def signing_folder(_signing_folder, settings):
    """Signing keys and drawn certificates of tests, away from the product's own."""
    settings.DATA_DIR = _signing_folder
    return _signing_folder
