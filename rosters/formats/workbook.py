"""Excel files of strangers: bounded, without links or entities; cells remember what Excel made of them."""

import posixpath
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from lms.core.errors import NotReadableError
from rosters.formats.cells import (
    ERRORS,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    BooleanCell,
    DateCell,
    ErrorCell,
    FormulaCell,
    NumberCell,
    Table,
    plain,
    refuse_too_many_columns,
    refuse_too_many_rows,
)
from rosters.formats.header import header_at, known_columns, to_table

MAX_MEMBERS = 2_000
MAX_UNPACKED = 120 * 1024 * 1024
_LAST_ROW = 1_048_576  # that Excel has
_SPARE_ROWS = 1_000
_WIDTH = 2 * MAX_COLUMNS  # columns that are looked at, to refuse a sheet that is too wide
_MAX_MERGED = 20_000
_VALUELESS = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
# What openpyxl's own code raises when a stranger's file is shaped as nothing it knows.
_MALFORMED = (
    InvalidFileException, BadZipFile, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, OSError,
    SyntaxError,
)  # fmt: skip


def is_workbook(members: dict[str, bytes]) -> bool:
    return "xl/workbook.xml" in members


def refuse_harmful(members: dict[str, bytes]) -> None:
    """Refuse XML that declares entities: no spreadsheet program writes them."""
    for name, data in members.items():
        if name.endswith((".xml", ".rels")) and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
            raise NotReadableError(
                _(
                    "The Excel file declares entities (%(name)s), which can be used to do harm. Save it once more as .xlsx."
                )
                % {"name": name[:80]}
            )


def _cell(value, kind: str) -> str:  # noqa: PLR0911  one for each kind of cell
    """Return a cell's value as text that remembers what it was."""
    match value:
        case None:
            return ""
        case bool():
            return BooleanCell("TRUE" if value else "FALSE")
        case int():
            return NumberCell(value)
        case float():
            return NumberCell(int(value) if value.is_integer() and abs(value) < 1e15 else value)  # noqa: PLR2004  Excel keeps 15 figures
        case datetime() | date():
            return DateCell(value.isoformat()[:10])
        case time() | timedelta():
            return DateCell(str(value))
    text = plain(str(value)[: MAX_CELL + 100])
    if kind == "e" or text in ERRORS:
        return ErrorCell(text)
    return text


def _sheet_rows(sheet) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # some programs state them wrongly
    for number, row in enumerate(sheet.iter_rows(max_col=_WIDTH), 1):
        if number > _LAST_ROW:
            refuse_too_many_rows()
        cells = [
            _cell(cell.value, cell.data_type) if cell.value is not None else "" for cell in row
        ]
        while cells and not cells[-1]:
            cells.pop()
        yield number, cells


def _merged(data: bytes) -> dict[int, list[tuple[int, int, int]]]:
    """Return {row: [(column, first row, first column)]} of cells that show the value of one above or beside them."""
    shown: dict[int, list[tuple[int, int, int]]] = {}
    cells = 0
    for found in re.finditer(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+\d+:[A-Z]+\d+)"', data):
        left, top, right, bottom = range_boundaries(found[1].decode())
        cells += bottom - top
        if cells > _MAX_MERGED:
            break
        if left == right:  # a block beside each other is a title
            for row in range(top + 1, bottom + 1):
                shown.setdefault(row, []).append((left - 1, top, left - 1))
    return shown


def _source(sheet, members: dict[str, bytes]) -> bytes:
    """The XML of a sheet: one that is read row by row tells neither its merged cells nor whether it has formulas."""
    path = sheet._worksheet_path  # noqa: SLF001  there is no public way
    return members.get(posixpath.normpath(path.lstrip("/")), b"")


def _unknown_values(data: bytes) -> Iterator[tuple[int, int]]:
    """The row and column of each formula whose value was not kept: other programs do not work them out."""
    if b"f>" not in data and b"<f " not in data:
        return
    for found in _VALUELESS.finditer(data):
        column, row, _right, _bottom = range_boundaries(found[1].decode())
        yield row, column - 1


def _rows_of(sheet, data: bytes, members: dict[str, bytes]) -> list[tuple[int, list[str]]]:
    source = _source(sheet, members)
    rows = []
    filled = 0
    for number, cells in _sheet_rows(sheet):
        filled += bool(cells)
        if filled > MAX_ROWS + _SPARE_ROWS:
            refuse_too_many_rows()
        if len(cells) > MAX_COLUMNS:
            refuse_too_many_columns()
        rows.append((number, cells))
    by_number = dict(rows)
    for number, column in _unknown_values(source):
        cells = by_number.get(number)
        if cells is not None and column < MAX_COLUMNS:
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = FormulaCell("=")
    for number, places in _merged(source).items():
        cells = by_number.get(number)
        if not cells:
            continue  # nobody is in a row that holds nothing else
        for column, first_row, first_column in places:
            above = by_number.get(first_row, [])
            value = above[first_column] if first_column < len(above) else ""
            if value and not (column < len(cells) and cells[column]):
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = value
    return [(number, cells) for number, cells in rows if cells]


def read_workbook(data: bytes, members: dict[str, bytes]) -> Table:
    """Read the sheet that has a header from an Excel file; the table's notes say which, and what was not read."""
    refuse_harmful(members)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return _read(book, data, members)
    except _MALFORMED as error:
        raise NotReadableError(
            _("The Excel file is damaged (%(fault)s). Save it once more as .xlsx.")
            % {"fault": type(error).__name__}
        ) from error


def _read(book, data: bytes, members: dict[str, bytes]) -> Table:
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    best: tuple[int, str, list[tuple[int, list[str]]]] | None = None
    others = []
    for sheet in book.worksheets:
        if sheet.title in hidden:
            continue
        rows = _rows_of(sheet, data, members)
        at = header_at(rows)
        known = known_columns(rows[at][1]) if at is not None else -1
        if best is None or known > best[0]:
            if best is not None:
                others.append(best[1])
            best = (known, sheet.title, rows)
        else:
            others.append(sheet.title)
    book.close()
    if best is None or not best[2]:
        raise NotReadableError(
            _(
                "There is nothing on the sheets of the Excel file. Choose the file that holds the people."
            )
        )
    table = to_table(best[2])
    if hidden:
        table.notes.append(["hidden_sheets", {"sheets": ", ".join(hidden)}])
    if others:
        table.notes.append(["sheet_used", {"sheet": best[1], "others": ", ".join(others)}])
    return table
