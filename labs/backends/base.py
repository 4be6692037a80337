"""What the platform asks of the place where labs run."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from lms.core.errors import Refused


class LabsDown(Refused):
    """The labs do not answer; everything else goes on."""

    code = "labs_down"


class ServerState(StrEnum):
    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"


class LabBackend(Protocol):
    """`lab_id` names a learner, `folder` and `path` what lies in their home."""

    def seed(self, lab_id: str, user: int, folder: str, files: Iterable[tuple[str, bytes]]) -> None:
        """Put the files that are not there yet into the folder; never change one that is."""

    def start(self, lab_id: str, *, memory_mb: int) -> ServerState:
        """Give leave to run a server and have it started, or raise Refused. Does not wait."""

    def poll(self, lab_id: str) -> ServerState:
        """How the server stands, or LabsDown."""

    def stop(self, lab_id: str) -> None:
        """Take the leave away; the server ends within a minute, now if it can be reached."""

    def collect(self, lab_id: str, path: str) -> bytes | None:
        """The file at `path`, following no link; None if it is not there, Refused if too large."""

    def list_files(self, lab_id: str, folder: str) -> list[str]:
        """The names of the files right in the folder, hidden ones left out; none if it is not there."""

    def address(self, path: str) -> str:
        """Where a browser opens `path`, signing in on the way."""
