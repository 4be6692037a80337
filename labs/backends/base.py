"""What the platform asks of the place where labs run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from labs.environments import DEFAULT_ENVIRONMENT
from lms.core.errors import Refused

LARGEST_FILE = 8 << 20  # bytes of a notebook that is handed in


class LabsDown(Refused):
    """The labs do not answer; everything else goes on."""

    code = "labs_down"


class ServerState(StrEnum):
    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"


@dataclass(frozen=True)
class FileFacts:
    """When a file in a learner's home was written, as they may have set it, and its size."""

    modified_at: datetime
    size: int


@dataclass(frozen=True)
class LimitMet:
    """What a server ended of, or what it ran into: memory, disk, idle, life or ended."""

    reason: str
    at: datetime


@dataclass(frozen=True)
class Server:
    """A server as the Hub lists it; memory is None where the machine does not tell."""

    is_ready: bool
    active_at: datetime | None = None
    memory_now_mb: int | None = None
    memory_peak_mb: int | None = None


class LabBackend(Protocol):
    """`lab_id` names a learner, `folder` and `path` what lies in their home."""

    def seed(self, lab_id: str, user: int, folder: str, files: Iterable[tuple[str, bytes]]) -> None:
        """Put the files that are not there yet into the folder; never change one that is."""

    def start(
        self,
        lab_id: str,
        *,
        memory_mb: int,
        cpus: float = 1.0,
        until: datetime | None = None,
        environment: str = DEFAULT_ENVIRONMENT,
    ) -> ServerState:
        """Give leave to run a server until then and have it started, or raise Refused.

        Does not wait.
        """

    def poll(self, lab_id: str, *, patience: float = 5) -> ServerState:
        """How the server stands, or LabsDown after `patience` seconds."""

    def limit_met(self, lab_id: str) -> LimitMet | None:
        """The last limit that the server met since it was started."""

    def servers(self) -> dict[str, Server]:
        """All servers that run or start, by lab id, or LabsDown."""

    def log_tail(self, lab_id: str) -> str:
        """The end of what the last server logged."""

    def stop(self, lab_id: str) -> None:
        """Take the leave away and end the server; LabsDown if that is still to come."""

    def sign_out(self, lab_id: str) -> None:
        """As `stop`, and end each session that the person has at the Hub."""

    def is_down(self) -> bool:
        """Whether the last questions were not answered; asks nobody."""

    def check(self) -> None:
        """Ask the Hub whether it is there; LabsDown if not."""

    def collect(self, lab_id: str, path: str) -> bytes | None:
        """The file at `path`, following no link; None if it is not there, Refused if too large."""

    def facts(self, lab_id: str, path: str) -> FileFacts | None:
        """Of the file at `path`; None if it is not there. Quick enough to ask for each page."""

    def write(self, lab_id: str, user: int, path: str, content: bytes) -> None:
        """Put `content` at `path`, whatever lies there, or raise Refused; the folder is there."""

    def list_files(self, lab_id: str, folder: str) -> list[str]:
        """The names of the files right in the folder, hidden ones left out; none if it is not there."""

    def files(self, lab_id: str) -> Iterator[tuple[str, bytes]]:
        """Each file of a learner's home, by its path there; none that is too large."""

    def erase(self, lab_id: str) -> None:
        """End a learner's server and remove their home; LabsDown if the Hub still knows them."""

    def address(self, path: str) -> str:
        """Where a browser opens `path`, signing in on the way."""
