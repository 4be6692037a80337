"""Archives of strangers: zip and tar, unpacked in memory within limits; nothing is ever written to disk."""

import posixpath
import stat
import tarfile
import zipfile
import zlib
from io import BytesIO

from django.utils.translation import gettext as _

from lms.core.errors import NotReadableError

MAX_BYTES = 50 * 1024 * 1024  # of a file that is imported
MAX_UNPACKED = 200 * 1024 * 1024  # of all that is in it
MAX_MEMBER = 50 * 1024 * 1024
MAX_MEMBERS = 40_000
MAX_RATIO = 200  # unpacked to packed, beyond the first megabyte
_CHUNK = 64 * 1024
_MEGABYTE = 1024 * 1024


def is_zip(data: bytes) -> bool:
    return data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}


def is_tar(data: bytes) -> bool:
    return data[:2] == b"\x1f\x8b" or data[257:262] == b"ustar"


def _safe_name(name: str) -> str:
    """Return the name of an entry, or raise NotReadableError where it leads out of the archive."""
    plain = name.replace("\\", "/")
    steps = plain.split("/")
    if (
        plain.startswith("/")
        or ".." in steps
        or (len(plain) > 1 and plain[1] == ":")
        or "\0" in plain
    ):
        raise NotReadableError(
            _(
                "The archive holds an entry that leads out of it, “%(name)s”. Such archives are refused; pack the files anew."
            )
            % {"name": name[:120]}
        )
    return posixpath.normpath(plain)


class _Budget:
    """Counts what an archive unpacks to while it is unpacked, whatever it says of itself."""

    def __init__(self, packed: int, max_unpacked: int, max_members: int):
        self.packed, self.unpacked, self.members = packed, 0, 0
        self.max_unpacked, self.max_members = max_unpacked, max_members

    def member(self) -> None:
        self.members += 1
        if self.members > self.max_members:
            raise NotReadableError(
                _("The archive holds more than %(count)d entries. Divide it into smaller ones.")
                % {"count": self.max_members}
            )

    def read(self, stream) -> bytes:
        parts, size = [], 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            self.unpacked += len(chunk)
            too_much = self.unpacked > self.max_unpacked or size > MAX_MEMBER
            if too_much or self.unpacked > max(_MEGABYTE * 5, self.packed * MAX_RATIO):
                raise NotReadableError(
                    _(
                        "The archive unpacks to far more than such a file needs. It is refused, as it may be made to do harm."
                    )
                )
            parts.append(chunk)
        return b"".join(parts)


def _refuse_link(name: str) -> None:
    raise NotReadableError(
        _(
            "The archive holds a link, “%(name)s”. Such archives are refused; pack the files themselves."
        )
        % {"name": name[:120]}
    )


def _unzip(data: bytes, budget: _Budget) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for info in archive.infolist():
            budget.member()
            name = _safe_name(info.filename)
            if stat.S_ISLNK(info.external_attr >> 16):
                _refuse_link(info.filename)
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                raise NotReadableError(
                    _("The archive is locked by a password. Pack it without one.")
                )
            with archive.open(info) as stream:
                files[name] = budget.read(stream)
    return files


def _untar(data: bytes, budget: _Budget) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=BytesIO(data), mode="r|*") as archive:
        for info in archive:
            budget.member()
            name = _safe_name(info.name)
            if info.issym() or info.islnk():
                _refuse_link(info.name)
            if info.isfile():
                files[name] = budget.read(archive.extractfile(info))
    return files


def unpack(
    data: bytes, *, max_unpacked: int = MAX_UNPACKED, max_members: int | None = None
) -> dict[str, bytes]:
    """Return the files of a zip or tar archive by their names. Archives within it are left as they are.

    Raises NotReadableError for entries that lead out of it, links, passwords, and more than the limits allow.
    """
    budget = _Budget(len(data), max_unpacked, max_members or MAX_MEMBERS)
    try:
        return _unzip(data, budget) if is_zip(data) else _untar(data, budget)
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
    ) as error:
        raise NotReadableError(
            _("The archive is damaged (%(fault)s). Send or export it once more.")
            % {"fault": str(error)[:100]}
        ) from None
