"""Keeps the homes of running labs within their share of the disk.

Sandboxes write into an ordinary file system, so the cap is kept by looking: at all homes now and
then, and at once when the free space falls by a leap.
"""

import contextlib
import errno
import json
import os
import stat
import threading
import time
from dataclasses import asdict, dataclass

from labs.hub.servers import end, running_servers
from labs.hub.settings import write_private

LOOK_AT_SPACE_SECONDS = 1
LOOK_AT_HOMES_SECONDS = 20
LEAP = 32 << 20
# a home that is full already may still be opened, to be cleared up
ROOM_TO_CLEAR_UP = 16 << 20
FILES_TO_CLEAR_UP = 50
ALLOWED = "disk.json"
DEEPEST = 40


@dataclass(frozen=True)
class Usage:
    size: int
    files: int


class TooMuch(Exception):  # noqa: N818 - what it is
    """There is more in a home than may be counted."""


def usage_of(home, most_files):
    """What lies in `home`, following no link, or TooMuch."""
    size = files = 0
    linked = set()
    waiting = [(".", 0)]
    root = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        while waiting:
            path, depth = waiting.pop()
            for entry in _entries(path, root):
                files += 1
                if files > most_files or depth > DEEPEST:
                    raise TooMuch
                size += _size_of(entry, linked)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((f"{path}/{entry.name}", depth + 1))
    finally:
        os.close(root)
    return Usage(size, files)


def _entries(path, root):
    """The entries of the folder at `path`; none if its owner has just removed or replaced it."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(path, flags, dir_fd=root)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise TooMuch from error
        return
    try:
        with os.scandir(fd) as entries:
            yield from entries
    finally:
        os.close(fd)


def _size_of(entry, linked):
    with contextlib.suppress(FileNotFoundError):
        status = entry.stat(follow_symlinks=False)
        if status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
            if status.st_ino in linked:
                return 0
            linked.add(status.st_ino)
        return status.st_blocks * 512
    return 0


def allow(settings, name):
    """Note what the home of a server that is about to start may hold; TooMuch if that is absurd."""
    size, files = settings.disk_mb << 20, settings.most_files
    usage = usage_of(settings.homes / name, most_files=10 * files)
    allowed = Usage(
        size=size if usage.size <= size else usage.size + ROOM_TO_CLEAR_UP,
        files=files if usage.files <= files else usage.files + FILES_TO_CLEAR_UP,
    )
    write_private(settings.servers / name / ALLOWED, json.dumps(asdict(allowed)))


def is_over(settings, name):
    """Whether the home holds more than it was allowed when its server started."""
    try:
        allowed = Usage(**json.loads((settings.servers / name / ALLOWED).read_text()))
        return usage_of(settings.homes / name, allowed.files).size > allowed.size
    except TooMuch:
        return True
    except FileNotFoundError:
        return False


class DiskWatch(threading.Thread):
    """Ends each server whose home is over its share."""

    def __init__(self, settings):
        super().__init__(name="disk watch", daemon=True)
        self.settings = settings

    def run(self):
        free, looked_at = self._free(), 0.0
        while True:
            time.sleep(LOOK_AT_SPACE_SECONDS)
            now = self._free()
            if free - now > LEAP or time.monotonic() - looked_at > LOOK_AT_HOMES_SECONDS:
                self.look()
                free, looked_at = self._free(), time.monotonic()
            else:
                # a slow fall adds up until it is a leap
                free = max(free, now)

    def _free(self):
        status = os.statvfs(self.settings.homes)
        return status.f_bavail * status.f_frsize

    def look(self):
        for running in running_servers(self.settings):
            if is_over(self.settings, running.name):
                end(self.settings, running, "disk")
