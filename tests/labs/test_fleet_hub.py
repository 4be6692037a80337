"""What the platform tells and asks the Hub: grants, notes of usage, its REST API, and its silence."""

import os
import time
from types import SimpleNamespace

import httpx
import pytest
from django.core.cache import cache
from django.urls import reverse

from labs.backends import LabsDown, breaker, get_backend, homes
from labs.backends.hub_client import HubClient
from labs.hub import usage
from labs.hub.grants import Grant, read_grant, write_grant
from labs.sandbox.cgroups import MemoryUse
from labs.setup import prepare_hub
from tests import factories

ID = "l0123456789ab"


@pytest.fixture
def asked():
    """What was asked of a Hub that answers with `status`, and a client of it."""
    found = SimpleNamespace(requests=[], status=200, answer={})

    def handle(request):
        found.requests.append(f"{request.method} {request.url.path}")
        if found.status is None:
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(found.status, json=found.answer)

    found.client = HubClient("http://hub/api", "token")
    found.client.http = httpx.Client(
        base_url="http://hub/api", transport=httpx.MockTransport(handle)
    )
    return found


def ask(asked):
    with pytest.raises(LabsDown):
        asked.client.server_state(ID)


def test_after_some_failures_nobody_waits_for_the_hub(asked, db):
    asked.status = None
    for _time in range(6):
        ask(asked)
    assert len(asked.requests) == breaker.FAILURES
    assert breaker.is_shut()

    cache.delete(breaker.SHUT)  # the pause is over
    ask(asked)
    ask(asked)
    assert len(asked.requests) == breaker.FAILURES + 1

    cache.delete(breaker.SHUT)
    asked.status = 404
    asked.client.server_state(ID)
    asked.client.server_state(ID)
    assert not breaker.is_shut()
    assert len(asked.requests) == breaker.FAILURES + 3


def test_a_failure_now_and_then_shuts_nothing(asked, db):
    for status in (500, 500, 404, 500, 500):
        asked.status = status
        if status == 404:
            asked.client.server_state(ID)
        else:
            ask(asked)

    assert not breaker.is_shut()


def test_health_may_ask_while_the_hub_still_starts(asked, db):
    asked.status = None
    for _time in range(9):
        with pytest.raises(LabsDown):
            asked.client.check()

    assert not breaker.is_shut()


def test_servers_are_read_page_after_page(asked, db):
    server = {"ready": True, "last_activity": "2026-05-01T08:00:00.000000Z"}
    pages = iter(
        [
            {
                "items": [{"name": ID, "servers": {"": server}}],
                "_pagination": {"next": {"offset": 1}},
            },
            {"items": [{"name": "other", "servers": {}}], "_pagination": {"next": None}},
        ]
    )
    asked.client.http = httpx.Client(
        base_url="http://hub/api",
        transport=httpx.MockTransport(lambda _request: httpx.Response(200, json=next(pages))),
    )
    found = asked.client.servers()

    assert list(found) == [ID]
    assert (found[ID].is_ready, found[ID].active_at.hour) == (True, 8)


@pytest.fixture
def hub(db, settings):
    settings.LABS_HUB_API_URL = "http://127.0.0.1:9/hub/api"  # nothing listens there
    return prepare_hub()


def test_a_grant_ends_by_itself(hub):
    write_grant(hub, ID, Grant(memory_mb=300, cpus=0.5, until=time.time() + 60))
    assert read_grant(hub, ID).cpus == 0.5
    write_grant(hub, ID, Grant(memory_mb=300, until=time.time() - 1))
    assert read_grant(hub, ID) is None
    assert read_grant(hub, "../else") is None


def test_a_grant_is_taken_away_though_the_hub_is_down(hub):
    write_grant(hub, ID, Grant(memory_mb=300))
    with pytest.raises(LabsDown):
        get_backend().stop(ID)

    assert read_grant(hub, ID) is None


def test_no_grant_is_left_where_nothing_was_started(hub):
    with pytest.raises(LabsDown):
        get_backend().start(ID, memory_mb=300)

    assert read_grant(hub, ID) is None


def test_a_server_that_runs_keeps_its_leave_while_the_hub_restarts(hub):
    write_grant(hub, ID, Grant(memory_mb=300))
    with pytest.raises(LabsDown):
        get_backend().start(ID, memory_mb=400)

    assert read_grant(hub, ID).memory_mb == 400


def test_places_are_the_hubs_own_limit_too(hub, settings):
    assert hub.active_servers == settings.LABS_PLACES


class Group:
    def __init__(self, _name):
        pass

    now = MemoryUse(90 << 20, 120 << 20, 0)

    def memory(self):
        return self.now


@pytest.fixture
def running(monkeypatch):
    monkeypatch.setattr(usage, "ControlGroup", Group)
    usage._group.cache_clear()
    yield SimpleNamespace(name=ID)
    usage._group.cache_clear()


def test_memory_is_noted_now_and_then(tmp_path, running):
    usage.begin(tmp_path)
    usage.note(tmp_path, running)
    assert usage.read_usage(tmp_path).memory is None
    os.utime(tmp_path / usage.NAME, (0, 0))
    usage.note(tmp_path, running)

    assert usage.read_usage(tmp_path).memory == 90 << 20


def test_the_most_memory_is_kept(tmp_path, running, monkeypatch):
    usage.begin(tmp_path)
    usage.end(tmp_path, running)
    monkeypatch.setattr(Group, "now", MemoryUse(1, 2, 0))
    usage.end(tmp_path, running)

    assert usage.read_usage(tmp_path).memory == 1
    assert usage.read_usage(tmp_path).peak > 2


def test_the_backend_tells_the_end_of_the_log(hub):
    folder = hub.servers / ID
    folder.mkdir()
    (folder / "server.log").write_bytes(b"x" * 20_000 + b"the end")
    (folder / usage.NAME).write_text('{"memory": 1048576, "peak": 2097152}')
    backend = get_backend()

    assert backend.log_tail(ID).endswith("the end")
    assert len(backend.log_tail(ID)) == 16 << 10
    assert backend.log_tail("l000000000000") == ""


def test_a_home_is_read_and_removed_without_following_links(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("another's")
    home = tmp_path / ID
    (home / "lab" / "deep").mkdir(parents=True)
    (home / "lab" / "deep" / "a.txt").write_text("mine")
    (home / "big").write_bytes(b"x" * 101)
    (home / "out").symlink_to(outside)
    (home / "lab" / "file").symlink_to(outside / "secret")
    os.mkfifo(home / "pipe")

    assert dict(homes.read_all(home, 100)) == {"lab/deep/a.txt": b"mine"}
    homes.remove_home(home)
    homes.remove_home(home)
    assert not home.exists()
    assert (outside / "secret").exists()


def test_health_says_that_labs_are_down_and_the_rest_goes_on(client, hub):
    answer = client.get(reverse("health_ready"))

    assert answer.status_code == 200
    assert answer.json()["labs"] == "down"
    assert answer.json()["protections"]


def test_staff_are_told_on_their_start_page(client, backend, world, monkeypatch):
    monkeypatch.setattr("lms.reports.views.missing_sentences", lambda: ["Memory is not capped."])
    backend.is_up = False
    client.force_login(world.kenyan_coordinator)
    page = client.get(reverse("reports:home")).content.decode()

    assert "The labs do not answer" in page
    assert "Memory is not capped." in page

    backend.is_up = True
    monkeypatch.setattr("lms.reports.views.missing_sentences", list)
    page = client.get(reverse("reports:home")).content.decode()
    assert "The labs do not answer" not in page
    assert "protection" not in page


def test_the_course_says_that_labs_are_down(client, backend, enrolment, lab):
    client.force_login(enrolment.user)
    address = reverse("courses:activity", args=[enrolment.pk, lab.key])
    assert "labs are down" not in client.get(address).content.decode()
    backend.is_up = False

    assert "labs are down" in client.get(address).content.decode()


def test_a_role_that_is_not_staffs_sees_no_labs(client, world):
    client.force_login(world.learner)

    assert client.get(reverse("labs:fleet", args=["kenya"])).status_code == 404
    person = factories.member(world.kenya)
    client.force_login(person)
    assert client.get(reverse("labs:fleet", args=["kenya"])).status_code == 404
