"""The leave to run a server: a small file that the platform writes and the Hub only reads.

Kept outside the Hub's own options, for a learner may start their own server with any options.
"""

import json
import re
from dataclasses import asdict, dataclass

from labs.hub.settings import write_private

LAB_ID = re.compile(r"l[0-9a-f]{12}")


@dataclass(frozen=True)
class Grant:
    memory_mb: int


def read_grant(settings, lab_id):
    """The Grant of `lab_id`; None if it has none."""
    if not LAB_ID.fullmatch(lab_id):
        return None
    path = settings.grants / f"{lab_id}.json"
    return Grant(**json.loads(path.read_text())) if path.exists() else None


def write_grant(settings, lab_id, grant):
    settings.grants.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(settings.grants / f"{lab_id}.json", json.dumps(asdict(grant)))


def remove_grant(settings, lab_id):
    (settings.grants / f"{lab_id}.json").unlink(missing_ok=True)
