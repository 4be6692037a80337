"""Which row of a sheet is the header: the one that names most columns that a roster has."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lms.core.errors import NotReadableError
from rosters.formats.cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    Table,
    refuse_too_many_columns,
    refuse_too_many_rows,
)
from rosters.headings import field_of

LOOKED_AT = 30  # rows among which a header is sought


def known_columns(cells: Iterable[str]) -> int:
    return len({field for cell in cells if (field := field_of(cell))})


def header_at(rows: list[tuple[int, list[str]]]) -> int | None:
    """The index of the header among `rows`; None where no row could be one."""
    best, most = None, 0
    for index, (_number, cells) in enumerate(rows[:LOOKED_AT]):
        known = known_columns(cells)
        if known > most:
            best, most = index, known
    if best is not None:
        return best
    wide = [
        index
        for index, (_number, cells) in enumerate(rows[:LOOKED_AT])
        if sum(map(bool, cells)) > 1
    ]
    return wide[0] if wide else None


def to_table(rows: list[tuple[int, list[str]]]) -> Table:
    """Return the table whose header is one of the first `rows`, which have no blank ones among them."""
    at = header_at(rows)
    if at is None:
        raise NotReadableError(
            _("No row of the file names its columns. Start from our template, or add such a row.")
        )
    number, header = rows[at]
    while header and not header[-1]:
        header = header[:-1]
    body = rows[at + 1 :]
    if len(header) > MAX_COLUMNS:
        refuse_too_many_columns()
    if len(body) > MAX_ROWS:
        refuse_too_many_rows()
    if not body:
        raise NotReadableError(
            _("There are no people below the header in row %(row)s.") % {"row": number}
        )
    table = Table([str(cell) for cell in header], body)
    if at:
        table.notes.append(["rows_above", {"first": rows[0][0], "last": rows[at - 1][0]}])
    return table
