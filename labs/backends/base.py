"""What the platform asks of the place where labs run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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


class LabBackend(Protocol):
    """`lab_id` names a learner, `folder` and `path` what lies in their home."""

    def seed(self, lab_id: str, user: int, folder: str, files: Iterable[tuple[str, bytes]]) -> None:
        """Put the files that are not there yet into the folder; never change one that is."""

    def start(self, lab_id: str, *, memory_mb: int) -> ServerState:
        """Give leave to run a server and have it started, or raise Refused. Does not wait."""

    def poll(self, lab_id: str, *, patience: float = 5) -> ServerState:
        """How the server stands, or LabsDown after `patience` seconds."""

    def limit_met(self, lab_id: str) -> LimitMet | None:
        """The last limit that the server met since it was started."""

    def stop(self, lab_id: str) -> None:
        """Take the leave away; the server ends within a minute, now if it can be reached."""

    def collect(self, lab_id: str, path: str) -> bytes | None:
        """The file at `path`, following no link; None if it is not there, Refused if too large."""

    def facts(self, lab_id: str, path: str) -> FileFacts | None:
        """Of the file at `path`; None if it is not there. Quick enough to ask for each page."""

    def write(self, lab_id: str, user: int, path: str, content: bytes) -> None:
        """Put `content` at `path`, whatever lies there, or raise Refused; the folder is there."""

    def list_files(self, lab_id: str, folder: str) -> list[str]:
        """The names of the files right in the folder, hidden ones left out; none if it is not there."""

    def address(self, path: str) -> str:
        """Where a browser opens `path`, signing in on the way."""
