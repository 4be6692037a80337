"""The whole platform, started as the README says, and a browser that looks at it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from lms.operations.chromium import find_chromium
from lms.operations.services import free_port

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / ".artefacts"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
START_SECONDS = 300
BROWSER_FLAGS = [
    "--no-sandbox",
    "--no-zygote",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def wait_until(page, function, seconds=30):
    """Ask the page until what it promises is true: `wait_for_function` takes the promise itself for a yes."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(function):
        assert time.monotonic() < deadline, f"never true: {function}"
        page.wait_for_timeout(50)


def neighbouring_ports():
    """A free port with a free one ten above it."""
    while True:
        port = free_port()
        if port + 10 < 65536:
            return port


class Platform:
    """`manage.py demo` in a process of its own, with its data in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.port = folder, neighbouring_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = os.environ.get("LMS_DATABASE_URL", "")
        if self.database:  # the run of the tests owns the other one
            self.database = self._own_database(self.database)
        elif template := os.environ.get("TEST_TEMPLATE"):
            shutil.copy(template, self.folder / "umahiri.sqlite3")

    def _own_database(self, address):
        name, server = f"browser_{self.port}", address.rsplit("/", 1)[0]
        template = os.environ.get("TEST_TEMPLATE", "template1")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"{server}/{name}"

    @property
    def environment(self):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LMS_", "DJANGO_", "PYTEST"))
        }
        more = {"LMS_DATABASE_URL": self.database} if self.database else {}
        return {**kept, "LMS_DATA_DIR": str(self.folder), **more}

    def start(self):
        argv = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(self.port)]
        self.log = (self.folder / "demo.log").open("w+")
        self.process = subprocess.Popen(
            argv, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C stops everything" not in self.words():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                pytest.fail(self.words())
            time.sleep(0.2)
        return self

    def words(self):
        return (self.folder / "demo.log").read_text()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.log.close()

    @property
    def password(self):
        return (self.folder / "demo-password").read_text()

    def pids(self, pattern):
        """Ids of this platform's processes whose command line matches `pattern`."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().replace(b"\0", b" ").decode()
                environment = (path.parent / "environ").read_bytes().decode()
            except OSError:
                continue
            if re.search(pattern, words) and f"LMS_DATA_DIR={self.folder}\0" in environment + "\0":
                found.append(int(path.parent.name))
        return found


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    platform = Platform(tmp_path_factory.mktemp("platform")).start()
    yield platform
    platform.stop()


@pytest.fixture(scope="session")
def chromium():
    executable, environment = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=BROWSER_FLAGS,
            env=environment or dict(os.environ),
        )
        yield browser
        browser.close()


class Visitor:
    """A person with a browser: walks, and leaves screenshots and axe's findings behind."""

    def __init__(self, chromium, platform, journey, **context):
        self.platform, self.journey, self.number = platform, journey, 0
        self.context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", **context)
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.faults = []
        self.watch()

    def watch(self):
        """Remember what goes wrong on the page."""
        self.page.on("pageerror", self.note_error)
        self.page.on(
            "response", lambda answer: answer.status >= 500 and self.faults.append(answer.url)
        )

    def note_error(self, error):
        # Wagtail's editor runs axe at moments of its own: it and we may meet, which is no fault of a page
        if "Axe is already running" not in str(error):
            self.faults.append(str(error))

    def go(self, path):
        self.page.goto(self.platform.url + path)

    def click(self, selector):
        """Click what leads to another page, and be there."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def follow(self, link):
        """As `click`, of what was found already."""
        with self.page.expect_navigation():
            link.click()

    def look(self, name, *, axe=True, narrow=True):
        """Photograph the page at both widths and let axe read it: no violations, nothing wider than the phone.

        Where WALK_ONLY is set, nothing is looked at but whether anything broke: the same pages with another database.
        """
        self.number += 1
        assert not self.faults
        if "WALK_ONLY" in os.environ:
            return
        kind = "postgresql" if self.platform.database else "sqlite"
        folder = ARTEFACTS / kind / self.journey
        folder.mkdir(parents=True, exist_ok=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.screenshot(path=folder / f"{self.number:02d}-{name}-360.png", full_page=True)
        self.page.set_viewport_size(DESKTOP)
        self.page.screenshot(path=folder / f"{self.number:02d}-{name}-1280.png")
        self.page.set_viewport_size(PHONE)
        assert not narrow or wide <= PHONE["width"], f"{name} is {wide} pixels wide"
        if axe:
            self.page.wait_for_function("() => !window.axe || !window.axe._running")
            found = Axe().run(self.page).response["violations"]
            assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == [], name
        assert not self.faults

    def sign_in(self, email):
        self.go("/accounts/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", self.platform.password)
        self.page.click("main button.button")
        self.page.wait_for_url("**/learn/")


@pytest.fixture
def visitor(chromium, platform):
    """Makes visitors, and closes their browsers."""
    made = []

    def make(journey, **context):
        made.append(Visitor(chromium, platform, journey, **context))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
