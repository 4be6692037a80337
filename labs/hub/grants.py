"""The leave to run a server: a small file that the platform writes and the Hub only reads.

Kept outside the Hub's own options, for a learner may start their own server with any options.
"""

import json
import re
import time
from dataclasses import asdict, dataclass

from labs.hub.settings import write_private

LAB_ID = re.compile(r"l[0-9a-f]{12}")


@dataclass(frozen=True)
class Grant:
    """What a server may take; after `until`, in seconds of the epoch, there is no leave any more."""

    memory_mb: int
    cpus: float = 1.0
    until: float | None = None

    @property
    def is_over(self):
        return self.until is not None and time.time() >= self.until


def read_grant(settings, lab_id):
    """The Grant of `lab_id`; None if it has none, or none any more."""
    if not LAB_ID.fullmatch(lab_id):
        return None
    try:
        text = (settings.grants / f"{lab_id}.json").read_text()
    except FileNotFoundError:
        return None
    grant = Grant(**json.loads(text))
    return None if grant.is_over else grant


def write_grant(settings, lab_id, grant):
    settings.grants.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(settings.grants / f"{lab_id}.json", json.dumps(asdict(grant)))


def remove_grant(settings, lab_id):
    (settings.grants / f"{lab_id}.json").unlink(missing_ok=True)
