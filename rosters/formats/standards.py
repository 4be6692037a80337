"""OneRoster 1.1 and 1.2 CSV, and Canvas SIS CSV: people of a zip, as a table with the standard's own headings."""

import csv
from io import StringIO

from django.utils.translation import gettext as _

from lms.core.errors import NotReadableError
from rosters.formats.cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    Table,
    refuse_too_many_columns,
    refuse_too_many_rows,
    told_apart,
)
from rosters.formats.delimited import decode

Row = dict[str, str]
_GONE = {"tobedeleted", "inactive", "deleted", "suspended"}
_LEARNERS = {"student", "learner", "studentenrollment", ""}


def _files(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members by their bare names: some programs pack the folder around them."""
    return {name.rsplit("/", 1)[-1].lower(): data for name, data in members.items()}


def is_standard(members: dict[str, bytes]) -> bool:
    return "users.csv" in _files(members)


def _read(data: bytes) -> list[tuple[int, Row]]:
    text, _encoding = decode(data)
    rows = list(zip(range(1, MAX_ROWS + 3), csv.reader(StringIO(text, newline="")), strict=False))
    if len(rows) > MAX_ROWS + 1:
        refuse_too_many_rows()
    if not rows:
        return []
    header = [cell.strip() for cell in rows[0][1]]
    if len(header) > MAX_COLUMNS:
        refuse_too_many_columns()
    return [
        (number, dict(zip(header, map(told_apart, cells), strict=False)))
        for number, cells in rows[1:]
        if any(cells)
    ]


def _is_here(row: Row) -> bool:
    enabled = row.get("enabledUser", "").lower() != "false"
    return enabled and row.get("status", "").lower() not in _GONE


def _learners(files: dict[str, bytes], user: str) -> set[str] | None:
    """Ids of those who are enrolled as learners; None where the zip has no enrolments."""
    if "enrollments.csv" not in files:
        return None
    return {
        row.get(user, "")
        for _number, row in _read(files["enrollments.csv"])
        if row.get("role", "").lower() in _LEARNERS and _is_here(row)
    }


def _one_roster(files: dict[str, bytes]) -> tuple[list[str], str, str]:
    manifest = {
        row.get("propertyName", ""): row.get("value", "")
        for _number, row in _read(files["manifest.csv"])
    }
    version = manifest.get("oneroster.version", "1.1") or "1.1"
    if not version.startswith("1."):
        raise NotReadableError(
            _("This is OneRoster %(version)s. Versions 1.1 and 1.2 can be read.")
            % {"version": version[:20]}
        )
    if manifest.get("file.users", "bulk").lower() == "absent":
        raise NotReadableError(_("The OneRoster file says that it brings no users."))
    columns = ["givenName", "middleName", "familyName", "email", "sms", "identifier"]
    return columns, "sourcedId", f"OneRoster {version}"


def _canvas() -> tuple[list[str], str, str]:
    return ["full_name", "first_name", "last_name", "email"], "user_id", "Canvas"


def read_standard(members: dict[str, bytes]) -> Table:
    """Read a OneRoster or Canvas zip. Who is enrolled as a learner is taken, or everybody where nobody is enrolled.

    Passwords, dates of birth and the rest are not even looked at.
    """
    files = _files(members)
    is_one_roster = "manifest.csv" in files
    columns, key, standard = _one_roster(files) if is_one_roster else _canvas()
    try:
        users = _read(files["users.csv"])
        learners = _learners(files, "userSourcedId" if is_one_roster else "user_id")
    except csv.Error as error:
        raise NotReadableError(
            _("The files in the archive are no CSV (%(fault)s). Export them once more.")
            % {"fault": str(error)[:100]}
        ) from error
    rows, left_out = [], 0
    for number, user in users:
        if not _is_here(user) or (learners is not None and user.get(key) not in learners):
            left_out += 1
            continue
        if is_one_roster:
            user["sms"] = user.get("sms") or user.get("phone", "")
        rows.append((number, [user.get(column, "") for column in columns]))
    if not rows:
        raise NotReadableError(_("There are no learners in users.csv of the archive."))
    used = [index for index in range(len(columns)) if any(cells[index] for _n, cells in rows)]
    table = Table(
        [columns[index] for index in used],
        [(number, [cells[index] for index in used]) for number, cells in rows],
        [["standard", {"standard": standard}]],
    )
    if left_out:
        table.notes.append(["not_learners", {"count": left_out}])
    return table
