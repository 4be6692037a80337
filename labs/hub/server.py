"""Runs inside the sandbox: JupyterLab on the socket that it inherits.

Kernels are talked to by sockets in the file system: on TCP any process in the sandbox could.
"""

import os
import signal
import socket
import sys
from importlib.metadata import EntryPoint
from pathlib import Path


def leave_nothing_running():
    """Go on in a child; when it ends, in whatever way, end all that it left in the sandbox."""
    server = os.fork()
    if server:
        os.waitpid(server, 0)
        os.kill(-1, signal.SIGKILL)
        os._exit(0)


if __name__ == "__main__":
    leave_nothing_running()  # before the libraries take memory

# the folder of this program holds nothing to import
sys.path[:] = [path for path in sys.path if path != str(Path(__file__).parent)]

from jupyter_client.provisioning import (  # noqa: E402
    KernelProvisionerFactory,
    LocalProvisioner,
)
from jupyter_server.serverapp import ServerApp  # noqa: E402
from jupyterhub.singleuser import main  # noqa: E402

EXTENSIONS = {
    "jupyterlab": True,
    "jupyterhub": True,
    "jupyter_lsp": False,
    "jupyterlab_jupytext": False,
    "notebook": False,
    "jupyter_server_terminals": True,
    "notebook_shim": False,
}


class FirstToEnd(LocalProvisioner):
    """A notebook that takes too much memory ends itself, not the server."""

    async def launch_kernel(self, cmd, **kwargs):
        connection = await super().launch_kernel(cmd, **kwargs)
        self.end_first()
        return connection

    def end_first(self):
        Path(f"/proc/{self.pid}/oom_score_adj").write_text("1000")


def start_kernels_by(provisioner):
    name = provisioner.__name__
    place = f"{provisioner.__module__}:{name}"
    KernelProvisionerFactory.provisioners[name] = EntryPoint(
        name, place, KernelProvisionerFactory.GROUP_NAME
    )
    os.environ[KernelProvisionerFactory.default_provisioner_name_env] = name


def listen_on_inherited_socket():
    listener = socket.socket(fileno=int(os.environ.pop("LABS_LISTENING")))
    listener.setblocking(False)
    listener.set_inheritable(False)

    def bind(app):
        app.http_server.add_socket(listener)
        return True

    ServerApp._bind_http_server = bind  # noqa: SLF001 - it has no option for a descriptor
    ServerApp._bind_http_server_tcp = bind  # noqa: SLF001
    ServerApp._find_http_port = lambda _app: None  # noqa: SLF001


def log_into_own_folder():
    """From here on log into the sandbox's own small memory: kernels inherit these descriptors."""
    folder = Path(os.environ["JUPYTER_RUNTIME_DIR"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = os.open(folder / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def serve(arguments):
    listen_on_inherited_socket()
    sys.argv = [
        "jupyterhub-singleuser",
        "--KernelManager.transport=ipc",
        f"--ServerApp.jpserver_extensions={EXTENSIONS}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *arguments,
    ]
    main()


if __name__ == "__main__":
    log_into_own_folder()
    start_kernels_by(FirstToEnd)
    serve(sys.argv[1:])
