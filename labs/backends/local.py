"""Labs on this machine: the Hub's folders are ours to write, its servers are asked for by HTTP."""

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from labs.backends import homes
from labs.backends.base import LabsDown, ServerState
from labs.backends.hub_client import HubClient
from labs.hub.grants import Grant, remove_grant, write_grant
from labs.hub.settings import HubSettings, load_settings
from lms.core.errors import Refused

LARGEST_FILE = 8 << 20


class LocalBackend:
    def __init__(self, hub: HubSettings, api_url: str):
        self.hub = hub
        self.client = HubClient(api_url, hub.secret("service_token"))

    def seed(self, lab_id: str, user: int, folder: str, files: Iterable[tuple[str, bytes]]) -> None:
        self.hub.homes.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.hub.first_user + user
        homes.write_missing(self.hub.homes / lab_id, owner, folder, files)

    def start(self, lab_id: str, *, memory_mb: int) -> ServerState:
        write_grant(self.hub, lab_id, Grant(memory_mb=memory_mb))
        return self.client.start_server(lab_id)

    def poll(self, lab_id: str) -> ServerState:
        return self.client.server_state(lab_id)

    def stop(self, lab_id: str) -> None:
        remove_grant(self.hub, lab_id)
        # without a grant the Hub ends the server by itself
        with suppress(LabsDown):
            self.client.stop_server(lab_id)

    def collect(self, lab_id: str, path: str) -> bytes | None:
        try:
            return homes.read_file(self.hub.homes / lab_id, path, LARGEST_FILE)
        except homes.TooLarge:
            raise Refused(
                _("The notebook is larger than 8 MB. Clear its outputs, save, and submit again."),
                code="notebook_too_large",
            ) from None

    def list_files(self, lab_id: str, folder: str) -> list[str]:
        return homes.list_files(self.hub.homes / lab_id, folder)

    def address(self, path: str) -> str:
        after_sign_in = f"/hub/user-redirect/doc/tree/{quote(path)}"
        return f"{self.hub.public_url}/hub/oauth_login?{urlencode({'next': after_sign_in})}"


def local_backend() -> LocalBackend:
    path = settings.LABS_DATA_DIR / "hub" / "hub.json"
    if not path.exists():
        raise LabsDown(_("Labs are not set up on this machine. The course goes on without them."))
    return _backend(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _backend(path, _changed):
    """One client, with its open connections, until the settings are written anew."""
    return LocalBackend(load_settings(path), settings.LABS_HUB_API_URL)
