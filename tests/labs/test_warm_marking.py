"""The warm process of marking: its ends, its failures, and what is left of it. Nothing is mocked."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from labs.grading import warm
from labs.grading.marking import Bounds, mark
from labs.grading.notebooks import release_notebook
from labs.grading.participants import new_name, remove_groups_left_behind
from labs.grading.warm import warmth
from labs.sandbox import Limits, cgroups
from tests.labs.notebooks import ANSWERS, FILES, handed_in, master

BOUNDS = Bounds(memory_mb=600)
OWNER = """
import sys, time
from labs.grading.warm import warmth
from labs.sandbox import Limits
fork = warmth.get().start("worker", {}, Limits())
fork.wait_until_ready()
print(fork.zygote.running.pid, flush=True)
time.sleep(60)
"""


def marked(answers):
    return mark(master(), handed_in(release_notebook(master()), answers), FILES, BOUNDS)


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_all_markings_share_one_warm_process():
    marked(ANSWERS)
    zygote = warmth.get()
    marked(ANSWERS)

    assert warmth.get() is zygote


def test_a_submission_is_marked_though_the_warm_process_is_killed_meanwhile():
    zygote = warmth.get()
    threading.Timer(0.5, os.kill, (zygote.running.first_pid, signal.SIGKILL)).start()
    report = marked({**ANSWERS, "fill": f"import time\ntime.sleep(2)\n{ANSWERS['fill']}"})

    assert (report.score, report.cells) == (10, [])
    assert warmth.get() is not zygote
    assert marked(ANSWERS).score == 10


def test_nothing_is_left_when_the_process_that_marks_is_killed():
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    outer = psutil.Process(int(owner.stdout.readline()))
    family = [outer, *outer.children(recursive=True)]
    assert len(family) > 2
    owner.kill()
    owner.wait()
    owner.stdout.close()

    assert wait_until(lambda: not any(process.is_running() for process in family))
    remove_groups_left_behind()
    assert cgroups.names(f"marking-{owner.pid}-") == []


def test_without_a_warm_process_marking_goes_on(cold, monkeypatch, caplog):
    monkeypatch.setattr(warm, "MODULES", ())

    assert marked(ANSWERS).score == 10
    assert "without a warm process" in caplog.text
    assert warmth.zygote is None
    monkeypatch.undo()
    assert warmth.get() is None  # not tried again at once


@pytest.mark.parametrize("name", ["MOST_FORKS", "OLDEST_SECONDS"])
def test_the_warm_process_is_renewed(cold, monkeypatch, name):
    zygote = warmth.get()
    monkeypatch.setattr(warm, name, 0)

    assert not zygote.is_usable
    assert warmth.get() is not zygote
    assert not zygote.is_alive


def test_an_idle_warm_process_ends_when_its_owner_lets_go(cold):
    zygote = warmth.get()
    zygote.control.close()

    assert wait_until(lambda: not zygote.is_alive)


def test_each_fork_has_control_groups_of_its_own_and_leaves_none():
    fork = warmth.get().start("worker", {}, Limits(memory_mb=300))
    fork.wait_until_ready()
    name = fork.group.folders[0].name if fork.group.folders else new_name()
    fork.close()

    assert cgroups.names(name) == []
