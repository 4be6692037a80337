"""Sandboxes that are forked from a process with the libraries in memory. Real ones, no mocks."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from labs import sandbox
from labs.sandbox import SandboxError
from labs.sandbox.process import start_time
from labs.sandbox.warm import Zygote
from tests.labs.hub import until
from tests.labs.test_sandbox import USER, home_in


@pytest.fixture(scope="module")
def zygote():
    with tempfile.TemporaryFile() as log:
        zygote = Zygote("tests.labs.warm_program", log=log)
        yield zygote
        zygote.close()


def box(**options):
    return sandbox.Sandbox(name=f"warm-{os.getpid()}", command=[], **options)


def started(zygote, command, **options):
    """A sandbox that runs `command`, and what it told first."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as log:
        try:
            running = zygote.start(
                box(inherited=(writing,), **options), {"command": command}, user=USER, log=log
            )
        finally:
            os.close(writing)
    with os.fdopen(reading) as pipe:
        return running, json.load(pipe)


def test_a_forked_sandbox_sees_what_a_started_one_sees(zygote, tmp_path):
    home = home_in(tmp_path / "home")
    running, told = started(zygote, "echo kept > work.txt", home=home, environment={"GIVEN": "1"})

    assert until(lambda: not running.is_alive(), 10)
    assert (home / "work.txt").read_text() == "kept\n"
    assert (home / "work.txt").stat().st_uid == home.stat().st_uid
    assert told["loaded"] == [1, 2, 3]
    assert told["first"]
    assert told["environment"] == ["GIVEN"]
    assert told["path"] == []
    assert not {"srv", "var", "mnt", "opt", "old", "new"} & set(told["folders"])


def test_killing_it_leaves_no_process(zygote):
    running, _told = started(zygote, "sleep 60 & setsid sleep 60")
    found = {"first_pid": running.first_pid, "pid": running.pid, "started": running.started}

    # as a Hub does that was not there when it started
    sandbox.Running(name=running.name, **found).kill()

    assert not running.is_alive()
    assert start_time(running.first_pid) is None


def test_sandboxes_outlive_the_process_that_forked_them():
    with tempfile.TemporaryFile() as log:
        zygote = Zygote("tests.labs.warm_program", log=log)
        running, _told = started(zygote, "sleep 60")
        zygote.close()
    time.sleep(0.2)
    assert running.is_alive()

    running.kill()
    assert until(lambda: start_time(running.pid) is None, 5)


def test_a_program_that_cannot_be_loaded_starts_nothing():
    with tempfile.TemporaryFile() as log:
        zygote = Zygote("tests.labs.no_such_program", log=log)
        with pytest.raises(SandboxError, match="could not be loaded"):
            zygote.start(box(), {}, user=USER, log=log)
        zygote.close()


def test_a_plan_that_cannot_be_carried_out_starts_nothing(zygote, tmp_path):
    missing = tmp_path / "no such home"
    with tempfile.TemporaryFile() as log:
        with pytest.raises(SandboxError):
            zygote.start(box(home=missing), {"command": "true"}, user=USER, log=log)
        log.seek(0)
        assert b"No such file" in log.read()
    assert not Path("/sys/fs/cgroup/pids/umahiri-labs", box().name).exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can choose another user")
def test_root_never_forks_a_sandbox_as_itself(zygote):
    with pytest.raises(SandboxError), subprocess.Popen(["/bin/true"], stdout=-1) as any_process:
        zygote.start(box(), {}, user=0, log=any_process.stdout)
