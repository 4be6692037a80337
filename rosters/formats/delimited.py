"""CSV and its kin: whatever the encoding, the delimiter and the program that wrote it."""

import csv
from collections import Counter
from io import StringIO

from charset_normalizer import from_bytes
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
from rosters.formats.header import LOOKED_AT, to_table

DELIMITERS = ",;\t|"
_MARKS = [
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
]
_OF_SPREADSHEETS = ["cp1252", "mac_roman"]
_SPARE_ROWS = 1_000  # blank rows and titles, beside the people
_LONGEST = 20_000  # of a cell: a mark of quotation that never closes takes in the rest of the file
_HEAD = 4_000


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the encoding that it was in."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding), encoding
    head = data[:_HEAD]
    if head.count(0) > len(head) // 4:
        encoding = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        return _decoded(data, encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        found = from_bytes(data, cp_isolation=_OF_SPREADSHEETS).best()
        encoding = found.encoding if found else "cp1252"
        return data.decode(encoding, "replace"), encoding


def _decoded(data: bytes, encoding: str) -> str:
    return data.decode(encoding, "replace").lstrip("\ufeff")


def _rows(text: str, delimiter: str):
    return csv.reader(StringIO(text, newline=""), delimiter=delimiter)


def delimiter_of(text: str) -> str:
    """The delimiter that gives most rows of the beginning the same number of cells."""
    first, _newline, _rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.rstrip("\r")) == len("sep=") + 1:
        return first[4]
    beginning = "\n".join(text.splitlines()[:LOOKED_AT])

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _rows(beginning, delimiter) if len(row) > 1)
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return rows, width

    return max(DELIMITERS, key=regularity)


def read_rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that hold something, with their numbers; raises NotReadableError beyond the bounds."""
    delimiter = delimiter_of(text)
    rows: list[tuple[int, list[str]]] = []
    reader = _rows(text, delimiter)
    try:
        for number, raw in enumerate(reader, 1):
            if number == 1 and text[:4].lower() == "sep=" and len(raw) <= 2:  # noqa: PLR2004  "sep=" and a blank
                continue
            if len(rows) > MAX_ROWS + _SPARE_ROWS:
                refuse_too_many_rows()
            if len(raw) > MAX_COLUMNS and any(cell.strip() for cell in raw[MAX_COLUMNS:]):
                refuse_too_many_columns()
            if any(len(cell) > _LONGEST for cell in raw):
                _refuse_open_quote(number)
            cells = [told_apart(cell) if cell else "" for cell in raw]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                rows.append((number, cells))
    except csv.Error:
        _refuse_open_quote(reader.line_num)
    return rows


def _refuse_open_quote(number: int) -> None:
    raise NotReadableError(
        _(
            'A quotation mark (") in or before row %(row)s is never closed, so the rest of the file is one cell. '
            "Delete the mark and bring the file again."
        )
        % {"row": number}
    )


def read_delimited(data: bytes) -> Table:
    """Read a text file as a table."""
    text, encoding = decode(data)
    if not text.strip():
        raise NotReadableError(_("The file is empty. Choose the file that holds the people."))
    if "\0" in text[:_HEAD]:
        raise NotReadableError(
            _("This is neither a spreadsheet nor a text file. Save it as .xlsx or .csv.")
        )
    table = to_table(read_rows(text))
    if encoding not in {"utf-8", "utf-8-sig"}:
        table.notes.append(["encoding", {"encoding": encoding.replace("_", "-")}])
    return table
