"""How much memory a server holds: a small file beside its socket, which the platform reads."""

import contextlib
import json
import time
from dataclasses import asdict, dataclass
from functools import lru_cache

from labs.hub.settings import write_private
from labs.sandbox.cgroups import ControlGroup

NAME = "usage.json"
NOTED_EVERY_SECONDS = 10


@dataclass(frozen=True)
class Usage:
    """Memory in bytes now and at most; None where the machine does not tell."""

    memory: int | None = None
    peak: int | None = None


def read_usage(folder):
    """The Usage noted in a server's `folder`, or None."""
    try:
        return Usage(**json.loads((folder / NAME).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def begin(folder):
    _write(folder, Usage())


def note(folder, running):
    """Note the memory of a server that runs, unless that was done a moment ago."""
    with contextlib.suppress(FileNotFoundError):
        if time.time() - (folder / NAME).stat().st_mtime < NOTED_EVERY_SECONDS:
            return
    end(folder, running)


def end(folder, running):
    """Note the memory for the last time, while the control group is still there."""
    usage = read_usage(folder) or Usage()
    if now := _group(running.name).memory():
        _write(folder, Usage(now.now, max(now.peak, now.now, usage.peak or 0)))


@lru_cache(maxsize=256)
def _group(name):
    return ControlGroup(name)


def _write(folder, usage):
    write_private(folder / NAME, json.dumps(asdict(usage)))
