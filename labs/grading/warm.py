"""Marking from a warm process: a participant is a fork of one that has loaded the libraries.

Each process that marks has one zygote of its own, started when first needed and ended with it.
"""

import atexit
import logging
import os
import select
import signal
import socket
import struct
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from labs.grading import wire
from labs.grading.participants import (
    ENVIRONMENT,
    MOST_PATIENCE,
    SHARED,
    START_SECONDS,
    USERS,
    Participant,
    modules,
    new_name,
    python_command,
    remove_groups_left_behind,
)
from labs.sandbox import Limits, Sandbox, SandboxError, start
from labs.sandbox.cgroups import ControlGroup
from labs.sandbox.process import resources

logger = logging.getLogger("labs")

MOST_FORKS = 2000
OLDEST_SECONDS = 3600
# after a start that failed, marking goes on without a zygote for so long
RETRY_SECONDS = 60
ANSWER_SECONDS = 30
END_SECONDS = 2
# the most that a fork may be given
LIMITS = Limits(memory_mb=4096, processes=400, file_mb=1024)
CREDENTIALS = struct.Struct("3i")
MODULES = ("grading/worker.py", "grading/judge.py", "grading/zygote.py", "sandbox")


class Zygote:
    """The warm process, in a sandbox without a network; raises SandboxError if it cannot be had."""

    def __init__(self):
        self.owner = os.getpid()
        self.started = time.monotonic()
        self.forks = 0
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(START_SECONDS * MOST_PATIENCE)
        box = Sandbox(
            name=new_name(),
            command=python_command("zygote", theirs),
            environment=ENVIRONMENT,
            read_only=modules(*SHARED, *MODULES),
            inherited=(theirs.fileno(),),
            limits=LIMITS,
            is_nest=True,
            dies_with_parent=True,
        )
        try:
            self.running = start(box, user=USERS["worker"])
        except SandboxError:
            self.control.close()
            raise
        finally:
            theirs.close()
        try:
            self._try_out()
        except SandboxError:
            self.close()
            raise

    def _try_out(self):
        """Some machines let bubblewrap make namespaces, but no program inside of it."""
        try:
            is_ready = self.control.recv(1) == b"r"
        except OSError:
            is_ready = False
        if not is_ready:
            raise SandboxError("the warm process of marking did not start")
        trial = self.start("worker", {}, LIMITS)
        try:
            trial.wait_until_ready()
        finally:
            trial.close()

    @property
    def is_alive(self):
        return self.running.process.poll() is None

    @property
    def is_usable(self):
        is_fresh = self.forks < MOST_FORKS and time.monotonic() - self.started < OLDEST_SECONDS
        return is_fresh and self.is_alive

    def start(self, role, files, limits):
        """A Participant that is a fork of this process, or SandboxError."""
        self.forks += 1
        return WarmParticipant(self, role, files, limits)

    def close(self):
        self.control.close()
        self.running.kill()
        self.running.process.wait()


class WarmParticipant(Participant):
    """A fork of the zygote, in namespaces and control groups of its own."""

    def __init__(self, zygote, role, files, limits):
        ours, theirs = socket.socketpair()
        # with each message the kernel tells who sent it
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        output_fd, output = os.pipe()
        super().__init__(ours, output_fd)
        self.zygote = zygote
        self.first = self.pid = None
        self.group = ControlGroup(new_name())
        ours.settimeout(ANSWER_SECONDS)
        try:
            # Open until it has arrived: some kernels (6.10 to 6.18) may take a socket that is
            # only on its way for garbage.
            with theirs, os.fdopen(output, "wb"):
                socket.send_fds(zygote.control, [role.encode()], [theirs.fileno(), output])
                pid = self._sender()
            self.first = os.pidfd_open(pid)
            self.group.create(limits)
            for path in self.group.joining_files:
                Path(path).write_text(str(pid))
            self._send_plan(files, limits)
        except OSError as error:
            self.close()
            raise SandboxError("the warm process of marking failed") from error

    def _send_plan(self, files, limits):
        plan = {
            "files": [[name, len(content)] for name, content in files.items()],
            "limits": asdict(limits),
            "resources": resources(limits, self.group.kind) | {"NPROC": limits.processes},
        }
        wire.send(self.channel, plan)
        for content in files.values():
            self.channel.sendall(content)

    def wait_until_ready(self):
        # Nothing of the learner's has run until now: who sends this is the first process.
        try:
            self.pid = self._sender()
            os.close(self.first)
            self.first = os.pidfd_open(self.pid)
        except OSError as error:
            raise SandboxError("the warm process of marking failed") from error
        self.channel.settimeout(None)

    def _sender(self):
        """Who sent the next message, which is a small frame that says no more."""
        room = socket.CMSG_SPACE(CREDENTIALS.size)
        frame, ancillary, _flags, _address = self.channel.recvmsg(1 << 10, room)
        if not frame:
            raise ConnectionError(f"a process of marking ended: {self.printed()[-300:]}")
        pid, _user, _group = CREDENTIALS.unpack(ancillary[0][2])
        return pid

    def process_id(self):
        return self.pid

    @property
    def was_cut_off(self):
        try:
            # bubblewrap ends shortly after what it held
            self.zygote.running.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return False
        return True

    def memory_peak(self):
        return self.group.peak_bytes()

    def kill(self):
        if self.first is not None:
            # the first process of its namespace: the kernel ends the others with it
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.first, signal.SIGKILL)
            select.select([self.first], [], [], END_SECONDS)
            os.close(self.first)
        self.group.remove()


class Warmth:
    """The zygote of this process, if there is one, and when to try again if there is none."""

    def __init__(self):
        self.lock = threading.Lock()
        self.zygote = None
        self.not_before = 0.0

    def get(self):
        """The zygote for one marking, or None: then each part of it starts cold."""
        with self.lock:
            if self.zygote and not (self.zygote.owner == os.getpid() and self.zygote.is_usable):
                self._end()
            if self.zygote is None and time.monotonic() >= self.not_before:
                remove_groups_left_behind()
                try:
                    self.zygote = Zygote()
                except SandboxError as error:
                    logger.warning("marking goes on without a warm process: %s", error)
                    self.not_before = time.monotonic() + RETRY_SECONDS
            return self.zygote

    def end(self):
        """End the zygote; the next marking tries to start a new one."""
        with self.lock:
            self._end()
            self.not_before = 0.0

    def _end(self):
        # a process forked from ours has this object, but the zygote is not its own
        if self.zygote and self.zygote.owner == os.getpid():
            self.zygote.close()
        self.zygote = None


warmth = Warmth()
atexit.register(warmth.end)
