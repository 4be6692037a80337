"""Our own table, written as CSV: see `tables` for its columns."""

import csv
from decimal import Decimal
from io import StringIO

from django.utils.translation import gettext as _

from assessments.formats.gift_writer import number_told, rows_of, with_data_addresses
from assessments.formats.lost import Lost, percent
from assessments.formats.moodle.cloze import plain_number
from assessments.formats.records import ReadItem
from assessments.formats.tables import COLUMNS, KINDS

Files = dict[str, bytes]
Row = dict[str, str]


def _safe(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text: what begins like a formula gets a space before it."""
    return f" {cell}" if cell[:1] in {"=", "+", "@"} else cell


def _option_columns(item: ReadItem, lost: Lost, row: Row) -> None:
    options = item.data["options"]
    marks = [Decimal(option.get("mark", "0")) for option in options]
    for number, (option, mark) in enumerate(zip(options, marks, strict=True), 1):
        row[f"option_{number}"] = option["text"]
        row[f"feedback_{number}"] = option.get("feedback", "")
        if any(each not in {0, 1} for each in marks):
            row[f"mark_{number}"] = percent(mark)
    row["right"] = ",".join(str(number) for number, mark in enumerate(marks, 1) if mark > 0)
    if item.kind == "choices":
        row["method"] = item.data.get("method", "right_minus_wrong")
        if item.data.get("max_choices"):
            lost.part(item, _("how many answers may be chosen"))
    elif row["right"].count(",") and "mark_1" not in row:
        row |= {f"mark_{number}": percent(mark) for number, mark in enumerate(marks, 1)}
    if "mark_1" in row and item.kind == "choice":
        row["right"] = ""


def _texts(item: ReadItem, lost: Lost, row: Row) -> None:
    for number, answer in enumerate(item.data["answers"], 1):
        if answer["how"] in {"pattern", "exact"}:
            lost.part(item, _("that “%(text)s” must be written just so") % {"text": answer["text"]})
        if answer["how"] == "pattern":
            continue
        row[f"option_{number}"] = (
            answer["text"] if answer["how"] == "wildcard" else answer["text"].replace("*", "\\*")
        )
        row[f"mark_{number}"] = percent(Decimal(answer["mark"]))
        row[f"feedback_{number}"] = answer.get("feedback", "")
    if item.data.get("is_case_sensitive"):
        lost.part(item, _("that capitals count"))


def _numbers(item: ReadItem, lost: Lost, row: Row) -> None:
    told = []
    for answer in item.data["answers"]:
        written = number_told(answer)
        if written is None or Decimal(answer["mark"]) != 1 or answer.get("feedback"):
            lost.part(item, _("marks, feedback and figures of single numbers"))
        told.append(written or answer["value"])
    row["right"], row["unit"] = ";".join(told), item.data.get("unit", "")
    if item.data.get("units"):
        lost.part(item, _("its units"))


def _columns(item: ReadItem, lost: Lost) -> Row | None:  # noqa: C901  one branch for each case of the format
    row: Row = {}
    data = item.data
    match item.kind:
        case "choice" | "choices":
            _option_columns(item, lost, row)
        case "text":
            _texts(item, lost, row)
        case "number":
            _numbers(item, lost, row)
        case "match":
            if data.get("is_many") or len({pair["source"] for pair in data["pairs"]}) < len(
                data["pairs"]
            ):
                return None
            row |= {
                f"option_{n}": f"{left} -> {right}"
                for n, (left, right) in enumerate(rows_of(data), 1)
            }
            if data.get("method", "partial") != "partial" or data.get("look") == "grid":
                lost.part(
                    item, _("how it looks and scores: pairs are a list, each counts by itself.")
                )
        case "order":
            names = {each["id"]: each["text"] for each in data["things"]}
            row |= {f"option_{n}": names[each] for n, each in enumerate(data["order"], 1)}
            row["method"] = data.get("method", "places")
            if len(names) > len(data["order"]) or data.get("max_indent"):
                lost.part(item, _("its indents, and things that belong nowhere"))
        case "scale":
            if len(data["statements"]) > 1:
                return None
            row |= {f"option_{n}": each["text"] for n, each in enumerate(data["points"], 1)}
        case "essay" | "upload":
            row["model_answer"] = data.get("model_answer", "")
    return row if item.kind in KINDS else None


def write_csv(items: list[ReadItem], files: Files, lost: Lost) -> bytes:
    """Write items as a table, in UTF-8 with the mark that Excel needs."""
    rows = []
    for item in items:
        if lost.has_variables(item):
            continue
        row = _columns(item, lost)
        if row is None:
            lost.item(item)
            continue
        lost.common(item, stimulus=True)
        levels = [tag for tag in item.tags if tag.startswith("level:")]
        row |= {
            "identifier": item.identifier,
            "kind": item.kind,
            "title": item.title,
            "prompt": item.data["prompt"],
            "feedback": item.data.get("feedback", ""),
            "points": plain_number(item.max_score),
            "tags": ",".join(tag for tag in item.tags if tag not in levels),
            "level": levels[0].removeprefix("level:") if levels else "",
            "language": item.language,
            "category": item.category,
            "shuffle": "yes" if item.data.get("is_shuffled", True) else "no",
            "stimulus": item.stimulus,
        }
        rows.append({name: _safe(with_data_addresses(cell, files)) for name, cell in row.items()})
    found = {name for row in rows for name in row}
    numbered = [
        f"{stem}_{n}"
        for n in range(1, 51)
        for stem in ("option", "mark", "feedback")
        if f"{stem}_{n}" in found
    ]
    at = COLUMNS.index("right")
    text = StringIO()
    writer = csv.DictWriter(text, [*COLUMNS[:at], *numbered, *COLUMNS[at:]])
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
