"""Labs on this machine: the Hub's folders are ours to write, its servers are asked for by HTTP."""

import errno
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from labs.backends import homes
from labs.backends.base import (
    LARGEST_FILE,
    FileFacts,
    LabsDown,
    LimitMet,
    Server,
    ServerState,
)
from labs.backends.breaker import is_shut
from labs.backends.hub_client import HubClient
from labs.environments import DEFAULT_ENVIRONMENT
from labs.hub.grants import Grant, read_grant, remove_grant, write_grant
from labs.hub.met import read_limit
from labs.hub.servers import stop_server
from labs.hub.settings import HubSettings, load_settings
from labs.hub.usage import read_usage
from lms.core.errors import Refused

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
LOG_BYTES = 16 << 10


class LocalBackend:
    def __init__(self, hub: HubSettings, api_url: str):
        self.hub = hub
        self.client = HubClient(api_url, hub.secret("service_token"))

    def seed(self, lab_id: str, user: int, folder: str, files: Iterable[tuple[str, bytes]]) -> None:
        self.hub.homes.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.hub.first_user + user
        homes.write_missing(self.hub.homes / lab_id, owner, folder, files)

    def start(
        self,
        lab_id: str,
        *,
        memory_mb: int,
        cpus: float = 1.0,
        until: datetime | None = None,
        environment: str = DEFAULT_ENVIRONMENT,
    ) -> ServerState:
        has_leave = read_grant(self.hub, lab_id) is not None
        seconds = until.timestamp() if until else None
        grant = Grant(memory_mb=memory_mb, cpus=cpus, until=seconds, environment=environment)
        write_grant(self.hub, lab_id, grant)
        try:
            return self.client.start_server(lab_id)
        except Refused:
            if not has_leave:  # a server that runs lives through a restart of the Hub
                remove_grant(self.hub, lab_id)
            raise

    def poll(self, lab_id: str, *, patience: float = 5) -> ServerState:
        return self.client.server_state(lab_id, patience)

    def limit_met(self, lab_id: str) -> LimitMet | None:
        met = read_limit(self.hub.servers / lab_id)
        return LimitMet(met["reason"], datetime.fromtimestamp(met["at"], UTC)) if met else None

    def servers(self) -> dict[str, Server]:
        found = self.client.servers()
        return {lab_id: self._with_memory(lab_id, server) for lab_id, server in found.items()}

    def _with_memory(self, lab_id: str, server: Server) -> Server:
        usage = read_usage(self.hub.servers / lab_id)
        if usage is None or usage.memory is None:
            return server
        return replace(
            server, memory_now_mb=usage.memory >> 20, memory_peak_mb=(usage.peak or 0) >> 20
        )

    def log_tail(self, lab_id: str) -> str:
        return homes.read_end(self.hub.servers / lab_id / "server.log", LOG_BYTES)

    def stop(self, lab_id: str) -> None:
        self._end(lab_id, self.client.stop_server)

    def sign_out(self, lab_id: str) -> None:
        self._end(lab_id, self.client.remove_user)

    def _end(self, lab_id: str, ask: Callable[[str], None]) -> None:
        remove_grant(self.hub, lab_id)
        try:
            ask(lab_id)
        except LabsDown:
            # the server lives on without its Hub, and is ours to end
            with suppress(OSError):
                stop_server(self.hub, lab_id)
            raise

    def is_down(self) -> bool:
        return is_shut()

    def check(self) -> None:
        self.client.check()

    def files(self, lab_id: str) -> Iterator[tuple[str, bytes]]:
        return homes.read_all(self.hub.homes / lab_id, LARGEST_FILE)

    def erase(self, lab_id: str) -> None:
        try:
            self.sign_out(lab_id)
        finally:  # a server that could not be ended by the Hub was ended directly
            homes.remove_home(self.hub.homes / lab_id)
            shutil.rmtree(self.hub.servers / lab_id, ignore_errors=True)

    def collect(self, lab_id: str, path: str) -> bytes | None:
        try:
            return homes.read_file(self.hub.homes / lab_id, path, LARGEST_FILE)
        except homes.TooLarge:
            raise Refused(
                _("The notebook is larger than 8 MB. Clear its outputs, save, and submit again."),
                code="notebook_too_large",
            ) from None

    def facts(self, lab_id: str, path: str) -> FileFacts | None:
        found = homes.stat_file(self.hub.homes / lab_id, path)
        if found is None:
            return None
        # a learner may set any time: one that no calendar holds counts as now
        with suppress(ValueError, OverflowError, OSError):
            return FileFacts(datetime.fromtimestamp(found.st_mtime, UTC), found.st_size)
        return FileFacts(datetime.now(UTC), found.st_size)

    def write(self, lab_id: str, user: int, path: str, content: bytes) -> None:
        owner = self.hub.first_user + user
        try:
            homes.replace_file(self.hub.homes / lab_id, owner, path, content)
        except OSError as error:
            if error.errno in DISK_FULL:
                raise Refused(
                    _("Your lab's disk is full. Open the lab, delete files, and try again."),
                    code="disk_full",
                ) from error
            raise Refused(
                _(
                    "%(name)s could not be written: something else lies in its place. "
                    "Open the lab, rename what has that name, and try again."
                )
                % {"name": path},
                code="not_writable",
            ) from error

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
