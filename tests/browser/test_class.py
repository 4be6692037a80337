"""A class of twenty in a lab, while what serves them is killed: no saved cell is lost, and each is marked once."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress

import httpx
import psutil
import pytest

from labs.hub.command import run_folder
from tests.browser.conftest import ROOT
from tests.browser.test_resilience import HUB, WORKER
from tests.labs.hub import Browser, JupyterServer
from tests.labs.notebooks import handed_in

LEARNERS = 20
CELLS = 6
ROUNDS = 2
PAUSE_SECONDS = 4
PATIENCE_SECONDS = 420
RIGHT = {"late": "def late_share(path):\n    return float(pd.read_csv(path).late.mean())"}
PATH = "f9-requests/f9-requests.ipynb"
COURSE = ROOT / "tests" / "labs" / "course"
JOIN = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from courses.domain.enrolment import enrol
from courses.models import CourseRun
from labs.models import LabPage
from lms.accounts.models import User
from lms.organisations.domain import join_organisation
from lms.organisations.models import Organisation, Role
from lms.organisations.scoping import every_organisation
Session = import_module(settings.SESSION_ENGINE).SessionStore
nakuru = Organisation.objects.get(slug="county-nakuru")
people = []
with every_organisation():
    run = CourseRun.objects.filter(course__slug="labs-course").earliest("pk")
    key = next(str(e["key"]) for e in run.edition.activities if e["kind"] == "lab")
    for number in range(%d):
        user = User.objects.create(email=f"class{number}@demo.example", full_name=f"Officer {number}")
        join_organisation(user, nakuru, Role.LEARNER)
        session = Session()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        people.append([enrol(user, run, nakuru).pk, session.session_key, key])
print("JSON" + json.dumps(people))
"""
RESULTS = """
import json
from labs.models import Submission
from lms.organisations.scoping import every_organisation
found = {}
with every_organisation():
    rows = Submission.objects.filter(workspace__enrolment__user__email__startswith="class")
    for row in rows.select_related("workspace").prefetch_related("grade_runs"):
        found.setdefault(str(row.workspace.enrolment_id), []).append({
            "state": row.state,
            "scores": [float(run.score) for run in row.grade_runs.all()],
            "text": "\\n".join(cell["source"] for cell in row.notebook["cells"]),
        })
print("JSON" + json.dumps(found))
"""


def ask(platform, *command):
    """What a command of the platform's printed."""
    environment = {**os.environ, **platform.environment, "LMS_DEMO": "1"}
    argv = [sys.executable, str(ROOT / "manage.py"), *command]
    return subprocess.run(argv, env=environment, check=True, capture_output=True, text=True).stdout


def ask_shell(platform, script):
    return json.loads(ask(platform, "shell", "-c", script).split("JSON", 1)[1])


@pytest.fixture(scope="module")
def people(platform):
    """[enrolment, session, activity] of each of the class."""
    ask(platform, "load_course", str(COURSE))
    return ask_shell(platform, JOIN % LEARNERS)


class Learner:
    """One of the class, who goes on whatever is killed; `saved` is what the server said it kept."""

    def __init__(self, platform, enrolment, session, key):
        self.enrolment, self.saved, self.server = enrolment, [], None
        self.lab = f"/learn/{enrolment}/{key}/"
        self.browser = Browser(platform.url, session)
        self.deadline = time.monotonic() + PATIENCE_SECONDS

    def keep_trying(self, step):
        while True:
            assert time.monotonic() < self.deadline, (self.enrolment, step)
            # whatever is not there just now: a page, a server, the token in its cookies
            with suppress(httpx.HTTPError, TimeoutError, LookupError, TypeError, ValueError):
                if done := step():
                    return done
            self.server = None
            time.sleep(1)

    def opened(self):
        if self.server is None:
            self.browser.get(self.lab)
            page = self.browser.post(f"{self.lab}lab/open/")
            self.server = JupyterServer(self.browser, page)
        return self.server

    def save(self, change):
        address = f"api/contents/{PATH}"
        notebook = self.opened().request("GET", address).json()["content"]
        body = {"type": "notebook", "format": "json", "content": change(notebook)}
        return self.server.request("PUT", address, json=body).status_code == 200

    def write(self, text):
        def change(notebook):
            cell = {"id": text.split()[1], "cell_type": "code", "metadata": {}, "source": text}
            cells = [*notebook["cells"], {**cell, "outputs": [], "execution_count": None}]
            return {**notebook, "cells": cells}

        self.keep_trying(lambda: self.save(change))
        self.saved.append(text)

    def submit(self, after=None):
        """The number of a submission, a newer one than `after`: while one waits, that is the one."""
        self.browser.get(self.lab)
        reached = self.browser.post(f"{self.lab}lab/submit/").url.path
        number = reached.removeprefix("/labs/submissions/").strip("/")
        return number if number.isdecimal() and number != after else None

    def work(self):
        first = None
        for number in range(CELLS):
            self.write(f"# cell{number} of {self.enrolment}")
            time.sleep(random.uniform(0.5, 1.5) * PAUSE_SECONDS)
            if number == CELLS // 3:
                first = self.keep_trying(self.submit)
        self.keep_trying(lambda: self.save(lambda notebook: handed_in(notebook, RIGHT)))
        self.keep_trying(lambda: self.submit(first))


def processes_of(platform):
    """{what: a function that finds the ids of its processes}"""

    def proxy():
        return [int((platform.folder / "labs" / "hub" / "proxy.pid").read_text())]

    def marker():
        workers = [psutil.Process(pid) for pid in platform.pids(WORKER)]
        below = [each for worker in workers for each in worker.children(recursive=True)]
        return [each.pid for each in below if "labs.grading.zygote" in each.cmdline()]

    def server():
        running = list((run_folder(platform.folder) / "servers").glob("*/running.json"))
        return [json.loads(random.choice(running).read_text())["first_pid"]] if running else []

    return {
        "Hub": lambda: platform.pids(HUB),
        "proxy": proxy,
        "worker": lambda: platform.pids(WORKER),
        "marker": marker,
        "server": server,
    }


def kill_at_random(platform, over):
    """Kill one thing after another, each kind at least twice, or until `over`; return how many."""
    found, killed = processes_of(platform), {}
    while not over.is_set() and min(killed.get(name, 0) for name in found) < ROUNDS:
        for name in random.sample(list(found), len(found)):
            with suppress(OSError, ValueError, psutil.Error):
                for pid in found[name]():
                    os.kill(pid, signal.SIGKILL)
                    killed[name] = killed.get(name, 0) + 1
            if over.wait(PAUSE_SECONDS):
                break
    return killed


def marked(platform):
    """What was handed in, once none of it waits any more."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = ask_shell(platform, RESULTS)
        rows = [row for rows in found.values() for row in rows]
        if len(found) == LEARNERS and all(row["state"] in {"marked", "failed"} for row in rows):
            return found
        assert time.monotonic() < deadline, [row["state"] for row in rows]
        time.sleep(5)


def test_a_class_loses_nothing_while_everything_is_killed(platform, people):
    over = threading.Event()
    learners = [Learner(platform, *person) for person in people]
    with ThreadPoolExecutor(LEARNERS + 1) as pool:
        killing = pool.submit(kill_at_random, platform, over)
        working = [pool.submit(learner.work) for learner in learners]
        wait(working)
        over.set()
        killed = killing.result()
    for work in working:
        work.result()

    assert set(killed) == set(processes_of(platform)), killed
    found = marked(platform)
    for learner in learners:
        newest, first = found[str(learner.enrolment)]
        assert [newest["state"], first["state"]] == ["marked", "marked"]
        assert [newest["scores"], first["scores"]] == [[4.0], [0.0]]
        assert [text for text in learner.saved if text not in newest["text"]] == []
        assert len(learner.saved) == CELLS
