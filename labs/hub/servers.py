"""Remembers which servers run, in files, so that they can be ended without a Hub."""

import contextlib
import json

from labs import sandbox
from labs.hub.met import note_limit
from labs.hub.settings import write_private

NAME = "running.json"


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
    note_limit(settings.servers / running.name, reason)
    running.kill()


def stop_server(settings, lab_id):
    """End the server of `lab_id`, whether or not a Hub runs."""
    path = settings.servers / lab_id / NAME
    with contextlib.suppress(FileNotFoundError):
        sandbox.Running(**json.loads(path.read_text())).kill()
        path.unlink()


def stop_all_servers(settings):
    """End every server: for when the whole platform stops."""
    for path in settings.servers.glob(f"*/{NAME}"):
        stop_server(settings, path.parent.name)
