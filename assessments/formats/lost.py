"""What a format cannot carry, gathered while items are written."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.formats.records import ReadItem


@dataclass
class Lost:
    """(identifier, reason) of each item, or part of an item, that is not in the file."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    def item(self, item: ReadItem) -> None:
        """Say that a whole item is left out."""
        reason = _("left out: the format has no question of this kind (%(kind)s).") % {
            "kind": item.kind
        }
        self.rows.append((item.identifier, reason))

    def part(self, item: ReadItem, reason: str) -> None:
        self.rows.append((item.identifier, reason))

    def has_variables(self, item: ReadItem) -> bool:
        """Say that an item with variables is left out; whether it is one."""
        if not item.data.get("variables"):
            return False
        self.part(item, _("left out: its variables cannot be written in this format."))
        return True

    def common(self, item: ReadItem, *, hints: bool = False, stimulus: bool = False) -> None:
        """Say which of what all items have is not written; `hints` and `stimulus` say that they are."""
        if item.data.get("hints") and not hints:
            self.part(item, _("its hints"))
        if item.stimulus and not stimulus:
            self.part(item, _("the text that it shares with other questions"))
        if item.data.get("is_accent_sensitive"):
            self.part(item, _("that accents count"))
        if item.data.get("rubric"):
            self.part(item, _("the points of its rubric"))


def marks_of(item: ReadItem, lost: Lost) -> list[Decimal]:
    """Return the options' marks as a format can carry that knows nothing but the sum of marks."""
    options = item.data["options"]
    marks = [Decimal(option.get("mark", "0")) for option in options]
    if item.kind == "choice" or item.data.get("method") == "marks":
        return marks
    right = sum(mark > 0 for mark in marks)
    if item.data.get("method") == "all_or_nothing":
        lost.part(
            item, _("that all right answers are needed: each counts by itself in this format.")
        )
    return [(Decimal(1) if mark > 0 else Decimal(-1)) / right for mark in marks]


def percent(mark: Decimal) -> str:
    """Return a mark as a percentage of at most five places, as Moodle writes it."""
    return format((mark * 100).quantize(Decimal("0.00001")).normalize(), "f")
