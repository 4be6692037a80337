"""Reads and writes learners' homes without trusting what lies in them.

A learner may have put a link or a pipe where a file was: each step goes by descriptor, follows no
link and waits for nothing.
"""

import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
EXISTING_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class TooLarge(Exception):  # noqa: N818 - what it is
    pass


def write_missing(
    home: Path, user: int, folder: str, files: Iterable[tuple[str, bytes]], mode: int = 0o600
) -> None:
    """Make `home` and `folder` and write the `files` that do not exist; all belong to `user`."""
    with suppress(FileExistsError):
        home.mkdir(mode=0o700)
    with _opened(home) as home_fd:
        _give(home_fd, user)
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700, dir_fd=home_fd)
        with _opened(folder, home_fd) as folder_fd:
            _give(folder_fd, user)
            for name, content in files:
                with suppress(FileExistsError):
                    fd = os.open(name, NEW_FILE, mode, dir_fd=folder_fd)
                    with os.fdopen(fd, "wb") as file:
                        _give(fd, user)
                        file.write(content)


def read_file(home: Path, path: str, limit: int) -> bytes | None:
    """The content of the regular file at `path` below `home`; None if there is none."""
    folder, _, name = path.rpartition("/")
    try:
        with _opened(home) as home_fd, _opened(folder or ".", home_fd) as folder_fd:
            fd = os.open(name, EXISTING_FILE, dir_fd=folder_fd)
    except OSError:
        return None
    return _content_of(fd, limit)


def _content_of(fd, limit):
    """The content of the regular file that `fd` opens, which is closed; None if it is none."""
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return None
        with os.fdopen(fd, "rb", closefd=False) as file:
            content = file.read(limit + 1)
    finally:
        os.close(fd)
    if len(content) > limit:
        raise TooLarge
    return content


def replace_file(home: Path, user: int, path: str, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path` in one step, in place of what lies there; a link is not followed."""
    folder, _, name = path.rpartition("/")
    fresh = f".{secrets.token_hex(8)}"
    with _opened(home) as home_fd, _opened(folder or ".", home_fd) as folder_fd:
        fd = os.open(fresh, NEW_FILE, mode, dir_fd=folder_fd)
        try:
            with os.fdopen(fd, "wb") as file:
                _give(fd, user)
                file.write(content)
            os.rename(fresh, name, src_dir_fd=folder_fd, dst_dir_fd=folder_fd)
        except OSError:
            with suppress(OSError):
                os.unlink(fresh, dir_fd=folder_fd)
            raise


def stat_file(home: Path, path: str) -> os.stat_result | None:
    """What the file system says of the regular file at `path`; None if there is none."""
    folder, _, name = path.rpartition("/")
    try:
        with _opened(home) as home_fd, _opened(folder or ".", home_fd) as folder_fd:
            found = os.stat(name, dir_fd=folder_fd, follow_symlinks=False)
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def list_files(home: Path, folder: str) -> list[str]:
    """The names of the regular files right in `folder` below `home`, hidden ones left out."""
    try:
        with (
            _opened(home) as home_fd,
            _opened(folder, home_fd) as folder_fd,
            os.scandir(folder_fd) as entries,
        ):
            return sorted(
                entry.name
                for entry in entries
                if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")
            )
    except OSError:
        return []


def read_all(home: Path, limit: int) -> Iterator[tuple[str, bytes]]:
    """(path, content) of each regular file below `home` that is not larger than `limit`."""
    for folder, _folders, names, folder_fd in os.fwalk(home, follow_symlinks=False):
        for name in sorted(names):
            with suppress(OSError, TooLarge):
                fd = os.open(name, EXISTING_FILE, dir_fd=folder_fd)
                content = _content_of(fd, limit)
                if content is not None:
                    yield str(Path(folder, name).relative_to(home)), content


def remove_home(home: Path) -> None:
    """Remove `home` with all that lies in it, following no link out of it."""
    if not shutil.rmtree.avoids_symlink_attacks:
        raise RuntimeError("this system cannot remove a stranger's folder safely")
    with suppress(FileNotFoundError):
        shutil.rmtree(home)


def read_end(path: Path, limit: int) -> str:
    """The last `limit` bytes of a file of the Hub's, as text; empty if there is none."""
    try:
        fd = os.open(path, EXISTING_FILE)
    except OSError:
        return ""
    with os.fdopen(fd, "rb") as file:
        file.seek(max(0, os.fstat(fd).st_size - limit))
        return file.read(limit).decode(errors="replace")


@contextmanager
def _opened(path, inside=None):
    fd = os.open(path, FOLDER, dir_fd=inside)
    try:
        yield fd
    finally:
        os.close(fd)


def _give(fd, user):
    """Root works for many users; any other owner of the platform owns the homes as well."""
    if os.getuid() == 0:
        os.fchown(fd, user, user)
