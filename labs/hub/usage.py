"""What a server uses and why it ended: a small file beside its socket, which the platform reads."""

import contextlib
import json
import time
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from labs.hub.settings import write_private
from labs.sandbox.cgroups import ControlGroup

NAME = "usage.json"
NOTED_EVERY_SECONDS = 10


@dataclass(frozen=True)
class Usage:
    """Memory in bytes, None where the machine does not tell; `why` is empty while it runs."""

    started: float
    memory: int | None = None
    peak: int | None = None
    why: str = ""


def read_usage(folder):
    """The Usage noted in a server's `folder`, or None."""
    try:
        return Usage(**json.loads((folder / NAME).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def begin(folder):
    _write(folder, Usage(started=time.time()))


def note(folder, running):
    """Note the memory of a server that runs, unless that was done a moment ago."""
    with contextlib.suppress(FileNotFoundError):
        if time.time() - (folder / NAME).stat().st_mtime < NOTED_EVERY_SECONDS:
            return
    _write(folder, _measured(folder, running)[0])


def end(folder, running, *, why="", idle_seconds=0, idle_limit=float("inf")):
    """Note why a server ended: `why`, or what its control group and its last activity tell."""
    known = read_usage(folder)
    if running is None or known is None or known.why:
        return
    usage, kills = _measured(folder, running)
    if not why and kills:
        why = "memory"
    elif not why:
        why = "idle" if idle_seconds >= idle_limit else "unknown"
    _write(folder, replace(usage, why=why))


def _measured(folder, running):
    """(Usage, processes that the kernel killed for lack of memory) as of now."""
    usage = read_usage(folder) or Usage(started=time.time())
    now = _group(running.name).memory()
    if now is None:
        return usage, 0
    peak = max(now.peak, now.now, usage.peak or 0)
    return replace(usage, memory=now.now, peak=peak), now.kills


@lru_cache(maxsize=256)
def _group(name):
    return ControlGroup(name)


def _write(folder, usage):
    write_private(folder / NAME, json.dumps(asdict(usage)))
