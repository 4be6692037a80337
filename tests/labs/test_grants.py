"""The leave to run a server, as the Hub reads it from files and asks it of the platform."""

import asyncio
import threading
import time
from dataclasses import replace
from types import SimpleNamespace
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.urls import reverse

from labs.hub.authenticator import PlatformAuthenticator
from labs.hub.grants import (
    Grant,
    GrantsUnreachable,
    find_grant,
    read_grant,
    remove_grant,
    write_grant,
)
from labs.setup import GRANTS_PATH, prepare_hub

LAB_ID = "l0123456789ab"


@pytest.fixture
def hub(db, settings):
    settings.LABS_SPAWNER = "kubernetes"
    return prepare_hub()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


@pytest.fixture
def platform(settings):
    """The platform's address; what is asked there needs no database."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def asked(hub):
    return asyncio.run(find_grant(hub, LAB_ID))


def address(lab_id=LAB_ID):
    return reverse("api:lab_grant", args=[lab_id])


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_hub_beside_the_platform_reads_files(hub):
    beside = replace(hub, grants_url="")
    assert asked(beside) is None

    write_grant(hub, LAB_ID, Grant(memory_mb=700, cpus=2, environment="python-gpu"))
    assert asked(beside) == Grant(memory_mb=700, cpus=2, environment="python-gpu")

    write_grant(hub, LAB_ID, Grant(memory_mb=700, until=time.time() - 1))
    assert asked(beside) is None

    write_grant(hub, LAB_ID, Grant(memory_mb=700, until=time.time() + 60))
    assert asked(beside)
    remove_grant(hub, LAB_ID)
    assert asked(beside) is None


def test_names_that_are_no_lab_ids_reach_no_file(hub):
    (hub.grants.parent / "secret.json").write_text('{"memory_mb": 1}')

    assert read_grant(hub, "../secret") is None
    assert asyncio.run(find_grant(hub, "../secret")) is None


def test_a_hub_elsewhere_asks_the_platform(hub, platform):
    elsewhere = replace(hub, grants_url=platform + GRANTS_PATH)
    assert asked(elsewhere) is None

    write_grant(hub, LAB_ID, Grant(memory_mb=700, cpus=2, environment="python-gpu"))
    assert asked(elsewhere) == Grant(memory_mb=700, cpus=2, environment="python-gpu")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/grants", "http://nowhere.invalid/grants"])
def test_a_platform_that_does_not_answer_is_no_refusal(hub, url):
    with pytest.raises(GrantsUnreachable):
        asked(replace(hub, grants_url=url))


def test_the_hub_lets_in_who_has_a_grant_and_shuts_out_who_lost_it(hub):
    beside = PlatformAuthenticator(platform=replace(hub, grants_url=""))
    user = SimpleNamespace(name=LAB_ID)

    assert not asyncio.run(beside.check_allowed(LAB_ID, {}))
    assert not asyncio.run(beside.refresh_user(user))

    write_grant(hub, LAB_ID, Grant(memory_mb=700))
    assert asyncio.run(beside.check_allowed(LAB_ID, {}))
    assert asyncio.run(beside.refresh_user(user))


def test_while_the_platform_is_silent_nobody_new_comes_in_and_nobody_is_shut_out(hub):
    write_grant(hub, LAB_ID, Grant(memory_mb=700))
    alone = PlatformAuthenticator(platform=replace(hub, grants_url="http://127.0.0.1:9/grants"))

    assert not asyncio.run(alone.check_allowed(LAB_ID, {}))
    assert asyncio.run(alone.refresh_user(SimpleNamespace(name=LAB_ID)))


def test_only_the_hubs_token_is_answered(hub, client):
    write_grant(hub, LAB_ID, Grant(memory_mb=700))

    assert client.get(address()).status_code == 401
    assert client.get(address(), headers=bearer("guess")).status_code == 401
    assert client.get(address(), headers=bearer(hub.secret("service_token"))).status_code == 401

    answer = client.get(address(), headers=bearer(hub.secret("grants_token")))
    assert Grant(**answer.json()) == Grant(memory_mb=700)
    unknown = client.get(address("l000000000000"), headers=bearer(hub.secret("grants_token")))
    assert unknown.status_code == 404


def test_where_the_hub_reads_files_nobody_is_answered(db, settings, client):
    assert client.get(address(), headers=bearer("")).status_code == 401

    hub = prepare_hub()
    write_grant(hub, LAB_ID, Grant(memory_mb=700))
    token = bearer(hub.secret("grants_token"))
    assert client.get(address(), headers=token).status_code == 401
