"""Where labs run: the platform asks a backend and knows no more than this."""

from labs.backends.base import LabBackend, LabsDown, Server, ServerState
from labs.backends.local import local_backend

__all__ = ["LabBackend", "LabsDown", "Server", "ServerState", "get_backend"]


def get_backend() -> LabBackend:
    return local_backend()
