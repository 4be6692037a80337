"""A learner's notebook made fit to be shown: nothing of it runs, and no address in it is asked for."""

from dataclasses import dataclass

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

from labs.domain.tasks import answer_cells, answers_in, marks_in
from labs.grading.notebooks import source_of

LONGEST = 20_000  # characters of a cell
MOST = 300  # cells
LOWEST_HEADING = 6
BELOW_PAGE = 2  # levels that a page's own headings take
TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "a", "table", "thead", "tbody", "tr", "th", "td"),
}


def _lower_headings(state):
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(LOWEST_HEADING, int(token.tag[1]) + BELOW_PAGE)}"


MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
MARKDOWN.core.ruler.push("lower_headings", _lower_headings)


def to_html(text):
    """What a learner wrote in Markdown, cleaned: no pictures, and links that tell nobody."""
    html = nh3.clean(
        MARKDOWN.render(text),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308  cleaned above


@dataclass(frozen=True)
class Cell:
    """A cell as handed in. `is_released` says that it came like this with the lab."""

    number: int
    name: str
    kind: str
    source: str
    is_cut: bool
    is_answer: bool
    is_released: bool

    @property
    def html(self):
        return to_html(self.source)


def shown(source):
    return source[:LONGEST]


def cells_of(submission):
    """The cells of a submission, in its own order."""
    released = submission.release.notebook
    answers = answer_cells(released)
    stubs = answers_in(released)
    others = {source_of(cell).strip() for cell in released["cells"]}
    cells = []
    for number, cell in enumerate(submission.notebook["cells"][:MOST], 1):
        name, source = marks_in(cell).get("grade_id", ""), source_of(cell)
        is_answer = name in answers
        same = stubs[name].strip() == source.strip() if is_answer else source.strip() in others
        cells.append(
            Cell(
                number,
                name,
                cell["cell_type"],
                shown(source),
                len(source) > LONGEST,
                is_answer,
                same,
            )
        )
    return cells
