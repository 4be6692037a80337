"""What the platform tells its JupyterHub: one JSON file, and secrets in files of their own."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

CONFIG_VARIABLE = "LABS_HUB_CONFIG"
SECRETS = ("client_secret", "service_token", "cookie_secret", "proxy_token", "grants_token")
SERVICE = "platform"
CLIENT_ID = "jupyterhub"


@dataclass(frozen=True)
class HubSettings:
    """Where the Hub keeps things, where it listens, and where the platform's sign-in is.

    `spawner` is "sandbox" for servers on the Hub's own machine, "kubernetes" for pods of a cluster.
    `grants_url` is where the Hub asks for grants; empty: it reads their files.
    """

    folder: str
    run_folder: str
    port: int
    public_url: str
    authorize_url: str
    token_url: str
    userinfo_url: str
    return_url: str
    spawner: str = "sandbox"
    grants_url: str = ""
    hand_in_url: str = ""
    session_cookies: tuple[str, ...] = ()
    first_user: int = 200_000
    idle_minutes: int = 30
    life_hours: int = 8
    active_servers: int = 40
    warm: bool = True
    disk_mb: int = 500
    most_files: int = 20_000

    @property
    def homes(self):
        return Path(self.folder, "homes")

    @property
    def grants(self):
        return Path(self.folder, "grants")

    @property
    def state(self):
        return Path(self.folder, "hub")

    @property
    def lite(self):
        """The site on which labs run in a browser."""
        return Path(self.folder, "lite")

    @property
    def hub_socket(self):
        return Path(self.run_folder, "hub.sock")

    @property
    def gate_socket(self):
        """What sandboxes see of the Hub, in a folder of its own."""
        return Path(self.run_folder, "hub", "hub.sock")

    @property
    def proxy_socket(self):
        return Path(self.run_folder, "proxy.sock")

    @property
    def servers(self):
        """Holds a folder for each server: its socket, and the file that finds it again."""
        return Path(self.run_folder, "servers")

    @property
    def config_file(self):
        return self.state / "hub.json"

    def secret(self, name):
        return (self.state / name).read_text()

    def save(self):
        write_private(self.config_file, json.dumps(asdict(self), indent=1))


def load_settings(path=None):
    values = json.loads(Path(path or os.environ[CONFIG_VARIABLE]).read_text())
    values["session_cookies"] = tuple(values["session_cookies"])
    return HubSettings(**values)


def write_private(path, text):
    """Put `text` into the file in one step, readable by its owner alone."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
