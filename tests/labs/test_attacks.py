"""Escapes, thefts and floods from a learner's own notebook, each with a control outside."""

import ctypes
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse

from labs.backends import get_backend
from labs.hub.command import prepare_folders
from labs.hub.disk import usage_of
from labs.hub.grants import Grant, read_grant, write_grant
from labs.hub.met import read_limit
from labs.hub.servers import NAME
from labs.hub.settings import HubSettings
from labs.sandbox import Limits
from labs.sandbox.process import start_time
from labs.setup import prepare_hub
from lms.operations.services import free_port
from tests.labs import attacks
from tests.labs.hub import Browser, JupyterServer, running_hub, until

ATTACKS = Path(attacks.__file__)
PRODUCT = ATTACKS.parents[2]
ORDINARY_USER = 65_531
OTHER = "l000000000001"
# what a machine, its kernel or its root may lack; then the control cannot have it either
MAY_BE_MISSING = {
    "be_spared_when_memory_is_short",
    "press_the_magic_key",
    "raise_own_limits",
    "read_kernel_memory",
    "open_block_device",
    "open_crypto_socket",
    "open_fuse",
    "open_kernel_messages",
    "open_key_socket",
    "open_loop_control",
    "open_tunnel",
    "read_kernel_configuration",
    "replace_the_kernel",
    "load_a_kernel_module",
    "unload_a_kernel_module",
}
NEED_A_ROUTE = {
    "way_to_the_internet",
    "way_to_cloud_metadata",
    "way_to_the_local_network",
    "way_to_a_name_server",
    "send_broadcast",
    "dial_by_outward_address",
    "see_network_cards",
}

libc = ctypes.CDLL(None)

FLOOD = """
import os, signal, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
for number in range(400):
    with open(f"flood-{number}", "wb") as file: file.write(bytes(5 << 20))
    time.sleep(0.05)
"""


class Lab:
    """A learner's running server, and what lies around it."""

    def __init__(self, hub, settings, site, server):
        self.hub, self.settings, self.site, self.server = hub, settings, site, server

    @property
    def home(self):
        return self.settings.homes / self.server.user

    def output_of(self, program, seconds=90):
        """What a Python program prints that a notebook starts and that outlives its kernel."""
        self.start(f"{program} > output 2>&1; touch ended")
        until((self.home / "ended").exists, seconds)
        return (self.home / "output").read_text()

    def start(self, program):
        said = self.server.run(
            "import subprocess, sys\n"
            f"command = sys.executable + {' ' + program!r}\n"
            "subprocess.Popen(command, shell=True, start_new_session=True, cwd='/home/learner')"
        )
        assert said == ""

    def first_pid(self):
        path = self.settings.servers / self.server.user / NAME
        return json.loads(path.read_text())["first_pid"]


@pytest.fixture(params=["warm", "cold"])
def lab_server(request, transactional_db, django_db_serialized_rollback, live_server, settings):
    """A learner's server, reached as learners do, in a Hub that starts it in one of two ways."""
    enrolment = request.getfixturevalue("enrolment")
    lab = request.getfixturevalue("lab")
    settings.SITE_URL = live_server.url.replace("localhost", "127.0.0.1")
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.LABS_HUB_URL = f"http://127.0.0.1:{free_port()}"
    settings.LABS_HUB_API_URL = f"{settings.LABS_HUB_URL}/hub/api"
    hub_settings = replace(prepare_hub(), warm=request.param == "warm", disk_mb=100)
    hub_settings.save()
    with running_hub(settings.LABS_DATA_DIR.parent, settings.LABS_HUB_URL) as hub:
        browser = Browser(settings.SITE_URL, session_of(enrolment.user, settings))
        browser.get(reverse("courses:activity", args=[enrolment.pk, lab.key]))
        page = browser.post(reverse("labs:open", args=[enrolment.pk, lab.key]))
        assert "jupyter-config-data" in page.text, hub.log()
        assert "is started cold" not in hub.log()
        yield Lab(hub, hub_settings, settings.SITE_URL, JupyterServer(browser, page))
        browser.http.close()


def session_of(user, settings):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key


@contextmanager
def surroundings(folder, hub_settings, site):
    """Things worth an attack, and where they are."""
    folder.chmod(0o755)
    other_home = hub_settings.homes / OTHER
    other_home.mkdir(mode=0o700)
    (other_home / "work.txt").write_text("another's work")
    (hub_settings.servers / OTHER).mkdir(mode=0o700)
    for name in ("platform.sqlite3", "temporary", "platform.log", "oidc.pem"):
        (folder / name).write_text("what is not a learner's")
        (folder / name).chmod(0o644)
    shutil.copy("/usr/bin/id", folder / "id")
    (folder / "id").chmod(0o4755)
    scratch = folder / "scratch"
    scratch.mkdir()
    os.chown(scratch, ORDINARY_USER, ORDINARY_USER)
    key = 0x55000000 + os.getpid()
    segment = libc.shmget(key, 4096, 0o1666)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("", 0)))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0platform-{os.getpid()}")
        service = stack.enter_context(socket.socket(socket.AF_UNIX))
        # a path that fits
        service_path = f"/tmp/labs-test-{os.getpid()}.sock"  # noqa: S108
        service.bind(service_path)
        Path(service_path).chmod(0o666)
        anothers = stack.enter_context(socket.socket(socket.AF_UNIX))
        anothers.bind(str(hub_settings.servers / OTHER / "server.sock"))
        for each in (abstract, service, anothers):
            each.listen(8)
        victim = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-S", "-c", "import time; time.sleep(300)", "platform-process"],
                env={"PLATFORM_SECRET": "very"},
                start_new_session=True,
            )
        )
        try:
            yield {
                "other_home": str(other_home),
                "database": str(folder / "platform.sqlite3"),
                "temporary": str(folder / "temporary"),
                "log": str(folder / "platform.log"),
                "signing_key": str(folder / "oidc.pem"),
                "hub_state": str(hub_settings.state),
                "grants": str(hub_settings.grants),
                "servers": str(hub_settings.servers),
                "proxy_socket": str(hub_settings.proxy_socket),
                "hub_socket": str(hub_settings.hub_socket),
                "gate_socket": str(hub_settings.gate_socket),
                "service_socket": service_path,
                "product": str(PRODUCT),
                "master": str(PRODUCT / "tests/labs/course/m1/lab-requests/master.py"),
                "abstract": f"platform-{os.getpid()}",
                "port": listener.getsockname()[1],
                "site": httpx.URL(site).port,
                "proxy": hub_settings.port,
                "address": outward_address() or "127.0.0.1",
                "marker": "platform-process",
                "victim": victim.pid,
                "shared": key,
                "other": OTHER,
                "processes": Limits().processes,
                "temporary_mb": Limits().temporary_mb,
            }
        finally:
            victim.kill()
            libc.shmctl(segment, 0, None)
            Path(service_path).unlink()


def outward_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        try:
            client.connect(("1.1.1.1", 443))
        except OSError:
            return None
        return client.getsockname()[0]


def table(text):
    return dict(json.loads(line) for line in text.splitlines() if line.startswith("["))


def shown(results):
    """The table for people, for when a test fails."""
    return "\n".join(
        f"{'GOT' if got else 'blocked':8} {name:40} {got}" for name, got in results.items()
    )


@pytest.mark.postgresql
def test_nothing_gets_out_of_a_learners_server(lab_server, tmp_path):
    user = lab_server.server.user
    with surroundings(tmp_path, lab_server.settings, lab_server.site) as targets:
        shutil.copy(ATTACKS, lab_server.home / "attacks.py")
        shutil.copy(tmp_path / "id", lab_server.home / "id")
        (lab_server.home / "id").chmod(0o4755)
        (lab_server.home / "attacks.py").chmod(0o644)
        targets |= {
            "user": user,
            "memory_mb": read_grant(lab_server.settings, user).memory_mb,
            "scratch": "/home/learner",
            "setuid": "/home/learner/id",
            "is_inside": True,
        }
        results = table(lab_server.output_of(f"attacks.py {shlex.quote(json.dumps(targets))}"))

        assert set(results) == set(attacks.ATTEMPTS), lab_server.hub.log()
        assert len(results) >= 90
        assert [name for name, got in results.items() if got] == [], shown(results)

        assert_links_are_not_followed(lab_server, targets["database"])
        assert_floods_of_the_disk_end(lab_server)
    assert lab_server.hub.answers()


def assert_links_are_not_followed(lab_server, target):
    """What the platform collects is the learner's own, whatever they put in its place."""
    for link in ("notebook.ipynb", "folder"):
        (lab_server.home / link).symlink_to(target if "." in link else Path(target).parent)
    backend, user = get_backend(), lab_server.server.user

    assert (lab_server.home / "notebook.ipynb").read_text()
    assert backend.collect(user, "notebook.ipynb") is None
    assert backend.collect(user, f"folder/{Path(target).name}") is None


def assert_floods_of_the_disk_end(lab_server):
    """And with the server everything that it started, however well it hides."""
    assert lab_server.server.request("GET", "api/status").status_code == 200
    (lab_server.home / "flood.py").write_text(FLOOD)
    (lab_server.home / "flood.py").chmod(0o644)
    owner = lab_server.home.stat().st_uid
    folder = lab_server.settings.servers / lab_server.server.user
    lab_server.start("flood.py")

    assert until(lambda: (read_limit(folder) or {}).get("reason") == "disk", 60)
    assert until(
        lambda: start_time(lab_server.first_pid()) is None, 60
    )  # a busy disk first takes what it was given
    assert until(lambda: processes_of(owner) == [], 60)
    assert usage_of(lab_server.home, 1000).size < 2 << 30
    for path in lab_server.home.glob("flood-*"):
        path.unlink()


def processes_of(user):
    """The processes of a user of the machine that have not ended, if that is not our own."""
    if user == os.getuid():
        return []
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if path.stat().st_uid == user and start_time(path.name):
                found.append(path.name)
    return found


def control(names, become, targets):
    """What the attempts get outside, as an ordinary user or as the user that runs the Hub."""
    given = targets | {"names": names} | ({"become": become} if become else {})
    done = subprocess.run(
        [sys.executable, str(ATTACKS), json.dumps(given)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LMS_SECRET_KEY": "the platform's"},
    )
    return table(done.stdout)


@pytest.fixture
def open_folder():
    """A folder that every user of the machine can enter."""
    with tempfile.TemporaryDirectory(prefix="labs-attacks-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user, and its own")
def test_each_attempt_works_without_a_sandbox(open_folder):
    folder = open_folder / "labs"
    user = "l000000000002"
    hub = HubSettings(
        folder=str(folder),
        run_folder=str(open_folder / "run"),
        port=0,
        **dict.fromkeys(
            ("public_url", "authorize_url", "token_url", "userinfo_url", "return_url"), ""
        ),
    )
    prepare_folders(hub)
    hub.save()
    (hub.state / "jupyterhub.sqlite").write_text("SQLite format 3")
    write_grant(hub, user, Grant(memory_mb=300))
    (hub.servers / user).mkdir()
    (hub.servers / user / NAME).write_text("{}")
    with ExitStack() as stack:
        for path in (hub.hub_socket, hub.gate_socket, hub.proxy_socket):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(str(path))
            listener.listen()
        targets = stack.enter_context(surroundings(open_folder, hub, "http://127.0.0.1:1"))
        targets |= {
            "user": user,
            "memory_mb": 300,
            "scratch": str(open_folder / "scratch"),
            "setuid": str(open_folder / "id"),
            "is_inside": False,
            "site": targets["port"],
            "proxy": targets["port"],
        }
        kinds = {
            kind: [name for name, taken in attacks.CONTROLS.items() if taken == kind]
            for kind in (attacks.USER, attacks.HUB)
        }
        results = control(kinds[attacks.USER], ORDINARY_USER, targets)
        results |= control(kinds[attacks.HUB], None, targets)

    excused = MAY_BE_MISSING | (set() if outward_address() else NEED_A_ROUTE)
    assert [name for name, got in results.items() if not got and name not in excused] == [], shown(
        results
    )
    assert len(results) >= 90
