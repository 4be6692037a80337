"""JupyterHub's configuration, all of it from what the platform wrote (`labs.hub.settings`)."""

import sys
import time
from urllib.parse import quote

from labs.hub.authenticator import PlatformAuthenticator
from labs.hub.proxy_control import AdoptingProxy
from labs.hub.settings import CLIENT_ID, SERVICE, load_settings
from labs.hub.spawner import SandboxSpawner
from labs.sandbox import SandboxError
from labs.sandbox.capabilities import require_protections

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
# every learner's server asks it who is there; the folders above keep everybody else away
hub.hub_socket_mode = 0o666
hub.db_url = f"sqlite:///{platform.state}/jupyterhub.sqlite"
hub.cookie_secret = bytes.fromhex(platform.secret("cookie_secret"))
hub.active_server_limit = platform.active_servers
# answer at once that a server is on its way, and let the page wait for it
hub.tornado_settings = {"slow_spawn_timeout": 0}
hub.oauth_token_expires_in = 3600
# learners' servers and the proxy live through a restart of the Hub
hub.cleanup_servers = False
hub.cleanup_proxy = False
# the page that says "stop my server", "log in" and so on is not ours to show
hub.default_url = platform.return_url

hub.proxy_class = AdoptingProxy
proxy = c.ConfigurableHTTPProxy
proxy.api_url = socket_url(platform.proxy_socket)
proxy.auth_token = platform.secret("proxy_token")
proxy.pid_file = f"{platform.state}/proxy.pid"
proxy.check_running_interval = 2
proxy.command = [sys.executable, "-m", "labs.hub.proxy"] + [
    argument for name in platform.session_cookies for argument in ("--drop-cookie", name)
]

hub.authenticator_class = PlatformAuthenticator
sign_in = c.PlatformAuthenticator
sign_in.platform = platform
sign_in.client_id = CLIENT_ID
sign_in.client_secret = platform.secret("client_secret")
sign_in.oauth_callback_url = f"{platform.public_url}/hub/oauth_callback"
sign_in.authorize_url = platform.authorize_url
sign_in.token_url = platform.token_url
sign_in.userdata_url = platform.userinfo_url
sign_in.scope = ["openid", "labs"]
sign_in.username_claim = "lab_id"
sign_in.enable_pkce = True
sign_in.auto_login = True
sign_in.auth_refresh_age = 60
sign_in.auth_refresh_strict = True

hub.spawner_class = SandboxSpawner
c.SandboxSpawner.platform = platform
c.Spawner.hub_connect_url = "http+unix://%2Frun%2Fhub%2Fhub.sock"
# nothing of the environment that the Hub itself runs in
c.Spawner.env_keep = []
c.Spawner.default_url = "/lab"
c.Spawner.http_timeout = 90
c.Spawner.start_timeout = 60
# how soon a server without a grant, or past its life, is ended: it reads some small files
c.Spawner.poll_interval = 3
c.Spawner.args = [
    "--HubOAuth.cache_max_age=30",
    f"--ServerApp.shutdown_no_activity_timeout={platform.idle_minutes * 60}",
    # a forgotten tab keeps its kernel "connected" for ever
    f"--MappingKernelManager.cull_idle_timeout={platform.idle_minutes * 60}",
    "--MappingKernelManager.cull_connected=True",
    "--MappingKernelManager.cull_interval=60",
]

# The platform starts, stops and watches servers; it cannot look into one.
hub.services = [{"name": SERVICE, "api_token": platform.secret("service_token")}]
hub.load_roles = [
    {
        "name": SERVICE,
        "services": [SERVICE],
        "scopes": ["admin:users", "servers", "read:servers"],
    }
]
