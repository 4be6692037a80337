"""Where labs run: the platform asks a backend and knows no more than this."""

from labs.backends.base import FileFacts, LabBackend, LabsDown, LimitMet, Server, ServerState
from labs.backends.local import LARGEST_FILE, local_backend

__all__ = [
    "LARGEST_FILE",
    "FileFacts",
    "LabBackend",
    "LabsDown",
    "LimitMet",
    "Server",
    "ServerState",
    "get_backend",
]


def get_backend() -> LabBackend:
    return local_backend()
