"""The cells of a learner's notebook, read without trusting it: answers, and what a page may show."""

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass, field

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from labs.grading.notebooks import LONGEST_ANSWER, source_of

MOST_CELLS = 400
MOST_OUTPUTS = 20
LONGEST_TEXT = 8_000
LONGEST_HTML = 60_000
LARGEST_PICTURE = 2 << 20
PNG = b"\x89PNG\r\n\x1a\n"
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
WORDS = {"p", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "br", "hr", "a"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
TEXT_TAGS = {*WORDS, *TABLE, "h2", "h3", "h4", "h5", "h6"}
SCHEMES = {"http", "https", "mailto"}
HEADING = re.compile(r"^(#{1,6}) ", re.MULTILINE)
BELOW_TITLE = 2  # the level of the notebook's highest heading on a page that has a title

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


class NotANotebook(ValueError):  # noqa: N818 - what it is
    pass


@dataclass(frozen=True)
class Output:
    """What a cell gave: `kind` is text, error, html, picture or more (too much to show)."""

    kind: str
    text: str = ""
    html: SafeString = SafeString()  # noqa: RUF009 - never changed
    number: int = 0


@dataclass(frozen=True)
class Cell:
    number: int
    name: str
    is_code: bool
    is_answer: bool
    source: str
    html: SafeString = SafeString()  # noqa: RUF009
    is_answered: bool = False
    outputs: list[Output] = field(default_factory=list)


def read_cells(content: bytes | str) -> list[dict]:
    """The cells in a notebook file, each with a type, a source and metadata; else NotANotebook."""
    try:
        cells = json.loads(content)["cells"]
        if not isinstance(cells, list) or not all(
            isinstance(cell["metadata"], dict) and cell["cell_type"] for cell in cells
        ):
            raise NotANotebook
        for cell in cells:
            source_of(cell)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotANotebook from error
    return cells


def name_of(cell: dict) -> str:
    """The cell's grade_id, or "" if it has none."""
    marks = cell.get("metadata", {}).get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else ""


def answer_names(release: dict) -> list[str]:
    """The names of the cells that the learner is to fill, in their order."""
    return [
        name_of(cell)
        for cell in release["cells"]
        if name_of(cell) and cell["metadata"]["nbgrader"].get("solution")
    ]


def answers_in(cells: list[dict], release: dict) -> dict[str, str]:
    """{name: text} of the answer cells that are there; of two with one name the first, as marked."""
    names = set(answer_names(release))
    found = {}
    for cell in cells:
        if (name := name_of(cell)) in names:
            found.setdefault(name, _encodable(str(source_of(cell))))
    return found


def answered_names(cells: list[dict], release: dict) -> set[str]:
    """The names of answer cells that hold something, and not what was released."""
    bare = answers_in(release["cells"], release)
    return {
        name
        for name, text in answers_in(cells, release).items()
        if text.strip() and text.strip() != bare[name].strip()
    }


def with_answers(content: bytes, release: dict, answers: dict[str, str]) -> bytes:
    """The notebook with `answers` by name; an answer whose cell is gone comes back at the end."""
    notebook = json.loads(content)
    left = dict(answers)
    for cell in read_cells(content) and notebook["cells"]:
        if (name := name_of(cell)) in left:
            text = left.pop(name)
            if source_of(cell) != text and cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
            cell["source"] = text
    bare = {name_of(cell): cell for cell in release["cells"]}
    notebook["cells"] += [{**bare[name], "source": text} for name, text in left.items()]
    return json.dumps(notebook, indent=1).encode()


def shown_cells(cells: list[dict], release: dict) -> list[Cell]:
    """What a page shows of a notebook, at most MOST_CELLS cells of it."""
    names, answered = set(answer_names(release)), answered_names(cells, release)
    highest = _highest_heading(cells)
    shown = []
    for number, cell in enumerate(cells[:MOST_CELLS]):
        is_code = cell["cell_type"] == "code"
        source = _plain(str(source_of(cell)))[:LONGEST_ANSWER]
        name = name_of(cell)
        shown.append(
            Cell(
                number=number,
                name=name,
                is_code=is_code,
                is_answer=name in names,
                source=source,
                html=mark_safe("") if is_code else markdown_html(source, highest),
                is_answered=name in answered,
                outputs=list(_outputs(cell)) if is_code else [],
            )
        )
    return shown


def _highest_heading(cells: list[dict]) -> int:
    texts = (str(source_of(cell)) for cell in cells if cell["cell_type"] == "markdown")
    return min((len(mark) for text in texts for mark in HEADING.findall(text)), default=1)


def markdown_html(text: str, highest: int = 1) -> SafeString:
    """`text` as HTML, its headings of level `highest` made those below the page's title."""

    def moved(found):
        return f"{found[1]}{min(6, int(found[2]) - highest + BELOW_TITLE)}>"

    html = re.sub(r"(</?h)([1-6])>", moved, _MARKDOWN.render(text[:LONGEST_HTML]))
    return _clean(html, TEXT_TAGS)


def _clean(html: str, tags: set[str]) -> SafeString:
    cells = {"colspan", "rowspan"}
    clean = nh3.clean(
        html,
        tags=tags,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}, "td": cells, "th": cells},
        url_schemes=SCHEMES,
    )
    # pandas leaves the corner of a table empty: that is no header
    return mark_safe(clean.replace("<th></th>", "<td></td>"))  # noqa: S308 - cleaned above


def _encodable(text: str) -> str:
    """`text` without halves of surrogate pairs, which no page can be sent with."""
    return text.encode("utf-8", "replace").decode()


def _plain(text: str) -> str:
    return _encodable(CONTROLS.sub("", COLOURS.sub("", text)))


def _joined(value) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _outputs(cell: dict):
    outputs = cell.get("outputs")
    for number, output in enumerate(outputs if isinstance(outputs, list) else []):
        if number == MOST_OUTPUTS:
            yield Output("more")
            return
        if isinstance(output, dict):
            yield _output(output, number)


def _output(output: dict, number: int) -> Output:
    if output.get("output_type") == "stream":
        return _text("text", _joined(output.get("text", "")))
    if output.get("output_type") == "error":
        return _text("error", f"{output.get('ename', '')}: {output.get('evalue', '')}")
    data = output.get("data")
    data = data if isinstance(data, dict) else {}
    if "image/png" in data:
        return Output("picture", _plain(_joined(data.get("text/plain", "")))[:200], number=number)
    html = _joined(data.get("text/html", ""))
    if "<table" in html and len(html) <= LONGEST_HTML:
        return Output("html", html=_clean(_plain(html), {*WORDS, *TABLE}))
    return _text("text", _joined(data.get("text/plain", "")))


def _text(kind: str, text: str) -> Output:
    text = _plain(text[: 2 * LONGEST_TEXT])
    return Output(kind, f"{text[:LONGEST_TEXT]} …" if len(text) > LONGEST_TEXT else text)


def picture(cells: list[dict], cell: int, output: int) -> bytes | None:
    """The PNG that an output holds; None if there is none."""
    try:
        encoded = _joined(cells[cell]["outputs"][output]["data"]["image/png"])
        content = b64decode(encoded[: 2 * LARGEST_PICTURE])
    except (IndexError, KeyError, TypeError, NotBase64, ValueError):
        return None
    return content if content.startswith(PNG) and len(content) <= LARGEST_PICTURE else None
