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
from labs.hub import met, usage
from labs.hub.disk import TooMuch, allow
from labs.hub.leave import reason_to_end, require_grant
from labs.hub.servers import forget, remember, running_state
from labs.sandbox import seccomp
from labs.sandbox.cgroups import ControlGroup
from labs.sandbox.layout import HOME, environment_python
from labs.sandbox.warm import Zygote

SERVER_PROGRAM = Path(__file__).with_name("server.py")
SERVER_PROGRAM_INSIDE = "/opt/labs/server.py"
JUPYTER_CONFIG = Path(__file__).with_name("jupyter")
JUPYTER_CONFIG_INSIDE = "/opt/labs/jupyter"
HUB_FOLDER_INSIDE = "/run/hub"
NEARLY = 0.8  # a server tells of its activity every few minutes
WARM_PROGRAM = "labs.hub.warm_server"

_zygotes = {}


def warm_up(platform):
    """The process that servers are forked from, started anew if need be; None if not wanted.

    To be called in the main thread: see Zygote.
    """
    if not platform.warm:
        return None
    zygote = _zygotes.get(platform.folder)
    if zygote is None or not zygote.is_alive():
        with (platform.state / "warm.log").open("wb") as log:
            own = str(platform.state / "warm")
            environment = {
                "HOME": own,
                "IPYTHONDIR": own,
                "MPLCONFIGDIR": own,
                # libraries read it when they are loaded
                "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            }
            zygote = Zygote(WARM_PROGRAM, environment=environment, log=log)
        _zygotes[platform.folder] = zygote
    return zygote


class SandboxSpawner(Spawner):
    platform = Any(config=True, help="the HubSettings")
    running = Any(None, allow_none=True)
    started_at = Any(0)
    is_stopped = Any(False)  # by somebody: then it did not end by itself

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
        grant = await require_grant(self.platform, self.user.name)
        home = self.platform.homes / self.user.name
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            await asyncio.to_thread(allow, self.platform, self.user.name)
        except TooMuch:
            raise SpawnException(
                "Your folder holds far too many files. Ask your trainer to reset this lab.",
                reason="files",
                status_code=403,
            ) from None
        met.forget_limit(self.folder)
        self.is_stopped = False
        path = self.folder / "server.sock"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(path))
            listener.listen(128)
            zygote = warm_up(self.platform)
            self.running = await asyncio.to_thread(self._start, grant, home, listener, zygote)
        self.started_at = time.time()
        remember(self.folder, self.running)
        usage.begin(self.folder)
        return f"http+unix://{quote(str(path), safe='')}"

    def _start(self, grant, home, listener, zygote):
        box = sandbox.Sandbox(
            name=self.user.name,
            command=[environment_python(), SERVER_PROGRAM_INSIDE, *self.get_args()],
            environment=self.get_env() | {"LABS_LISTENING": str(listener.fileno())},
            home=home,
            read_only=(
                (SERVER_PROGRAM, SERVER_PROGRAM_INSIDE),
                (JUPYTER_CONFIG, JUPYTER_CONFIG_INSIDE),
                # the folder, not the socket: a restarted Hub makes a new one
                (self.platform.gate_socket.parent, HUB_FOLDER_INSIDE),
            ),
            inherited=(listener.fileno(),),
            # libzmq wants to look at the network interfaces, of which there is only the loopback
            families=(seccomp.AF_UNIX, seccomp.AF_INET, seccomp.AF_INET6),
            limits=sandbox.Limits(memory_mb=grant.memory_mb, cpus=grant.cpus),
        )
        # The owner of the home is the platform's choice of user for this learner.
        user = home.stat().st_uid
        with (self.folder / "server.log").open("wb") as log:
            if zygote:
                try:
                    return zygote.start(box, self.get_args(), user=user, log=log)
                except sandbox.SandboxError as error:
                    self.log.warning("%s is started cold: %s", self.user.name, error)
            try:
                return sandbox.start(box, user=user, stdout=log, stderr=log)
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
            "JUPYTER_PATH": JUPYTER_CONFIG_INSIDE,  # its labextensions
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
        if not self.running:
            return 0
        kills = ControlGroup(self.user.name).memory_kills()
        if not self.running.is_alive():
            if not self.is_stopped:
                met.note_end(self.folder, kills, is_idle=self._is_idle())
                self.is_stopped = True
            return 0
        met.look(self.folder, self.platform.homes / self.user.name, kills)
        usage.note(self.folder, self.running)
        reason = await reason_to_end(self.platform, self.user.name, self.started_at)
        if reason:
            self.log.warning("%s is ended: %s", self.user.name, reason)
            usage.end(self.folder, self.running)
            await self.stop()
            met.note_limit(self.folder, "life" if reason == "old" else "no_grant")
            return 0
        return None

    def _is_idle(self):
        """Whether it was not used for about as long as servers then end by themselves."""
        active = self.orm_spawner.last_activity if self.orm_spawner else None
        if active is None:
            return False
        seconds = time.time() - active.replace(tzinfo=UTC).timestamp()
        return seconds >= self.platform.idle_minutes * 60 * NEARLY

    async def stop(self, now=False):  # noqa: FBT002 - JupyterHub's signature
        self.is_stopped = True
        if self.running:
            await asyncio.to_thread(self.running.kill)
        forget(self.folder)
