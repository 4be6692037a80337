"""Any question file: told by what is in it, not by its name."""

import csv
import posixpath
import re

from django.utils.translation import gettext as _

from assessments.formats import tables
from assessments.formats.aiken import is_aiken, read_aiken
from assessments.formats.gift import read_gift
from assessments.formats.moodle.backup import read_backup
from assessments.formats.moodle.questions import read_moodle_xml
from assessments.formats.qti.packages import read_members, read_single
from assessments.formats.records import (
    MALFORMED,
    NotReadableError,
    Package,
    Refused,
    tell_duplicates_apart,
)
from assessments.formats.text import decode
from assessments.formats.text2qti import is_text2qti, read_text2qti
from assessments.formats.xml import parse_xml
from assessments.interactions.processed.names import name_of
from lms.core.archives import MAX_BYTES, is_tar, is_zip, unpack


def known_formats() -> str:
    return _(
        "GIFT, Aiken, text2qti, Moodle XML, Moodle backup (.mbz), QTI 1.2, 2 or 3, Common Cartridge (.imscc), or our own table as CSV or Excel"
    )


def read_package(name: str, data: bytes) -> Package:
    """Read a file, whatever its format, into items, what is not supported, and what was refused.

    Never raises for what a file holds, and never returns nothing: a file without questions is a refusal that says so.
    """
    try:
        package = _read(name, data)
    except NotReadableError as error:
        package = Package(refused=[Refused(name, "", error.line or 1, str(error))])
    except (*MALFORMED, csv.Error, RecursionError) as error:
        reason = _("The file is not built as its format asks (%(fault)s). Export it once more.") % {
            "fault": f"{type(error).__name__}: {error}"[:200]
        }
        package = Package(refused=[Refused(name, "", 1, reason)])
    if package.is_empty:
        reason = _("There are no questions in the file. These can be read: %(formats)s.") % {
            "formats": known_formats()
        }
        package.refused.append(Refused(name, "", 1, reason))
    return tell_duplicates_apart(package)


def _read(name: str, data: bytes) -> Package:
    if len(data) > MAX_BYTES:
        raise NotReadableError(_("The file is larger than 50 MB. Divide it into smaller ones."))
    if is_zip(data) or is_tar(data):
        return _read_archive(data)
    text = decode(data)
    if not text.strip():
        raise NotReadableError(_("The file is empty. Choose the file that holds the questions."))
    if "\0" in text[:4000]:
        raise NotReadableError(
            _("This is no file of questions. These can be read: %(formats)s.")
            % {"formats": known_formats()}
        )
    if text.lstrip().startswith("<") and not re.match(r"\s*<(?:p|br|b|i|img|div|span)\b", text):
        return _read_xml(name, data)
    return _read_text(text)


def _read_text(text: str) -> Package:
    if tables.is_table(text):
        return tables.read_csv(text)
    if is_aiken(text) and not re.search(
        r"(?<!\\)\{[^}]*[=~#]|^\$CATEGORY:|^::", text, re.MULTILINE
    ):
        return read_aiken(text)
    if is_text2qti(text) and not re.search(r"(?<!\\)\{[^}]*[=~#]|^::", text, re.MULTILINE):
        return read_text2qti(text)
    package = read_gift(text)
    if package.items or package.refused or "{" in text or "::" in text:
        return package
    raise NotReadableError(
        _("Nothing in the file looks like a question. These can be read: %(formats)s.")
        % {"formats": known_formats()}
    )


def _read_xml(name: str, data: bytes) -> Package:
    root = parse_xml(data)
    match name_of(root):
        case "quiz":
            return read_moodle_xml(data)
        case "assessment-item" | "questestinterop":
            return read_single(name, root)
        case "assessment-test":
            raise NotReadableError(
                _(
                    "This is a test that refers to items in other files. Import the whole package, as a zip."
                )
            )
        case "manifest":
            raise NotReadableError(
                _("This is the manifest of a package. Import the whole package, as a zip.")
            )
    raise NotReadableError(
        _(
            "The file is XML, but no format of questions is known that begins with <%(name)s>. These can be read: %(formats)s."
        )
        % {"name": name_of(root), "formats": known_formats()}
    )


def _read_archive(data: bytes) -> Package:
    members = {name: held for name, held in unpack(data).items() if not _is_litter(name)}
    if "xl/workbook.xml" in members:
        return tables.read_xlsx(data)
    if "questions.xml" in members and ("moodle_backup.xml" in members or "files.xml" in members):
        return read_backup(members)
    package = read_members(members)
    if not package.is_empty:
        return package
    for name in sorted(members):
        if _may_hold_questions(name, members[name]):
            package.extend(_read_member(name, members[name]))
    return package


def _is_litter(name: str) -> bool:
    """Whether a file is what a Mac or Windows leaves in archives."""
    base = posixpath.basename(name)
    return (
        name.startswith("__MACOSX/") or base.startswith("._") or base in {".DS_Store", "Thumbs.db"}
    )


def _may_hold_questions(name: str, data: bytes) -> bool:
    """Whether a file among others is one of questions; the others are left alone without a word."""
    ending = posixpath.splitext(name)[1].lower()
    if ending == ".xml":
        return b"<quiz" in data
    text = decode(data) if ending in {".gift", ".txt", ".csv"} else ""
    return (
        ending == ".gift"
        or is_aiken(text)
        or tables.is_table(text)
        or ("{" in text and "::" in text)
    )


def _read_member(name: str, data: bytes) -> Package:
    try:
        return _read(name, data)
    except NotReadableError as error:
        return Package(refused=[Refused(name, "", error.line or 1, f"{name}: {error}")])
