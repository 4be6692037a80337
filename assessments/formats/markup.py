"""HTML of other systems, made such that all media in it are `<img src="KEY">` or `<a href="KEY">` of the package."""

import base64
import binascii
import re
from collections.abc import Callable
from hashlib import sha256
from html import escape, unescape
from posixpath import basename
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _

from assessments.formats.media import medium_of
from assessments.formats.records import NotReadableError

Find = Callable[[str], str | None]

_MEDIA = re.compile(
    r"<(img|embed|input)\b([^>]*)>|<(audio|video|object|iframe)\b([^>]*)>(.*?)</\3\s*>|<(object|iframe|audio|video)\b([^>]*)/>",
    re.IGNORECASE | re.DOTALL,
)
_TAGS = re.compile(r"<(?:a|audio|video|object|iframe)\b", re.IGNORECASE)
MAX_TAGS = 300  # each is looked for to its end
_LINK = re.compile(r"<a\b([^>]*)>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//|^(?:https?|ftp):", re.IGNORECASE)


def attributes(text: str) -> dict[str, str]:
    """Return the attributes that the inside of a tag holds, entities undone."""
    return {
        name.lower(): unescape(value[1:-1] if value[:1] in "\"'" else value)
        for name, value in _ATTRIBUTE.findall(text)
    }


class Files:
    """The files of a package as they are gathered: each under a key that is its content's hash and its name."""

    def __init__(self) -> None:
        self.by_key: dict[str, bytes] = {}

    def keep(self, name: str, data: bytes) -> str | None:
        """Keep `data` and return its key, or None where it is nothing that a question may hold."""
        medium = medium_of(data)
        if medium is None:
            return None
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", basename(name).rsplit(".", 1)[0]).strip("-")[:60]
        key = f"{sha256(data).hexdigest()[:16]}-{stem or medium.sort}{medium.suffix}"
        self.by_key[key] = data
        return key

    def keep_inline(self, address: str) -> str | None:
        """Keep what a `data:` address holds."""
        match = re.match(r"data:[\w/+.-]*;base64,(.*)", address, re.DOTALL)
        try:
            return self.keep("", base64.b64decode(match.group(1))) if match else None
        except (binascii.Error, ValueError):
            return None


def with_media(html: str, files: Files, find: Find, notes: list[str]) -> str:  # noqa: C901  one branch for each case of the format
    """Return `html` with its media as keys of `files`; add to `notes` what was left out, never fetched.

    `find` returns the key of what the package calls by a reference, or None.
    """

    if len(_TAGS.findall(html)) > MAX_TAGS:
        raise NotReadableError(
            _("A text holds more than %(count)d links and media. Divide it into several questions.")
            % {"count": MAX_TAGS}
        )

    def key_of(address: str) -> str | None:
        address = address.strip()
        if address.startswith("data:"):
            return files.keep_inline(address)
        return None if _REMOTE.match(address) else find(unquote(address))

    def missing(address: str) -> None:
        if _REMOTE.match(address):
            note = _("“%(address)s” lies elsewhere on the web and was not fetched.")
        else:
            note = _(
                "The file “%(address)s” is not in the package, or is nothing that a question may hold."
            )
        note %= {"address": address[:120]}
        if note not in notes:
            notes.append(note)

    def medium(match: re.Match) -> str:
        tag = (match[1] or match[3] or match[6]).lower()
        given = attributes(match[2] or match[4] or match[7] or "")
        inside = match[5] or ""
        source = re.search(r"<source\b([^>]*)>", inside, re.IGNORECASE)
        address = given.get("src") or given.get("data") or ""
        if not address and source:
            address = attributes(source[1]).get("src", "")
        if tag == "embed" and "embedtype" in given:
            return match[0]
        if not address:
            return with_media(inside, files, find, notes) if inside else ""
        key = key_of(address)
        words = given.get("alt") or re.sub(r"<[^>]*>", "", inside).strip()
        if key is None:
            missing(address)
            return escape(words)
        sort = medium_of(files.by_key[key])
        if sort and sort.sort == "image":
            return f'<img src="{key}" alt="{escape(words)}">'
        return f'<a href="{key}">{escape(words or given.get("title") or basename(address))}</a>'

    def link(match: re.Match) -> str:
        address = attributes(match[1]).get("href", "")
        if not address or re.match(r"(?:https?|mailto|tel):|#", address):
            return match[0]
        key = key_of(address)
        if key is None:
            missing(address)
            return match[2]
        return f'<a href="{key}">{match[2]}</a>'

    return _LINK.sub(link, _MEDIA.sub(medium, html))


def all_with_media(data: Any, files: Files, notes: list[str]) -> Any:
    """Return a body's JSON with the media of all its HTML gathered; only `data:` addresses have any in a text file."""
    if isinstance(data, str):
        return with_media(data, files, lambda _reference: None, notes) if "<" in data else data
    if isinstance(data, list):
        return [all_with_media(each, files, notes) for each in data]
    if isinstance(data, dict):
        return {name: all_with_media(part, files, notes) for name, part in data.items()}
    return data
