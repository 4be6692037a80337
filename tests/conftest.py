"""What every test may ask for."""

import os
import shutil

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
        "platform",
    }  # a journey starts a platform of its own

    def is_run(item):
        if item.get_closest_marker(other):
            return False
        uses_one = item.get_closest_marker("django_db") or doors & set(item.fixturenames)
        return connection.vendor != "postgresql" or bool(uses_one)

    config.hook.pytest_deselected(items=[item for item in items if not is_run(item)])
    items[:] = [item for item in items if is_run(item)]
    for item in items:  # the world of canaries is so large that one process makes it for all
        if {"canary_world", "kept_world"} & set(item.fixturenames):
            item.add_marker(pytest.mark.xdist_group("canaries"))


TEMPLATE = os.environ.get("TEST_TEMPLATE", "")  # a migrated database: `manage.py test` makes it


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb):
    return django_db_keepdb or (bool(TEMPLATE) and connection.vendor == "sqlite")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """Let the database of the tests begin as a copy of the one that is migrated already."""
    if not TEMPLATE:
        return
    if connection.vendor == "sqlite":
        copied = shutil.copy(TEMPLATE, tmp_path_factory.mktemp("database"))
        connection.settings_dict["TEST"]["NAME"] = copied
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """At the end nobody else is connected: a live server's last thread may not have noticed yet that it is over."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


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
def made_once():
    """`made_once(name, make)`: make something, or write its rows again; each process has its own.

    For fixtures that keep a database to themselves longer than a test; tests ask for `remade`.
    """
    made = {}

    def again(name, make):
        with every_organisation():  # what is made belongs to several
            if name not in made:
                made[name] = Snapshot(make)
                return made[name].made
            return made[name].restore()

    return again


@pytest.fixture
def remade(db, made_once):
    """`remade(name, make)`: make something as the first thing in a test, or write its rows again."""
    return made_once


@pytest.fixture
def world(remade):
    """A small world: the Centre, Kenya and Rwanda, a course with a run, people in each role."""
    return remade("world", factories.World)


@pytest.fixture(scope="session")
def _signing_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def signing_folder(_signing_folder, settings):
    """Signing keys and drawn certificates of tests, away from the product's own."""
    settings.DATA_DIR = _signing_folder
    return _signing_folder
