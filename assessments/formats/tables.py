"""Our own table of questions, as CSV or Excel: a row a question, columns by the names of COLUMNS.

    identifier  one's own name of the question; may be empty
    kind        choice, choices, text, number, match, order, essay, upload, scale; told by the rest where empty
    title       a short name; may be empty
    prompt      the question, as text or HTML
    option_1…   options; answers in words; pairs as "Nairobi -> Kenya"; things in their right order
    right       the number of the right option, or several: 1,3; for a number the number itself
    mark_1…     the share of the points that an option brings, as 50 or -25, in place of `right`
    tolerance   how far a number may be off
    feedback    shown to all; feedback_1… to who chose that option
    points      full marks, 1 where empty
    tags        parted by commas
    level       a tag such as "level:2"
    language    en, sw
    shuffle     yes or no
    category, stimulus, model_answer, unit

Lines are rows as a spreadsheet counts them: the first question is in row 2.
"""

import csv
import re
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from assessments.formats.gift import pairs, true_false
from assessments.formats.markup import Files, all_with_media
from assessments.formats.moodle.cloze import accepted_number, accepted_text, decimal_of, share
from assessments.formats.records import NotReadableError, Package, ReadItem, take
from assessments.formats.text import name_by_content, name_from, title_from, to_html, unwrap

MAX_OPTIONS = 50
COLUMNS = [
    "identifier", "kind", "title", "prompt", "right", "tolerance", "unit", "feedback", "points", "tags",
    "level", "language", "category", "shuffle", "method", "stimulus", "model_answer",
]  # fmt: skip
KINDS = ["choice", "choices", "text", "number", "match", "order", "essay", "upload", "scale"]
_NUMBERED = re.compile(r"(option|mark|feedback)[ _]?(\d{1,2})")
_ALSO = {
    "question": "prompt",
    "answer": "right",
    "correct": "right",
    "type": "kind",
    "id": "identifier",
    "name": "title",
}
_TRUE = {"true", "t", "yes", "kweli", "ndiyo"}
_FALSE = {"false", "f", "no", "si kweli", "hapana"}

Row = dict[str, str]


def _column(heading: str) -> str:
    """Return the column that a heading means."""
    name = re.sub(r"[\s_]+", "_", heading.strip().lower())
    numbered = _NUMBERED.fullmatch(name)
    if numbered:
        return f"{numbered[1]}_{int(numbered[2])}"
    return _ALSO.get(name, name)


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def is_table(text: str) -> bool:
    """Whether the first line holds the headings of our table."""
    line = text.lstrip().split("\n", 1)[0]
    if not line:
        return False
    names = {_column(cell.strip('"')) for cell in line.split(_delimiter(line))}
    return "prompt" in names and bool(names & {"kind", "right", "option_1", "identifier"})


def _numbered(row: Row, stem: str) -> dict[int, str]:
    found = {
        int(name.rsplit("_", 1)[1]): cell
        for name, cell in row.items()
        if re.fullmatch(rf"{stem}_\d+", name) and cell
    }
    return dict(sorted(found.items()))


def _right_numbers(row: Row, options: dict[int, str]) -> list[int]:
    """Return the numbers of the right options, told by number, letter, or the option's own text."""
    found = []
    for part in re.split(r"[,;]", row.get("right", "")):
        word = part.strip()
        if not word:
            continue
        bare = word.removesuffix(".0")
        same = [
            number for number, text in options.items() if text.strip().casefold() == word.casefold()
        ]
        if bare.isdigit() and int(bare) in options:
            found.append(int(bare))
        elif same:
            found.append(same[0])
        elif re.fullmatch(r"[A-Za-z]", word) and ord(word.upper()) - 64 in options:
            found.append(ord(word.upper()) - 64)
        else:
            raise NotReadableError(
                _(
                    "Column “right”: “%(word)s” is no option. Write the number of the right option, or several as 1,3."
                )
                % {"word": word[:40]}
            )
    return found


def _kind(row: Row) -> str:
    told = re.sub(r"[\s-]+", "_", row.get("kind", "").lower())
    also = {
        "single": "choice",
        "multiple": "choices",
        "truefalse": "true_false",
        "matching": "match",
        "ordering": "order",
        "short_answer": "text",
        "numerical": "number",
    }
    told = also.get(told, told)
    if told in {*KINDS, "true_false"}:
        return told
    if told:
        raise NotReadableError(
            _("Column “kind”: there is no kind “%(kind)s”. Write one of these: %(kinds)s.")
            % {"kind": told, "kinds": ", ".join(KINDS)}
        )
    options, right = _numbered(row, "option"), row.get("right", "").strip()
    if options:
        return "choices" if len(_right_numbers(row, options)) > 1 else "choice"
    if right.lower() in _TRUE | _FALSE:
        return "true_false"
    if re.fullmatch(r"[-+]?[\d.,\s]+", right):
        return "number"
    return "text" if right else "essay"


def _options(row: Row, *, is_several: bool) -> list[dict]:
    options, marks, feedback = (_numbered(row, stem) for stem in ("option", "mark", "feedback"))
    if len(options) < 2:  # noqa: PLR2004  said by the words beside it
        raise NotReadableError(_("Columns “option_1”, “option_2”…: write two options or more."))
    right = _right_numbers(row, options)
    if not right and not marks:
        raise NotReadableError(_("Column “right” is empty: write the number of the right option."))
    if len(right) > 1 and not is_several:
        raise NotReadableError(
            _(
                "Column “right” names several options, but a “choice” has one. Write “choices” as the kind."
            )
        )
    made = []
    for number, text in options.items():
        mark = share(marks[number]) if number in marks else str(int(number in right))
        made.append(
            {
                "id": str(number),
                "text": unwrap(to_html(text)),
                "mark": mark,
                "feedback": to_html(feedback.get(number, "")),
            }
        )
    return made


def _pairs(row: Row) -> dict:
    rows = []
    for number, text in _numbered(row, "option").items():
        left, arrow, right = text.partition("->")
        if not arrow:
            raise NotReadableError(
                _("Column “option_%(number)d”: write a pair as “Kenya -> Nairobi”.")
                % {"number": number}
            )
        rows.append((unwrap(to_html(left)), unwrap(to_html(right))))
    return pairs(rows)


def _sides(row: Row) -> list[dict]:
    return [
        {"id": str(number), "text": unwrap(to_html(text))}
        for number, text in _numbered(row, "option").items()
    ]


def _number(row: Row) -> dict:
    if not row.get("right", "").strip():
        raise NotReadableError(_("Column “right” is empty: write the right number."))
    answers = []
    for part in row["right"].split(";"):
        text = part.strip()
        tolerance = row.get("tolerance", "").strip()
        if ".." not in text and tolerance:
            text = f"{text}:{tolerance}"
        answers.append(accepted_number(text, "1", ""))
    return {"answers": answers, "unit": row.get("unit", "")}


def _text(row: Row) -> dict:
    options, marks, feedback = (_numbered(row, stem) for stem in ("option", "mark", "feedback"))
    answers = [
        accepted_text(text, share(marks.get(number, "100")), to_html(feedback.get(number, "")))
        for number, text in options.items()
    ]
    answers += [
        accepted_text(text.strip(), "1", "")
        for text in row.get("right", "").split(";")
        if text.strip() and not options
    ]
    if not answers:
        raise NotReadableError(
            _("Column “right” is empty: write the right answer, or several with “;” between them.")
        )
    return {"answers": answers}


def _kind_and_data(row: Row) -> tuple[str, dict]:  # noqa: PLR0911  one for each kind
    kind = _kind(row)
    is_shuffled = row.get("shuffle", "yes").lower() not in {*_FALSE, "0", "hapana"}
    match kind:
        case "true_false":
            is_true = row.get("right", "").strip().lower() in _TRUE
            if not is_true and row.get("right", "").strip().lower() not in _FALSE:
                raise NotReadableError(_("Column “right”: write “true” or “false”."))
            return "choice", true_false(is_true=is_true)
        case "choice" | "choices":
            data = {
                "options": _options(row, is_several=kind == "choices"),
                "is_shuffled": is_shuffled,
            }
            if kind == "choices":
                data["method"] = row.get("method") or (
                    "marks" if _numbered(row, "mark") else "right_minus_wrong"
                )
            return kind, data
        case "text":
            return kind, _text(row)
        case "number":
            return kind, _number(row)
        case "match":
            return kind, {**_pairs(row), "is_shuffled": is_shuffled}
        case "order":
            things = _sides(row)
            return kind, {
                "things": things,
                "order": [each["id"] for each in things],
                **({"method": row["method"]} if row.get("method") else {}),
            }
        case "scale":
            points = _sides(row)
            statement = {"id": "statement", "text": row.get("title") or _("Your answer")}
            return kind, {"points": points, "statements": [statement]}
    return kind, {"model_answer": to_html(row.get("model_answer", ""))}


def _item(row: Row, files: Files) -> ReadItem:
    prompt = to_html(row.get("prompt", ""))
    if not prompt:
        raise NotReadableError(_("Column “prompt” is empty: write the question."))
    kind, data = _kind_and_data(row)
    tags = [tag.strip() for tag in row.get("tags", "").split(",") if tag.strip()]
    if row.get("level"):
        tags.append(f"level:{row['level'].removesuffix('.0')}")
    points = decimal_of(row["points"]) if row.get("points") else Decimal(1)
    if points <= 0:
        raise NotReadableError(_("Column “points”: write a number above 0."))
    identifier, title = row.get("identifier", ""), row.get("title", "")
    notes: list[str] = []
    return ReadItem(
        identifier=name_from(identifier, title)
        if identifier or title
        else name_by_content(prompt + str(data)),
        kind=kind,
        title=title or title_from(prompt),
        data=all_with_media(
            {"prompt": prompt, "feedback": to_html(row.get("feedback", "")), **data}, files, notes
        ),
        tags=tags,
        category=row.get("category", ""),
        language=row.get("language", ""),
        max_score=points,
        stimulus=all_with_media(to_html(row.get("stimulus", "")), files, notes),
        raw_format="table",
        notes=notes,
    )


def _read_rows(rows: list[list[str]]) -> Package:
    package, files = Package(), Files()
    headings = [_column(cell) for cell in rows[0]] if rows else []
    known = {*COLUMNS}
    unknown = [
        name for name in headings if name and name not in known and not _NUMBERED.fullmatch(name)
    ]
    if "prompt" not in headings:
        raise NotReadableError(_("The first row has no column “prompt”. Start from our template."))
    for number, cells in enumerate(rows[1:], 2):
        row = {
            name: cell.strip()
            for name, cell in zip(headings, cells, strict=False)
            if name and cell.strip()
        }
        if not row:
            continue

        def read(row=row):
            item = _item(row, files)
            if unknown:
                item.notes.append(
                    _("These columns are not known and were left out: %(names)s.")
                    % {"names": ", ".join(unknown)}
                )
            return item

        raw = ",".join(cells)
        take(
            package,
            read,
            identifier=row.get("identifier", ""),
            kind=row.get("kind", ""),
            line=number,
            raw=raw,
        )
    package.files = files.by_key
    return package


def read_csv(text: str) -> Package:
    """Read our table as CSV, with commas, semicolons or tabs."""
    line = text.lstrip().split("\n", 1)[0]
    return _read_rows(list(csv.reader(StringIO(text), delimiter=_delimiter(line))))


def read_xlsx(data: bytes) -> Package:
    """Read our table from the first sheet of an Excel file. Formulas are not worked out: their last values are read."""
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError):
        raise NotReadableError(
            _("The Excel file is damaged. Save it once more as .xlsx.")
        ) from None
    sheet = book.worksheets[0]
    rows = [
        ["" if cell is None else str(cell) for cell in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    return _read_rows(rows)
