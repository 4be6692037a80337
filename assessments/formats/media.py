"""Pictures, sounds and documents that questions bring along, told by their first bytes and never by their name."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from lxml import etree
from PIL import Image, UnidentifiedImageError

from assessments.formats.records import NotReadableError
from assessments.formats.xml import parse_xml

Sort = Literal["image", "audio", "document"]

_SVG = "{http://www.w3.org/2000/svg}"
_SVG_TAGS = {
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "title",
    "desc", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "marker", "symbol",
}  # fmt: skip
_SVG_UNSAFE = re.compile(r"^on|href$|src$", re.IGNORECASE)


@dataclass(frozen=True)
class Medium:
    """What a file is: its sort, its media type and the ending that belongs to it."""

    sort: Sort
    media_type: str
    suffix: str


def medium_of(data: bytes) -> Medium | None:
    """Tell what `data` is by its first bytes, or None where it is nothing that a question may hold."""
    head = data[:16]
    signs: list[tuple[bool, Medium]] = [
        (head.startswith(b"\x89PNG\r\n\x1a\n"), Medium("image", "image/png", ".png")),
        (head.startswith(b"\xff\xd8\xff"), Medium("image", "image/jpeg", ".jpg")),
        (head[:6] in {b"GIF87a", b"GIF89a"}, Medium("image", "image/gif", ".gif")),
        (head[:4] == b"RIFF" and head[8:12] == b"WEBP", Medium("image", "image/webp", ".webp")),
        (head[:4] == b"RIFF" and head[8:12] == b"WAVE", Medium("audio", "audio/wav", ".wav")),
        (head.startswith(b"OggS"), Medium("audio", "audio/ogg", ".ogg")),
        (
            head.startswith(b"ID3") or head[:2] in {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"},
            Medium("audio", "audio/mpeg", ".mp3"),
        ),
        (head[4:8] == b"ftyp" and head[8:11] == b"M4A", Medium("audio", "audio/mp4", ".m4a")),
        (head.startswith(b"%PDF-"), Medium("document", "application/pdf", ".pdf")),
    ]
    for is_it, medium in signs:
        if is_it:
            return medium
    return Medium("image", "image/svg+xml", ".svg") if is_safe_svg(data) else None


def is_safe_svg(data: bytes) -> bool:
    """Whether `data` is an SVG of shapes and words alone: no script, style, link, entity or foreign markup."""
    if b"<svg" not in data[:2000] or len(data) > 1024 * 1024:
        return False
    try:
        root = parse_xml(data)
    except NotReadableError:
        return False
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag.removeprefix(_SVG) not in _SVG_TAGS:
            return False
        for name, value in element.attrib.items():
            if _SVG_UNSAFE.search(etree.QName(name).localname) or "url(" in value.replace(
                "url(#", ""
            ):
                return False
            if name == "style" or "javascript:" in value.lower():
                return False
    return root.tag == f"{_SVG}svg"


def size_of(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels of a picture, or None where they cannot be told."""
    try:
        with Image.open(BytesIO(data)) as image:
            return image.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        pass
    if is_safe_svg(data):
        box = re.search(rb"viewBox\s*=\s*[\"'][\d.\s-]*?([\d.]+)\s+([\d.]+)[\"']", data)
        if box:
            return round(float(box.group(1))), round(float(box.group(2)))
    return None
