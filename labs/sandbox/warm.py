"""Starts sandboxes from a process that has the libraries in memory already: see `zygote`.

The rules are those of `process.start`; only the way into the sandbox is another.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
from pathlib import Path

from labs.sandbox import cgroups
from labs.sandbox.layout import Layout, environment_python
from labs.sandbox.process import Running, SandboxError, entry_plan, start_time, unprivileged

PRODUCT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
START_SECONDS = 20
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(PRODUCT),
    "PYTHONDONTWRITEBYTECODE": "1",
    # threads would not live through a fork
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class Zygote:
    """The forking process of one program; ends with us, its sandboxes do not.

    Make it in the main thread: the process dies with the thread that made it.
    """

    def __init__(self, program, *, environment=(), log=subprocess.DEVNULL):
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.lock = threading.Lock()
        self.is_ready = False
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [
                    environment_python(),
                    "-P",
                    "-m",
                    "labs.sandbox.zygote",
                    str(theirs.fileno()),
                    program,
                ],
                pass_fds=[theirs.fileno()],
                env=ENVIRONMENT | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    def is_alive(self):
        return self.process.poll() is None

    def close(self):
        self.control.close()
        self.process.kill()
        self.process.wait()

    def start(self, sandbox, argument, *, user=None, log):
        """Fork `sandbox`, whose program gets `argument`, and return it Running, or SandboxError.

        Its `command` is not used. `log` is a file for what goes wrong until the program's own.
        """
        user = unprivileged(user)
        group = cgroups.ControlGroup(sandbox.name)
        group.create(sandbox.limits)
        layout = Layout(sandbox, staged=user is not None)
        plan = entry_plan(sandbox, group, user, layout.sources) | {
            "steps": layout.steps,
            "families": sandbox.families,
            "processes": sandbox.limits.processes,
            "environment": sandbox.environment,
            "argument": argument,
        }
        running = None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            try:
                with theirs:
                    self._fork([theirs.fileno(), log.fileno(), *sandbox.inherited])
                ours.settimeout(START_SECONDS)
                ours.send(json.dumps(plan, default=lambda data: data.decode("latin-1")).encode())
                pid = _answer(ours)["pid"]
                running = Running(sandbox.name, pid, start_time(pid) or "", pid)
                _answer(ours)
            except (OSError, SandboxError) as error:
                if running:
                    running.kill()
                else:
                    group.remove()
                raise SandboxError(f"the warm start failed: {error}") from error
        return running

    def _fork(self, descriptors):
        with self.lock:
            if not self.is_ready:
                self._wait_until_ready()
            socket.send_fds(self.control, [b"start"], descriptors)

    def _wait_until_ready(self):
        readable, _, _ = select.select([self.control], [], [], READY_SECONDS)
        if not readable or not self.control.recv(16):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)
            raise SandboxError("the libraries could not be loaded")
        self.is_ready = True


def _answer(channel):
    message = channel.recv(4096)
    if not message:
        raise SandboxError("the process ended before it was in its sandbox")
    return json.loads(message)
