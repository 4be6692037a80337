"""Settings, health, refusals, organisations, the log and the languages."""

import sqlite3
from contextlib import closing

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from courses.domain.enrolment import withdraw
from lms.audit.models import LogEntry
from lms.core.errors import Refused
from lms.core.middleware import RefusedMiddleware
from lms.operations.processes import valkey
from lms.organisations.domain import organisations_served_by, subtree_scope
from lms.organisations.loading import load_organisations
from lms.organisations.models import JobGrade, Kind, Organisation, Role
from lms.settings import config
from tests import factories


def test_variables_win_over_the_file_and_the_file_over_defaults(tmp_path):
    path = tmp_path / "lms.toml"
    path.write_text('site_url = "https://file.example"\ndebug = true\n')

    found = config.load({"LMS_SITE_URL": "https://variable.example"}, path)

    assert (found["site_url"], found["debug"], found["default_language"]) == (
        "https://variable.example",
        True,
        "en",
    )


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "secret").write_text("s3cret\n")

    assert (
        config.load({"LMS_SECRET_KEY_FILE": str(tmp_path / "secret")}, tmp_path / "none")[
            "secret_key"
        ]
        == "s3cret"
    )


@pytest.mark.parametrize(
    "environ",
    [
        {"LMS_SITEURL": "x"},
        {"LMS_DEBUG": "maybe"},
        {"LMS_DEMO": "1", "LMS_SECURE": "1"},
        {"LMS_LABS_SPAWNER": "docker"},
    ],
)
def test_a_wrong_setting_stops_the_start(environ, tmp_path):
    with pytest.raises(ImproperlyConfigured):
        config.load(environ, tmp_path / "none")


def test_a_kept_secret_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys/secret"

    assert config.kept_secret(path) == config.kept_secret(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_database_is_readable_by_its_owner_alone(tmp_path):
    path = config.private_file(tmp_path / "umahiri.sqlite3")

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE sessions (key TEXT)")
        modes = {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}

    assert modes == {0o600}


def test_kept_sessions_are_readable_by_their_owner_alone(tmp_path):
    valkey(tmp_path)

    assert (tmp_path / "valkey").stat().st_mode & 0o777 == 0o700


def test_the_readme_lists_every_setting():
    readme = (config.ROOT / "README.md").read_text()

    for setting in config.SETTINGS:
        assert f"| `{setting.name}` |" in readme


def test_health(client, db):
    assert client.get("/health/live").content == b"ok"
    assert client.get("/health/ready").json()["status"] == "ready"


def test_health_says_what_is_missing(client, db, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["problems"] == {"cache": "RuntimeError"}


def test_a_refusal_is_a_page_or_a_problem_document(db):
    middleware = RefusedMiddleware(lambda _request: None)
    request = RequestFactory().get("/", headers={"accept": "application/json"})

    answer = middleware.process_exception(request, Refused("Not now.", code="later"))

    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert middleware.process_exception(request, ValueError()) is None


def test_organisations_load_twice_as_once(db):
    first = load_organisations()

    assert load_organisations() == first
    assert Organisation.objects.filter(kind=Kind.COUNTY).count() == 47
    assert Organisation.objects.filter(kind=Kind.COUNTRY).count() == 14
    assert Organisation.objects.get(slug="county-nairobi-city").code == "047"
    assert Organisation.objects.get(slug="rwanda").time_zone == "Africa/Kigali"
    assert JobGrade.objects.count() == 20 + 11 + 19


def test_an_organisation_that_ended_is_not_on_today_s_list(db):
    today = timezone.localdate()
    factories.organisation(name="Old", valid_until=today)
    new = factories.organisation(name="New", valid_from=today)

    assert list(Organisation.objects.on(today)) == [new]


def test_a_staff_role_reaches_below_and_not_beside(world):
    served = organisations_served_by(world.kenyan_coordinator)

    assert set(served) == {world.kenya, world.nyeri}
    assert not organisations_served_by(world.kenyan_coordinator, [Role.RELEASER]).exists()
    assert not organisations_served_by(world.learner).exists()


def test_a_change_of_state_is_logged_without_names(world):
    with subtree_scope(world.nyeri):
        withdraw(world.enrolment, by=world.learner)

    entry = LogEntry.objects.get(action="courses.enrolment.withdrawn")
    assert entry.organisation == world.nyeri
    assert entry.user == world.learner
    assert "Wambui" not in f"{entry.label} {entry.data}"


def test_pages_come_in_kiswahili(client, db):
    client.post(reverse("set_language"), {"language": "sw", "next": "/"})

    page = client.get("/").content.decode()

    assert '<html lang="sw">' in page
    assert "Kozi" in page


def test_pages_allow_no_inline_script(client, db):
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy
