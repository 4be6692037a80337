"""Cells and tables as they are read: text, and what a spreadsheet held in place of text."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lms.core.errors import NotReadableError

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 60
MAX_CELL = 1_000
ERRORS = {
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
    "#GETTING_DATA", "#FIELD!",
}  # fmt: skip
_SPACES = re.compile(r"\s+")


class NumberCell(str):
    __slots__ = ()


class BooleanCell(str):
    __slots__ = ()


class DateCell(str):
    __slots__ = ()


class ErrorCell(str):
    """What a spreadsheet shows where it could not work a value out, as #N/A."""

    __slots__ = ()


class FormulaCell(str):
    """A formula whose value was never worked out."""

    __slots__ = ()


Note = list[Any]  # [code, values], told by rosters.messages


@dataclass
class Table:
    """The rows of one sheet below its header. Rows are numbered as a spreadsheet shows them."""

    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def plain(text: str) -> str:
    """Return text in one Unicode form, without what cannot be seen, and with plain single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = "".join(
            " " if unicodedata.category(letter) in {"Zs", "Zl", "Zp"} else letter
            for letter in text
            if unicodedata.category(letter) not in {"Cf", "Co", "Cs"}
        )
    text = "".join(max(letter, " ") for letter in text)
    return _SPACES.sub(" ", text).strip()


def told_apart(text: str) -> str:
    """Return a cell of a text file as what a spreadsheet had there: an error, a boolean, or text."""
    text = plain(text)
    if text[:1] == "#" and text.upper() in ERRORS:
        return ErrorCell(text)
    if text in {"TRUE", "FALSE", "VRAI", "FAUX"}:
        return BooleanCell(text)
    quoted = re.fullmatch(r'="([^"]*)"', text)  # programs write it to keep a zero
    if quoted:
        return quoted[1]
    return FormulaCell(text) if re.match(r"=[A-Za-z@(+$]", text) else text


def refuse_too_many_rows() -> None:
    raise NotReadableError(
        _("The file has more than %(count)s rows. Divide it into smaller ones.")
        % {"count": MAX_ROWS}
    )


def refuse_too_many_columns() -> None:
    raise NotReadableError(
        _("The file has more than %(count)s columns. Delete those that are not about the people.")
        % {"count": MAX_COLUMNS}
    )
