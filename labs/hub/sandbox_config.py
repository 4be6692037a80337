"""The part of the Hub's configuration for servers in sandboxes on its own machine."""

import sys
import time
from urllib.parse import quote

from labs.hub.disk import DiskWatch
from labs.hub.proxy_control import AdoptingProxy
from labs.hub.settings import load_settings
from labs.hub.spawner import SandboxSpawner, warm_up
from labs.sandbox import SandboxError
from labs.sandbox.capabilities import require_protections
from labs.sandbox.warm import PRODUCT

PAUSE_BEFORE_REFUSING = 30

try:
    require_protections()
except SandboxError:
    # whoever starts us again at once would gain nothing and heat the machine
    time.sleep(PAUSE_BEFORE_REFUSING)
    raise

c = get_config()  # noqa: F821 - JupyterHub gives it
platform = load_settings()


def socket_url(path):
    return f"http+unix://{quote(str(path), safe='')}"


hub = c.JupyterHub
hub.bind_url = f"http://127.0.0.1:{platform.port}"
hub.hub_bind_url = hub.hub_connect_url = socket_url(platform.hub_socket)
hub.db_url = f"sqlite:///{platform.state}/jupyterhub.sqlite"
hub.cookie_secret = bytes.fromhex(platform.secret("cookie_secret"))
# what this one machine holds; on a cluster its own limits and queue decide
hub.active_server_limit = platform.active_servers
# the proxy lives through a restart of the Hub
hub.cleanup_proxy = False

hub.proxy_class = AdoptingProxy
proxy = c.ConfigurableHTTPProxy
proxy.api_url = socket_url(platform.proxy_socket)
proxy.auth_token = platform.secret("proxy_token")
proxy.pid_file = f"{platform.state}/proxy.pid"
proxy.check_running_interval = 2
proxy.command = [
    *(sys.executable, "-m", "labs.hub.proxy", "--lite", str(platform.lite)),
    *(part for name in platform.session_cookies for part in ("--drop-cookie", name)),
]

hub.spawner_class = SandboxSpawner
c.SandboxSpawner.platform = platform
warm_up(platform)
DiskWatch(platform).start()
c.Spawner.hub_connect_url = "http+unix://%2Frun%2Fhub%2Fhub.sock"
# nothing of the environment that the Hub itself runs in
c.Spawner.env_keep = []
c.Spawner.http_timeout = 90
c.Spawner.start_timeout = 60

# The gate is all that a sandbox sees of the Hub.
gate = [sys.executable, "-m", "labs.hub.gate", str(platform.gate_socket), str(platform.hub_socket)]
hub.services.append({"name": "gate", "command": gate, "environment": {"PYTHONPATH": str(PRODUCT)}})
