"""Kernels are forked by the first process of a sandbox, which has the libraries in memory.

`KernelForker` runs in that process; `ForkedProvisioner` in the Jupyter server, which asks it.
"""

import asyncio
import atexit
import json
import os
import random
import select
import signal
import socket
import sys
import time
from pathlib import Path

import numpy as np
from ipykernel.kernelapp import IPKernelApp

from labs.hub.server import FirstToEnd, start_kernels_by

LARGEST_MESSAGE = 1 << 17
LAUNCHER = "ipykernel_launcher"


class KernelForker:
    """Forks on request, one thread alone; ends the sandbox when the server has ended."""

    def __init__(self, server, requests):
        self.server = server
        self.requests = requests

    def run(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: self.reap())
        self.reap()
        while True:
            message = self.requests.recv(LARGEST_MESSAGE)
            if not message:
                # the server has ended, or is about to
                signal.pause()
                continue
            request = json.loads(message)
            pid = os.fork()
            if pid == 0:
                self.requests.close()
                become_kernel(**request)
            self.requests.send(json.dumps({"pid": pid}).encode())

    def reap(self):
        """Take note of all that ended: the first process is everyone's last parent."""
        while True:
            try:
                pid, _status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == self.server:
                os._exit(0)
            if pid == 0:
                return


def become_kernel(argv, env, cwd):
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(env)
        os.chdir(cwd)
        # every kernel would else draw the same numbers
        random.seed()
        np.random.seed()  # noqa: NPY002 - the one that notebooks use
        sys.argv = [LAUNCHER, *argv]
        IPKernelApp.launch_instance(argv=argv)
        atexit._run_exitfuncs()  # noqa: SLF001 - a forked process runs none by itself
    except BaseException as error:  # noqa: BLE001 - must not go back into the forker's loop
        os.write(2, f"kernel: {error!r}\n".encode())
    os._exit(0)


class ForkedKernel:
    """As much of `subprocess.Popen` as Jupyter asks of a kernel's process."""

    stdin = stdout = stderr = None

    def __init__(self, pid):
        self.pid = pid
        self.fd = os.pidfd_open(pid)
        self.returncode = None

    def poll(self):
        if self.returncode is None and select.select([self.fd], [], [], 0)[0]:
            self.returncode = 0
            os.close(self.fd)
        return self.returncode

    def wait(self):
        while self.poll() is None:
            time.sleep(0.02)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            signal.pidfd_send_signal(self.fd, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


class ForkedProvisioner(FirstToEnd):
    """Has Python's own kernel forked; any other is started as ever."""

    forker: socket.socket
    turn = asyncio.Lock()

    async def launch_kernel(self, cmd, **kwargs):
        if LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        request = {
            "argv": cmd[cmd.index(LAUNCHER) + 1 :],
            "env": {name: str(value) for name, value in kwargs["env"].items()},
            "cwd": kwargs.get("cwd") or str(Path.cwd()),
        }
        async with self.turn:
            await asyncio.to_thread(self.forker.send, json.dumps(request).encode())
            answer = json.loads(await asyncio.to_thread(self.forker.recv, 4096))
        self.process = ForkedKernel(answer["pid"])
        self.pid = self.pgid = answer["pid"]
        self.end_first()
        return self.connection_info


def use_forker(requests):
    """Have kernels of this server forked by the other end of `requests`."""
    ForkedProvisioner.forker = requests
    start_kernels_by(ForkedProvisioner)
