"""Setting up JupyterHub: its folders, its settings, and its place at our OpenID provider."""

import secrets
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth.hashers import get_hashers, make_password
from django.db import transaction
from django.urls import reverse

from labs.hub.command import prepare_folders, run_folder
from labs.hub.settings import CLIENT_ID, HubSettings

DEFAULT_PORT = 8010
GRANTS_PATH = "/api/v1/labs/grants"  # the REST interface lies above us: no name to reverse


def prepare_hub(*, platform_url: str | None = None, port: int | None = None) -> HubSettings:
    """Write all that the Hub starts from and register it as a client; harmless when repeated.

    `platform_url` is where the Hub reaches us, if not where browsers do; `port` is the one that the
    Hub listens on, on this machine alone.
    """
    inward = platform_url or settings.SITE_URL
    hub = HubSettings(
        folder=str(settings.LABS_DATA_DIR),
        run_folder=str(run_folder(settings.LABS_DATA_DIR.parent)),
        port=port or urlsplit(settings.LABS_HUB_API_URL).port or DEFAULT_PORT,
        public_url=settings.LABS_HUB_URL,
        authorize_url=settings.SITE_URL + reverse("idp:oidc:authorization"),
        token_url=inward + reverse("idp:oidc:token"),
        userinfo_url=inward + reverse("idp:oidc:userinfo"),
        return_url=settings.SITE_URL + reverse("courses:dashboard"),
        spawner=settings.LABS_SPAWNER,
        grants_url=inward + GRANTS_PATH if settings.LABS_SPAWNER == "kubernetes" else "",
        hand_in_url=settings.SITE_URL + reverse("labs:from_lab"),
        session_cookies=(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME),
        active_servers=settings.LABS_PLACES,
    )
    prepare_folders(hub)
    register_client(hub)
    hub.save()
    return hub


@transaction.atomic
def register_client(hub: HubSettings) -> Client:
    """Let the Hub sign people in, without asking them whether it may."""
    client, _ = Client.objects.get_or_create(
        pk=CLIENT_ID, defaults={"name": "JupyterHub", "secret": ""}
    )
    client.name = "JupyterHub"
    client.type = Client.Type.CONFIDENTIAL
    client.skip_consent = True
    client.set_grant_types([Client.GrantType.AUTHORIZATION_CODE])
    client.set_response_types(["code"])
    client.set_scopes(["openid", "labs"])
    client.set_redirect_uris([f"{hub.public_url}/hub/oauth_callback"])
    secret = hub.secret("client_secret")
    if not (client.secret and client.check_secret(secret)):
        client.secret = quick_hash(secret)
    client.save()
    return client


def quick_hash(secret: str) -> str:
    """A hash of `secret` that any Django can check: 256 random bits need no stretching.

    Stretched, it would cost each sign-in half a second.
    """
    hasher = next((h for h in get_hashers() if h.algorithm == "pbkdf2_sha256"), None)
    if hasher is None:
        return make_password(secret)
    return hasher.encode(secret, secrets.token_hex(8), iterations=1)
