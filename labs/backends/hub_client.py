"""JupyterHub's REST API, as much of it as the platform needs."""

from http import HTTPStatus

import httpx
from django.utils.translation import gettext as _

from labs.backends.base import LabsDown, ServerState
from lms.core.errors import Refused

PATIENCE = 5


class HubClient:
    """Asks with a token that can start, stop and watch servers, and look into none."""

    def __init__(self, api_url: str, token: str):
        self.http = httpx.Client(base_url=api_url, headers={"Authorization": f"token {token}"})

    def request(self, method: str, path: str, patience: float = PATIENCE) -> httpx.Response:
        try:
            response = self.http.request(method, path, timeout=patience)
        except httpx.HTTPError as error:
            raise self._down() from error
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._down()
        return response

    def server_state(self, lab_id: str, patience: float = PATIENCE) -> ServerState:
        response = self.request("GET", f"/users/{lab_id}", patience)
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
        self._expect(self.request("DELETE", f"/users/{lab_id}/server"), HTTPStatus.NOT_FOUND)

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
