"""Starts a learner's notebook server in a sandbox without a network.

The proxy reaches it by a unix socket that is bound here and inherited. A learner who could name
the socket could swap it for a link to another's; and a TCP socket handed into an empty network
namespace lets its holder dial out from the machine's own.
"""

import asyncio
import socket
import time
from datetime import UTC
from pathlib import Path
from urllib.parse import quote

from jupyterhub.spawner import Spawner, SpawnException
from traitlets import Any

from labs import sandbox
from labs.hub import usage
from labs.hub.grants import read_grant
from labs.hub.servers import forget, remember, running_state
from labs.sandbox import seccomp
from labs.sandbox.bubblewrap import HOME, environment_python

SERVER_PROGRAM = Path(__file__).with_name("server.py")
SERVER_PROGRAM_INSIDE = "/opt/labs/server.py"
JUPYTER_CONFIG = Path(__file__).with_name("jupyter")
JUPYTER_CONFIG_INSIDE = "/opt/labs/jupyter"
HUB_FOLDER_INSIDE = "/run/hub"
NEARLY = 0.8  # a server tells of its activity every few minutes


class SandboxSpawner(Spawner):
    platform = Any(config=True, help="the HubSettings")
    running = Any(None, allow_none=True)
    started_at = Any(0)

    @property
    def folder(self):
        return self.platform.servers / self.user.name

    # -- what a restarted Hub needs in order to find the server again

    def load_state(self, state):
        super().load_state(state)
        if "sandbox" in state:
            self.running = sandbox.Running(**state["sandbox"])
            self.started_at = state["started_at"]

    def get_state(self):
        state = super().get_state()
        if self.running:
            state["sandbox"] = running_state(self.running)
            state["started_at"] = self.started_at
        return state

    def clear_state(self):
        super().clear_state()
        self.running = None

    # -- life

    async def start(self):
        grant = read_grant(self.platform, self.user.name)
        if grant is None:
            raise SpawnException(
                "Open the lab from your course: there you get leave to start it.",
                reason="no_grant",
                status_code=403,
            )
        home = self.platform.homes / self.user.name
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / "server.sock"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(path))
            listener.listen(128)
            self.running = await asyncio.to_thread(self._start, grant, home, listener)
        self.started_at = time.time()
        remember(self.folder, self.running)
        usage.begin(self.folder)
        return f"http+unix://{quote(str(path), safe='')}"

    def _start(self, grant, home, listener):
        box = sandbox.Sandbox(
            name=self.user.name,
            command=[environment_python(), SERVER_PROGRAM_INSIDE, *self.get_args()],
            environment=self.get_env() | {"LABS_LISTENING": str(listener.fileno())},
            home=home,
            read_only=(
                (SERVER_PROGRAM, SERVER_PROGRAM_INSIDE),
                (JUPYTER_CONFIG, JUPYTER_CONFIG_INSIDE),
                # the folder, not the socket: a restarted Hub makes a new one
                (self.platform.hub_socket.parent, HUB_FOLDER_INSIDE),
            ),
            inherited=(listener.fileno(),),
            # libzmq wants to look at the network interfaces, of which there is only the loopback
            families=(seccomp.AF_UNIX, seccomp.AF_INET, seccomp.AF_INET6),
            limits=sandbox.Limits(memory_mb=grant.memory_mb, cpus=grant.cpus),
        )
        with (self.folder / "server.log").open("wb") as log:
            try:
                # The owner of the home is the platform's choice of user for this learner.
                return sandbox.start(box, user=home.stat().st_uid, stdout=log, stderr=log)
            except sandbox.SandboxError as error:
                raise SpawnException(
                    "This lab could not be started on our machine.",
                    reason="sandbox",
                    log_message=str(error),
                    status_code=503,
                ) from error

    def get_env(self):
        environment = super().get_env()
        base = self.server.base_url if self.server else "/"
        python = Path(environment_python())
        environment |= {
            # Never listened on: the program serves the socket that it inherits.
            "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:8888{base}",
            "HOME": HOME,
            "USER": "learner",
            "LOGNAME": "learner",
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
            "PATH": f"{python.parent}:/usr/bin:/bin",
            "TMPDIR": "/tmp",  # noqa: S108 - the sandbox's own
            "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",  # noqa: S108
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTER_CONFIG_PATH": JUPYTER_CONFIG_INSIDE,
            "IPYTHONDIR": "/tmp/ipython",  # noqa: S108
            "MPLCONFIGDIR": "/tmp/matplotlib",  # noqa: S108
            "XDG_CACHE_HOME": "/tmp/cache",  # noqa: S108
            "PYTHONDONTWRITEBYTECODE": "1",
            # one core is granted: more threads would only take memory
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        return {name: str(value) for name, value in environment.items()}

    async def poll(self):
        if not self.running or not self.running.is_alive():
            limit = self.platform.idle_minutes * 60 * NEARLY
            usage.end(
                self.folder, self.running, idle_seconds=self._idle_seconds(), idle_limit=limit
            )
            return 0
        usage.note(self.folder, self.running)
        is_old = time.time() - self.started_at > self.platform.life_hours * 3600
        if is_old or read_grant(self.platform, self.user.name) is None:
            why = "old" if is_old else "no_grant"
            self.log.warning("%s is ended: %s", self.user.name, why)
            usage.end(self.folder, self.running, why=why)
            await self.stop()
            return 0
        return None

    def _idle_seconds(self):
        active = self.orm_spawner.last_activity if self.orm_spawner else None
        return time.time() - active.replace(tzinfo=UTC).timestamp() if active else 0

    async def stop(self, now=False):  # noqa: FBT002 - JupyterHub's signature
        if self.running:
            await asyncio.to_thread(self.running.kill)
        forget(self.folder)
