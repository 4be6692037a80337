"""Markdown as authors of course files write it, turned into the blocks of a lesson."""

import re
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import yaml
from django.core.exceptions import ValidationError
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from courses.svg import clean_svg

CALLOUTS = ("tip", "warning", "example", "remember", "office-rule")
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n?(.*)\Z", re.DOTALL)


def _any_container(params, _markup):
    return params.strip().split(" ", 1)[0] in (*CALLOUTS, "reveal")


MARKDOWN = MarkdownIt("commonmark", {"typographer": False, "html": False}).enable("table")
MARKDOWN.use(container_plugin, "box", validate=_any_container)


def read_front_matter(path: Path) -> tuple[dict, str]:
    """Return the file's YAML front matter and the text below it; a file without one is refused by name."""
    match = FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if not match:
        raise ValidationError(f"{path}: begin the file with its facts between two lines of ---.")
    try:
        return yaml.safe_load(match[1]) or {}, match[2]
    except yaml.YAMLError as error:
        raise ValidationError(
            f"{path}: the facts between the --- lines are not YAML: {error}"
        ) from error


def _flat_quotes(state):
    """Quote without inner paragraphs, as Wagtail's editor writes it: it empties any other at the first save."""
    depth = last = 0
    for index, token in enumerate(state.tokens):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if depth and token.type == "paragraph_open":
            token.hidden = True
            if last:
                state.tokens[last].children.append(Token("hardbreak", "br", 0))
            last = index + 1
        elif depth and token.type == "paragraph_close":
            token.hidden = True
        elif not depth:
            last = 0


MARKDOWN.core.ruler.push("flat_quotes", _flat_quotes)


def to_html(text: str) -> str:
    return MARKDOWN.render(text)


def _until_close(tokens, start):
    """Return the index of the token that closes the one at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _lone_image(tokens, index):
    """The image token, if the paragraph at `index` holds one image and nothing else."""
    inline = tokens[index + 1]
    children = [child for child in inline.children if child.type != "softbreak"]
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def _figure(image, folder: Path) -> tuple[str, dict]:
    path = folder / image.attrs["src"]
    if path.suffix != ".svg" or not path.is_file():
        raise ValidationError(f"{folder}: there is no drawing {image.attrs['src']}.")
    try:
        svg = clean_svg(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise ValidationError(f"{path}: {error.messages[0]}") from error
    return "drawing", {"svg": svg, "alt": image.content, "caption": image.attrs.get("title", "")}


def _table(tokens, env) -> tuple[str, dict]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(MARKDOWN.renderer.render([token], MARKDOWN.options, env))
    return "table", {"caption": "", "rows": rows}


def _box(tokens, env) -> tuple[str, dict]:
    kind, _, title = tokens[0].info.strip().partition(" ")
    body = MARKDOWN.renderer.render(tokens[1:-1], MARKDOWN.options, env)
    if kind == "reveal":
        return "reveal", {"question": title, "answer": body}
    return "callout", {"kind": kind, "title": title, "body": body}


def to_blocks(text: str, *, key: str, folder: Path) -> list[dict]:
    """Return the StreamField data of `text`: [{"type", "value", "id"}], ids stable while a block's place is.

    Figures are read from `folder`. Raises ValidationError naming the file that cannot be used.
    """
    env: dict = {}
    tokens = MARKDOWN.parse(text, env)
    found: list[tuple[str, object]] = []
    words: list = []

    def flush():
        if words:
            found.append(("text", MARKDOWN.renderer.render(words, MARKDOWN.options, env)))
            words.clear()

    index = 0
    while index < len(tokens):
        end = _until_close(tokens, index)
        token, span = tokens[index], tokens[index : end + 1]
        special = None
        if token.type == "fence":
            special = (
                "code",
                {"language": token.info.strip() or "text", "code": token.content.rstrip()},
            )
        elif token.type == "table_open":
            special = _table(span, env)
        elif token.type == "container_box_open":
            special = _box(span, env)
        elif token.type == "paragraph_open" and (image := _lone_image(tokens, index)):
            special = _figure(image, folder)
        elif token.type == "heading_open":
            flush()  # a section a block, so that a reader resumes at its heading
        if special:
            flush()
            found.append(special)
        else:
            words.extend(span)
        index = end + 1
    flush()
    return [
        {"type": kind, "value": value, "id": str(uuid5(NAMESPACE_URL, f"{key}#{number}"))}
        for number, (kind, value) in enumerate(found)
    ]
