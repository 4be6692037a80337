"""JupyterHub's configuration, all of it from what the platform wrote (`labs.hub.settings`).

What depends on where the servers run is in `sandbox_config` and `kubernetes_config`.
"""

from pathlib import Path

from labs.hub.authenticator import PlatformAuthenticator
from labs.hub.settings import CLIENT_ID, SERVICE, load_settings

c = get_config()  # noqa: F821 - JupyterHub gives these two
platform = load_settings()
load_subconfig(f"{platform.spawner}_config.py", path=str(Path(__file__).parent))  # noqa: F821

hub = c.JupyterHub
# answer at once that a server is on its way, and let the page wait for it
hub.tornado_settings = {"slow_spawn_timeout": 0}
hub.oauth_token_expires_in = 3600
# learners' servers live through a restart of the Hub
hub.cleanup_servers = False
# the page that says "stop my server", "log in" and so on is not ours to show
hub.default_url = platform.return_url

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

# a server has no right at the Hub but to say that it is in use, and to let its learner in
c.Spawner.server_token_scopes = ["users:activity!user", "access:servers!server"]
c.Spawner.default_url = "/lab"
# how soon a server without a grant, or past its life, is ended: it reads some small files
c.Spawner.poll_interval = 3
c.Spawner.args = [
    "--HubOAuth.cache_max_age=30",
    f"--ServerApp.shutdown_no_activity_timeout={platform.idle_minutes * 60}",
    # a forgotten tab keeps its kernel "connected" for ever
    f"--MappingKernelManager.cull_idle_timeout={platform.idle_minutes * 60}",
    "--MappingKernelManager.cull_connected=True",
    "--MappingKernelManager.cull_interval=60",
    # what our extension of JupyterLab reads
    f"--ServerApp.tornado_settings={ {'page_config_data': {'handInUrl': platform.hand_in_url}} }",
]

# The platform starts, stops and watches servers; it cannot look into one.
hub.services.append({"name": SERVICE, "api_token": platform.secret("service_token")})
hub.load_roles.append(
    {
        "name": SERVICE,
        "services": [SERVICE],
        "scopes": ["admin:users", "servers", "read:servers"],
    }
)
