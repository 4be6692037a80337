"""A place where labs run, for tests of what the platform asks of it: it keeps what it was told."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from labs.backends import FileFacts, LabsDown, LimitMet, Server, ServerState
from lms.core.errors import Refused


@dataclass
class Backend:
    """Servers that start at once; `is_up` says whether anything is answered."""

    running: dict[str, Server] = field(default_factory=dict)
    grants: dict[str, dict] = field(default_factory=dict)
    seeded: list[str] = field(default_factory=list)
    signed_out: list[str] = field(default_factory=list)
    endings: dict[str, str] = field(default_factory=dict)
    homes: dict[str, dict[str, bytes]] = field(default_factory=dict)
    written_at: datetime = field(default_factory=timezone.now)
    most: int = 10_000
    is_up: bool = True
    highest: int = 0

    def _ask(self):
        if not self.is_up:
            raise LabsDown("down")

    def seed(self, lab_id, _user, folder, files):
        self.seeded.append(lab_id)
        home = self.homes.setdefault(lab_id, {})
        for name, content in files:
            home.setdefault(f"{folder}/{name}", content)

    def start(self, lab_id, *, memory_mb, cpus=1.0, until=None, environment=""):
        self._ask()
        if lab_id not in self.running and len(self.running) >= self.most:
            raise Refused("full", code="labs_full")
        self.grants[lab_id] = {"memory_mb": memory_mb, "cpus": cpus, "until": until}
        self.running.setdefault(lab_id, Server(is_ready=True, active_at=timezone.now()))
        self.highest = max(self.highest, len(self.running))
        return ServerState.READY

    def poll(self, lab_id, *, patience=5):
        self._ask()
        return ServerState.READY if lab_id in self.running else ServerState.STOPPED

    def servers(self):
        self._ask()
        return dict(self.running)

    def limit_met(self, lab_id):
        reason = self.endings.get(lab_id)
        return LimitMet(reason, timezone.now()) if reason else None

    def facts(self, lab_id, path):
        content = self.homes.get(lab_id, {}).get(path)
        return FileFacts(self.written_at, len(content)) if content is not None else None

    def log_tail(self, lab_id):
        return f"log of {lab_id}"

    def stop(self, lab_id):
        self.grants.pop(lab_id, None)
        self._ask()
        self.running.pop(lab_id, None)

    def sign_out(self, lab_id):
        self.stop(lab_id)
        self.signed_out.append(lab_id)

    def is_down(self):
        return not self.is_up

    def check(self):
        self._ask()

    def files(self, lab_id):
        self._ask()
        yield from self.homes.get(lab_id, {}).items()

    def erase(self, lab_id):
        self.sign_out(lab_id)
        self.homes.pop(lab_id, None)

    def address(self, path):
        return f"https://labs.example/{path}"
