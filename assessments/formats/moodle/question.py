"""One `<question>` of Moodle's question XML, and what its parts say."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import quote

from lxml import etree

from assessments.formats.markup import Files, with_media
from assessments.formats.text import to_html, unwrap

_FORMATS = {
    "html": "html",
    "moodle_auto_format": "moodle",
    "plain_text": "plain",
    "markdown": "markdown",
    "": "moodle",
}


@dataclass
class Question:
    """A `<question>` and what its parts need while they are read."""

    element: etree._Element
    files: Files
    notes: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return (self.element.get("type") or "").strip().lower()

    def value(self, path: str, default: str = "") -> str:
        """Return the text of a part, whether or not a `<text>` is around it."""
        part = self.element.find(path)
        return default if part is None else inner_text(part, default)

    def is_set(self, path: str, *, default: bool = False) -> bool:
        part = self.element.find(path)
        if part is None:
            return default
        return inner_text(part).lower() in {"1", "true", "yes", ""}  # a part without text is a flag

    def html(self, part: etree._Element | None, default_form: str = "html") -> str:
        """Return a part's text as HTML, with the files that it holds gathered."""
        if part is None:
            return ""
        form = _FORMATS.get(part.get("format", ""), default_form)
        if part.get("format") is None:
            form = default_form
        html = to_html(inner_text(part), form)
        keys = {}
        for held in part.findall("file"):
            try:
                data = base64.b64decode(held.text or "")
            except (binascii.Error, ValueError):
                continue
            name = (held.get("path") or "/").rstrip("/") + "/" + (held.get("name") or "")
            keys[name] = self.files.keep(name, data)
        html = re.sub(r"@@PLUGINFILE@@([^\"'\s<>?]*)(?:\?[^\"'\s<>]*)?", _unquoted, html)
        return with_media(html, self.files, keys.get, self.notes)

    def label(self, part: etree._Element | None) -> str:
        """Return a part's text as HTML that may stand in a label."""
        return unwrap(self.html(part))

    def all(self, path: str) -> list[etree._Element]:
        return self.element.findall(path)

    @property
    def text(self) -> str:
        return self.html(self.element.find("questiontext"))


def _unquoted(match: re.Match) -> str:
    return quote(match[1], safe="/%")


def inner_text(part: etree._Element, default: str = "") -> str:
    inside = part.find("text")
    text = (part if inside is None else inside).text
    return default if text is None else text.strip()
