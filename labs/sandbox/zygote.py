"""A process that has imported a program's libraries once, and forks sandboxes that have them too.

Runs as `python -P -m labs.sandbox.zygote FD MODULE`; `warm.Zygote` is its other end. MODULE loads
what it needs when it is imported, and its `run(argument, descriptors)` is what a sandbox then
does. The process that forks never reads what one sandbox is given, so that the next inherits none
of it, and it has one thread, so that forking is safe.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import traceback
from pathlib import Path

from labs.sandbox import isolation, launcher, seccomp
from labs.sandbox.layout import HOME

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LARGEST_PLAN = 1 << 18
MOST_DESCRIPTORS = 16


def main(control, program):
    launcher.libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    launcher.libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    module = importlib.import_module(program)
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        sys.exit(f"{program} starts threads when it is imported: it cannot be forked")
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: _bury())
    control.send(b"ready")
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(control, 16, MOST_DESCRIPTORS)
        if not message:
            return
        if os.fork() == 0:
            _become_sandbox(module.run, descriptors)
        for fd in descriptors:
            os.close(fd)


def _bury():
    """Take note of sandboxes that ended, so that nothing of them is left."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_sandbox(run, descriptors):
    """Carry out the plan that comes over the first descriptor, logging into the second."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        channel_fd, *inherited = _keep_only(descriptors)
        with socket.socket(fileno=channel_fd) as channel:
            plan = json.loads(channel.recv(LARGEST_PLAN))
            os.setsid()
            launcher.enter(plan)
            isolation.enter_namespaces()
            pid = os.fork()
            if pid:
                channel.send(json.dumps({"pid": pid}).encode())
                os._exit(0)
            isolation.build_root(_with_bytes(plan["steps"]))
            isolation.name_the_machine()
            os.chdir(HOME)
            os.environ.clear()
            os.environ.update(plan["environment"])
            sys.path[:] = [path for path in sys.path if Path(path).exists()]
            isolation.give_up_rights(seccomp.build_filter(plan["families"]), plan["processes"])
            channel.send(b"{}")
        run(plan["argument"], inherited)
    except BaseException:  # noqa: BLE001 - must not go back into the loop above
        with contextlib.suppress(OSError):
            traceback.print_exc()
    os._exit(1)


def _keep_only(descriptors):
    """Close all that was inherited but `descriptors`; give them their final numbers."""
    channel, log, *others = descriptors
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    kept = [channel, *others]
    opened = {int(entry.name) for entry in Path("/proc/self/fd").iterdir()}
    for fd in opened - {0, 1, 2, *kept}:
        with contextlib.suppress(OSError):
            os.close(fd)
    return kept


def _with_bytes(steps):
    """JSON has no bytes: a file's content comes as text of the same numbers."""
    return [
        (kind, inside, what.encode("latin-1") if kind in {"file", "own_file"} else what)
        for kind, inside, what in steps
    ]


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
