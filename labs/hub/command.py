"""How to run the Hub: its command and environment, and the folders and secrets it starts from."""

import hashlib
import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path

from labs.hub.servers import stop_all_servers
from labs.hub.settings import CONFIG_VARIABLE, SECRETS, load_settings, write_private
from labs.sandbox import SandboxError
from labs.sandbox.layout import is_seen_by_all
from labs.sandbox.process import start_time

PRODUCT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_PATH = 100


def hub_command(data_dir):
    """(argv, environment) of the Hub's process; `prepare_folders` and the settings come first.

    Run it with any supervisor. SIGTERM ends the Hub alone: the proxy and the learners' servers
    live on, and the next Hub takes them up. `stop_labs` ends them too.
    """
    config = Path(data_dir, "labs", "hub", "hub.json")
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(PRODUCT),
        "LANG": "C.UTF-8",
        "HOME": str(config.parent),
        CONFIG_VARIABLE: str(config),
    }
    configuration = Path(__file__).with_name("jupyterhub_config.py")
    return [sys.executable, "-m", "jupyterhub", "-f", str(configuration)], environment


def prepare_folders(settings):
    """Make the folders, and the secrets that do not exist yet; harmless when repeated.

    Refuses a data folder that every lab would see.
    """
    if is_seen_by_all(settings.folder):
        raise SandboxError(f"Every lab would see {settings.folder}: keep the data elsewhere.")
    private = (settings.homes, settings.grants, settings.state, settings.lite)
    for folder in (Path(settings.folder), *private):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (Path(settings.run_folder), settings.servers):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_another_owner(folder)
    # seen inside the sandboxes, by other users
    settings.gate_socket.parent.mkdir(mode=0o755, exist_ok=True)
    settings.gate_socket.parent.chmod(0o755)
    for name in SECRETS:
        if not (settings.state / name).exists():
            write_private(settings.state / name, secrets.token_hex(32))


def run_folder(data_dir):
    """Where the sockets go: in the data folder if the kernel and JupyterHub can take the path.

    A socket's path has room for 107 bytes, and JupyterHub writes it in lower case.
    """
    folder = Path(data_dir).resolve() / "labs" / "run"
    longest = f"{folder}/servers/l0123456789ab/server.sock"
    if len(longest) < LONGEST_SOCKET_PATH and longest == longest.lower():
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir().lower(), f"umahiri-labs-{os.getuid()}-{digest}")


def _refuse_another_owner(folder):
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    folder.chmod(0o700)


def stop_labs(data_dir):
    """End every learner's server and the proxy, once the Hub itself has stopped."""
    config = Path(data_dir, "labs", "hub", "hub.json")
    if not config.exists():
        return
    settings = load_settings(config)
    stop_all_servers(settings)
    pid_file = settings.state / "proxy.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    if start_time(pid) and b"labs.hub.proxy" in Path(f"/proc/{pid}/cmdline").read_bytes():
        os.kill(pid, signal.SIGTERM)
    pid_file.unlink(missing_ok=True)
