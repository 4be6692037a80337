"""What the supervisor keeps up: each process comes back whenever it dies, and its words are kept."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.labs.hub import until

SECONDS = 20
ROUNDS = 12
# one whose child lives on, as the Hub's servers do, and holds what it wrote to
SLEEPER = 'echo "$$" > {name}.pid; echo up; sleep 60 & wait'
SUPERVISOR = """
import sys
from pathlib import Path
import django
django.setup()
from lms.operations.processes import Process, adopt_orphans, end_descendants, supervise
folder = Path(sys.argv[1])
processes = [Process(name, ["/bin/sh", "-c", script]) for name, script in zip(*[iter(sys.argv[2:])] * 2)]
adopt_orphans()
try:
    supervise(processes, folder).start()
finally:
    end_descendants()
"""


class Family:
    """Processes under a supervisor of their own."""

    def __init__(self, folder, names):
        self.folder, self.names = folder, names
        words = []
        for name in names:
            words += [name, SLEEPER.format(name=folder / name)]
        argv = [sys.executable, "-c", SUPERVISOR, str(folder), *words]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def pid(self, name):
        """The id of a process that is running, or None."""
        path = self.folder / f"{name}.pid"
        text = path.read_text().strip() if path.exists() else ""
        return int(text) if text and Path(f"/proc/{text}/cmdline").exists() else None

    def all_up(self, *but):
        pids = [self.pid(name) for name in self.names]
        return all(pids) and not set(pids) & set(but)


@pytest.fixture
def family(tmp_path):
    family = Family(tmp_path, ["hub", "web", "worker"])
    yield family
    family.process.send_signal(signal.SIGINT)
    family.process.wait(SECONDS)


def test_all_come_back_whichever_die_together(family):
    starts = dict.fromkeys(family.names, 1)
    assert until(family.all_up, SECONDS)
    chosen = random.Random(5)
    for _ in range(ROUNDS):
        dying = chosen.sample(family.names, chosen.randint(1, 3))
        dead = [family.pid(name) for name in dying]
        for name, pid in zip(dying, dead, strict=True):
            os.kill(pid, signal.SIGKILL)
            starts[name] += 1

        assert until(lambda dead=dead: family.all_up(*dead), SECONDS), (dying, starts)

    logs = {name: family.folder / "logs" / f"{name}.log" for name in family.names}
    assert {name: log.read_text().count("up\n") for name, log in logs.items()} == starts
