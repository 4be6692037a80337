"""JupyterHub's REST API, as much of it as the platform needs."""

from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus

import httpx
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from labs.backends.base import LabsDown, Server, ServerState
from labs.backends.breaker import Shut, guarded
from lms.core.errors import Refused

PATIENCE = 5
PROBE_SECONDS = 1
STOP_SECONDS = 3  # whose access ends is out within five
PAGE_SIZE = 200
PAGES = {"Accept": "application/jupyterhub-pagination+json"}


class HubClient:
    """Asks with a token that can start, stop and watch servers, and look into none."""

    def __init__(self, api_url: str, token: str):
        headers = {"Authorization": f"token {token}"}
        self.http = httpx.Client(base_url=api_url, headers=headers, timeout=PATIENCE)

    def request(self, method: str, path: str, **options) -> httpx.Response:
        """The Hub's answer, or LabsDown: at once when it failed several times a moment ago."""
        return self._answer(partial(self.http.request, method, path, **options))

    def _answer(self, ask: Callable[[], httpx.Response], **how) -> httpx.Response:
        try:
            response = guarded(ask, **how)
        except (httpx.HTTPError, Shut) as error:
            raise self._down() from error
        if response.is_server_error:
            raise self._down()
        return response

    def check(self) -> None:
        """LabsDown unless the Hub answers within a second."""
        ask = partial(self.http.request, "GET", "/", timeout=PROBE_SECONDS)
        self._expect(self._answer(ask, is_probe=True))

    def servers(self) -> dict[str, Server]:
        return dict(self._active_servers())

    def _active_servers(self) -> Iterator[tuple[str, Server]]:
        offset = 0
        while True:
            params = {"state": "active", "offset": offset, "limit": PAGE_SIZE}
            response = self.request("GET", "/users", params=params, headers=PAGES)
            self._expect(response)
            page = response.json()
            for user in page["items"]:
                if server := user.get("servers", {}).get(""):
                    active = server.get("last_activity") or ""
                    yield user["name"], Server(server["ready"], parse_datetime(active))
            following = page["_pagination"]["next"]
            if not following:
                return
            offset = following["offset"]

    def server_state(self, lab_id: str, patience: float = PATIENCE) -> ServerState:
        response = self.request("GET", f"/users/{lab_id}", timeout=patience)
        if response.status_code == HTTPStatus.NOT_FOUND:
            return ServerState.STOPPED
        self._expect(response)
        server = response.json().get("servers", {}).get("")
        if not server:
            return ServerState.STOPPED
        return ServerState.READY if server["ready"] else ServerState.STARTING

    def start_server(self, lab_id: str) -> ServerState:
        state = self.server_state(lab_id)
        if state != ServerState.STOPPED:
            return state
        # 409: there already
        self._expect(self.request("POST", f"/users/{lab_id}"), HTTPStatus.CONFLICT)
        response = self.request("POST", f"/users/{lab_id}/server")
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Refused(
                _("All places in the labs are taken now. Try again in some minutes."),
                code="labs_full",
            )
        # 400: another request was first
        self._expect(response, HTTPStatus.BAD_REQUEST)
        return ServerState.STARTING

    def stop_server(self, lab_id: str) -> None:
        self._delete(f"/users/{lab_id}/server")

    def remove_user(self, lab_id: str) -> None:
        """End the server, and forget the person: their cookies at the Hub are worth nothing then."""
        self._delete(f"/users/{lab_id}")

    def _delete(self, path: str) -> None:
        response = self.request("DELETE", path, timeout=STOP_SECONDS)
        self._expect(response, HTTPStatus.NOT_FOUND)

    def _expect(self, response: httpx.Response, *also: HTTPStatus) -> None:
        if not response.is_success and response.status_code not in also:
            raise self._down()

    def _down(self) -> LabsDown:
        return LabsDown(
            _(
                "The labs are down at the moment. Your files are safe and the course goes on: "
                "read on, or take the way without the lab, and try again later."
            )
        )
