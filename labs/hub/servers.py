"""Remembers which servers run, in files, so that they can be ended without a Hub."""

import contextlib
import json

from labs import sandbox
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
