"""A class of twenty in a lab, while what serves them is killed: no saved cell is lost, and each is marked once."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus

import httpx
import psutil
import pytest

from labs.hub.command import run_folder
from tests.browser.conftest import ROOT
from tests.browser.test_resilience import HUB, WORKER
from tests.labs.hub import Browser, JupyterServer
from tests.labs.notebooks import handed_in

LEARNERS = 20
EARLY = 5  # who hand in while things are killed too
LOOKING_SECONDS = 60  # for a process that is not there just now
PAUSE_SECONDS = 4
LOOK_AGAIN_SECONDS = 2
PATIENCE_SECONDS = 240
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
        self.browser = Browser(platform.url, session, LOOK_AGAIN_SECONDS)
        self.wait_anew()

    def wait_anew(self):
        self.deadline = time.monotonic() + PATIENCE_SECONDS

    def keep_trying(self, step):
        while True:
            # whatever is not there just now: a page, a server, the token in its cookies
            with suppress(httpx.HTTPError, TimeoutError, LookupError, TypeError, ValueError):
                if done := step():
                    return done
            assert time.monotonic() < self.deadline, (self.enrolment, step)
            time.sleep(LOOK_AGAIN_SECONDS * random.uniform(0.5, 1.5))

    def opened(self):
        if self.server is None:
            self.browser.get(self.lab)
            page = self.browser.post(f"{self.lab}lab/open/")
            self.server = JupyterServer(self.browser, page)
        return self.server

    def save(self, change):
        server, self.server = self.opened(), None
        address = f"api/contents/{PATH}"
        notebook = server.request("GET", address).json()["content"]
        body = {"type": "notebook", "format": "json", "content": change(notebook)}
        if server.request("PUT", address, json=body).status_code != HTTPStatus.OK:
            return False
        self.server = server
        return True

    def write(self, text):
        def change(notebook):
            cell = {"id": text.split()[1], "cell_type": "code", "metadata": {}, "source": text}
            # it may have been kept although nobody could say so
            others = [kept for kept in notebook["cells"] if kept.get("id") != cell["id"]]
            return {
                **notebook,
                "cells": [*others, {**cell, "outputs": [], "execution_count": None}],
            }

        self.keep_trying(lambda: self.save(change))
        self.saved.append(text)

    def submit(self, after=None):
        """The address of a submission, a newer one than `after`: while one waits, that is the one."""
        reached = self.browser.send(f"{self.lab}lab/submit/").headers["location"]
        return reached if reached.startswith("/labs/submissions/") and reached != after else None

    def is_marked(self, submission):
        state = self.browser.http.get(f"{self.browser.site}{submission}state/").json()["state"]
        return state in {"marked", "failed"}

    def work(self, begun, over, *, is_early):
        """Write cell after cell until all was killed, then hand in; who `is_early` has done so before."""
        first = None
        while not (over.is_set() and self.saved):
            self.write(f"# cell{len(self.saved)} of {self.enrolment}")
            if is_early and first is None:
                first = self.keep_trying(self.submit)
                begun.set()
            over.wait(PAUSE_SECONDS * random.uniform(0.5, 1.5))
            self.wait_anew()
        self.keep_trying(lambda: self.save(lambda notebook: handed_in(notebook, RIGHT)))
        last = self.keep_trying(lambda: self.submit(first))
        self.keep_trying(lambda: self.is_marked(last))


def is_marker(process):
    return "labs.grading.zygote" in (process.info["cmdline"] or [])


def above(process):
    """The ids of the processes that `process` descends from."""
    with suppress(psutil.Error):  # it ended meanwhile
        return {each.pid for each in process.parents()}
    return set()


def processes_of(platform):
    """{what: a function that finds the ids of its processes}"""

    def proxy():
        return [int((platform.folder / "labs" / "hub" / "proxy.pid").read_text())]

    def marker():
        workers = set(platform.pids(WORKER))
        running = psutil.process_iter(["cmdline"])
        return [each.pid for each in running if is_marker(each) and workers & above(each)]

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


def kill_each(find):
    """Kill the processes that are found, as the kernel would, short of memory; return whether there were any."""
    is_killed = False
    # it may end, or the file that names it go, while we look
    with suppress(OSError, ValueError, psutil.Error):
        for pid in set(find()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                is_killed = True
    return is_killed


def kill_at_random(platform):
    """Kill one thing after another, and again in another order; return what was killed.

    The marker is first, while there is one, and once: what was ended three times is not marked again.
    """
    found, killed = processes_of(platform), []
    others = list(found.keys() - {"marker"})
    first, second = (random.sample(others, len(others)) for _ in range(2))
    for name in ["marker", *first, *second]:
        deadline = time.monotonic() + LOOKING_SECONDS
        while not (is_killed := kill_each(found[name])) and time.monotonic() < deadline:
            time.sleep(0.5)
        if is_killed:
            killed.append(name)
        time.sleep(PAUSE_SECONDS)
    return killed


def test_a_class_loses_nothing_while_everything_is_killed(platform, people):
    begun, over = threading.Event(), threading.Event()
    learners = [Learner(platform, *person) for person in people]
    early = learners[:EARLY]
    with ThreadPoolExecutor(LEARNERS) as pool:
        working = [
            pool.submit(learner.work, begun, over, is_early=learner in early)
            for learner in learners
        ]
        try:
            assert begun.wait(PATIENCE_SECONDS), "nobody could hand in"
            killed = kill_at_random(platform)
        finally:
            over.set()
    for work in working:
        work.result()

    assert set(killed) == set(processes_of(platform)), killed
    found = ask_shell(platform, RESULTS)
    for learner in learners:
        newest, *others = found[str(learner.enrolment)]
        assert (newest["state"], newest["scores"]) == ("marked", [4.0])
        assert [(row["state"], row["scores"]) for row in others] == [("marked", [0.0])] * (
            learner in early
        )
        assert learner.saved
        assert [text for text in learner.saved if text not in newest["text"]] == []
