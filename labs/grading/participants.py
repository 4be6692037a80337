"""The two processes of a marking, each in a throw-away sandbox, seen from the marking service."""

import contextlib
import itertools
import json
import os
import selectors
import socket
import time
from pathlib import Path

from labs import sandbox
from labs.grading import wire
from labs.sandbox import cgroups
from labs.sandbox.layout import environment_python
from labs.sandbox.process import start_time

PACKAGE = Path(__file__).resolve().parents[1]
INSIDE = "/opt/labs"
SHARED = ("__init__.py", "grading/__init__.py", "grading/wire.py", "grading/values.py")
# Only where root starts them: unprivileged users below those of the learners.
USERS = {"worker": 199_001, "judge": 199_002}
START_SECONDS = 30
# on a busy machine a limit is stretched to so many times itself, and no further
MOST_PATIENCE = 4
LARGEST_OUTPUT = 32 << 10
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/home/learner",
    "LANG": "C.UTF-8",
    "PYTHONPATH": INSIDE,
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108 - the sandbox's own
    "IPYTHONDIR": "/tmp/ipython",  # noqa: S108
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}

numbers = itertools.count(1)


def new_name():
    """The name of a sandbox and its control groups; says whose it is."""
    return f"marking-{os.getpid()}-{next(numbers)}"


def remove_groups_left_behind():
    """Remove the control groups of marking processes that were killed."""
    for name in cgroups.names("marking-"):
        if start_time(int(name.split("-")[1])) is None:
            cgroups.ControlGroup(name).remove()


def python_command(module, channel):
    return [environment_python(), "-m", f"labs.grading.{module}", str(channel.fileno())]


def modules(*names):
    """Our own modules as a sandbox sees them: these and no others."""
    return tuple((PACKAGE / name, f"{INSIDE}/labs/{name}") for name in names)


class Gone(Exception):  # noqa: N818 - what happened, not whose fault
    """The process ended, or broke the rules of the channel."""


class Slow(Exception):  # noqa: N818
    """The process gave no answer in time."""


class Participant:
    """A process in its own sandbox: asked by frames, its output kept up to a limit."""

    def __init__(self, channel, output_fd):
        self.channel = channel
        self.output_fd = output_fd
        os.set_blocking(output_fd, False)
        self.output = bytearray()
        self.buffer = bytearray()
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ)
        self.selector.register(output_fd, selectors.EVENT_READ)
        self.is_open = True
        self.peak_bytes = None

    def wait_until_ready(self):
        """Apart from the start, so that two can start at once; raises SandboxError."""
        raise NotImplementedError

    def process_id(self):
        """The process that runs the cells, or the tests."""
        raise NotImplementedError

    @property
    def was_cut_off(self):
        """Whether something ended it that no code in it could end."""
        return False

    def memory_peak(self):
        """The most bytes that it has held at once; None where the machine does not tell."""
        raise NotImplementedError

    def kill(self):
        """End all its processes, and wait for their end."""
        raise NotImplementedError

    def send(self, message):
        try:
            wire.send(self.channel, message)
        except OSError as error:
            raise Gone from error

    def ask(self, message, seconds):
        self.send(message)
        return self.receive(seconds)

    def receive(self, seconds):
        """The next message, or Slow, or Gone."""
        try:
            message = json.loads(self.receive_frame(seconds))
        except (ValueError, RecursionError) as error:
            raise Gone from error
        if not isinstance(message, dict):
            raise Gone
        return message

    def receive_frame(self, seconds):
        """The next frame; what the process waits for a processor does not count as its time."""
        begun, waited = time.monotonic(), self._waited()
        deadline = begun + seconds
        while True:
            if len(self.buffer) >= wire.LENGTH.size:
                (size,) = wire.LENGTH.unpack_from(self.buffer)
                if size > wire.LARGEST_FRAME:
                    raise Gone
                end = wire.LENGTH.size + size
                if len(self.buffer) >= end:
                    frame = bytes(self.buffer[wire.LENGTH.size : end])
                    del self.buffer[:end]
                    return frame
            left = deadline - time.monotonic()
            if left <= 0:
                allowed = seconds + self._waited() - waited
                deadline = begun + min(allowed, seconds * MOST_PATIENCE)
                if deadline <= time.monotonic():
                    raise Slow
                continue
            for key, _events in self.selector.select(left):
                if key.fileobj is self.channel:
                    self._read_channel()
                else:
                    self._read_output()

    def _waited(self):
        """The seconds in which a processor was busy with others; 0 where the kernel keeps none."""
        try:
            text = Path(f"/proc/{self.process_id()}/schedstat").read_text()
            return int(text.split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            return 0.0

    def _read_channel(self):
        try:
            part = self.channel.recv(1 << 18)
        except OSError as error:
            raise Gone from error
        if not part:
            self._read_output()
            raise Gone
        self.buffer += part

    def _read_output(self):
        """Read what was printed, so that the process never waits, and keep the beginning."""
        with contextlib.suppress(BlockingIOError):
            while True:
                part = os.read(self.output_fd, 1 << 16)
                if not part:
                    with contextlib.suppress(KeyError):
                        self.selector.unregister(self.output_fd)
                    return
                self.output += part[: LARGEST_OUTPUT - len(self.output)]
                if len(part) == 1 << 16:
                    return  # a flood: give the clock its turn

    def printed(self):
        self._read_output()
        return self.output.decode("utf-8", "replace")

    def close(self):
        if not self.is_open:
            return
        self.is_open = False
        self.peak_bytes = self.memory_peak()
        self.kill()
        self.selector.close()
        self.channel.close()
        os.close(self.output_fd)


class ColdParticipant(Participant):
    """One that starts from nothing: two seconds of work, most of them imports."""

    def __init__(self, role, files, limits):
        ours, theirs = socket.socketpair()
        output_fd, output = os.pipe()
        box = sandbox.Sandbox(
            name=new_name(),
            command=python_command(role, theirs),
            environment=ENVIRONMENT,
            files=files,
            read_only=modules(*SHARED, f"grading/{role}.py"),
            inherited=(theirs.fileno(),),
            limits=limits,
            dies_with_parent=True,
        )
        try:
            self.running = sandbox.start(box, user=USERS[role], stdout=output, stderr=output)
        except sandbox.SandboxError:
            ours.close()
            os.close(output_fd)
            raise
        finally:
            theirs.close()
            os.close(output)
        super().__init__(ours, output_fd)

    def wait_until_ready(self):
        try:
            self.receive(START_SECONDS)
        except (Gone, Slow) as error:
            raise sandbox.SandboxError("a process of marking did not start") from error

    def memory_peak(self):
        return self.running.peak_bytes()

    def process_id(self):
        first = self.running.first_pid  # bubblewrap's own, which started ours
        return Path(f"/proc/{first}/task/{first}/children").read_text().split()[0]

    def kill(self):
        self.running.kill()
        self.running.process.wait()
