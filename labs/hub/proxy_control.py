"""Lets a restarted Hub take up the proxy that is running, so that learners notice nothing."""

import os
import signal
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import ClientError
from jupyterhub.proxy import ConfigurableHTTPProxy
from jupyterhub.utils import fetch, url_path_join
from tornado.ioloop import PeriodicCallback

from labs.sandbox.process import start_time


class AdoptedProcess:
    """As much of `subprocess.Popen` as the Hub asks of its proxy."""

    def __init__(self, pid):
        self.pid = pid
        self.started = start_time(pid)

    def poll(self):
        return None if self.started and start_time(self.pid) == self.started else 1

    def terminate(self):
        os.kill(self.pid, signal.SIGTERM)


class AdoptingProxy(ConfigurableHTTPProxy):
    async def start(self):
        pid = self._running_proxy()
        if pid is None or not await self._answers():
            await super().start()
            return
        self.log.info("Taking up the proxy that runs as process %d", pid)
        self.proxy_process = AdoptedProcess(pid)
        self._check_running_callback = PeriodicCallback(
            self.check_running, 1000 * self.check_running_interval
        )
        self._check_running_callback.start()

    def _running_proxy(self):
        """The process in the pid file, if it is still our proxy, on the port that we want."""
        try:
            pid = int(Path(self.pid_file).read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        except (OSError, ValueError):
            return None
        port = str(urlsplit(self.public_url).port)
        return pid if set(self.command[1:]) | {"--port", port} <= set(command) else None

    async def _answers(self):
        try:
            await fetch(
                url_path_join(self.api_url, "api/routes"),
                headers={"Authorization": f"token {self.auth_token}"},
            )
        except (ClientError, OSError, TimeoutError):
            return False
        return True
