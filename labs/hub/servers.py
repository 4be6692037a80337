"""Remembers which servers run, and why they ended, in files: so that no Hub is needed to know."""

import contextlib
import json

from labs import sandbox
from labs.hub.settings import write_private

NAME = "running.json"
ENDED = "ended.txt"


def running_state(running):
    return {
        "name": running.name,
        "pid": running.pid,
        "started": running.started,
        "first_pid": running.first_pid,
    }


def remember(folder, running):
    write_private(folder / NAME, json.dumps(running_state(running)))


def forget(folder):
    (folder / NAME).unlink(missing_ok=True)


def running_servers(settings):
    """Each server that runs, whether or not a Hub does."""
    servers = []
    for path in settings.servers.glob(f"*/{NAME}"):
        with contextlib.suppress(FileNotFoundError):
            running = sandbox.Running(**json.loads(path.read_text()))
            if running.is_alive():
                servers.append(running)
    return servers


def end(settings, running, reason):
    """End a server and note the reason for its learner."""
    write_private(settings.servers / running.name / ENDED, reason)
    running.kill()


def why_ended(settings, name):
    """The reason why the learner's last server was ended by us: "disk" or "age", else None."""
    path = settings.servers / name / ENDED
    return path.read_text() if path.exists() else None


def stop_all_servers(settings):
    """End every server, whether or not a Hub runs: for when the whole platform stops."""
    for path in settings.servers.glob(f"*/{NAME}"):
        with contextlib.suppress(FileNotFoundError):
            sandbox.Running(**json.loads(path.read_text())).kill()
            path.unlink()
