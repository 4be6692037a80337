"""What limit a learner's server met: a small file that the Hub writes and the platform reads."""

import json
import os
import time

from labs.hub.settings import write_private

NAME = "met.json"
LEAST_FREE = 4 << 20  # with less, a notebook cannot be saved


def note_limit(folder, reason, kills=0):
    write_private(folder / NAME, json.dumps({"reason": reason, "at": time.time(), "kills": kills}))


def read_limit(folder):
    """{"reason", "at", "kills"}, or None when no limit was met since the server was started."""
    try:
        return json.loads((folder / NAME).read_text())
    except (OSError, ValueError):
        return None


def forget_limit(folder):
    (folder / NAME).unlink(missing_ok=True)


def look(folder, home, kills):
    """Note a limit that a running server met: `kills` counts what was ended for its memory."""
    known = read_limit(folder) or {"reason": "", "kills": 0}
    if kills > known["kills"]:
        note_limit(folder, "memory", kills)
    elif known["reason"] != "disk" and is_full(home):
        note_limit(folder, "disk", kills)


def note_end(folder, kills, *, is_idle):
    """Note why a server ended that nobody stopped."""
    known = read_limit(folder) or {"reason": "", "kills": 0}
    if known["reason"] == "disk":
        return  # we ended it
    if kills > known["kills"]:
        note_limit(folder, "memory", kills)
    else:
        note_limit(folder, "idle" if is_idle else "ended", kills)


def is_full(home):
    try:
        found = os.statvfs(home)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < LEAST_FREE
