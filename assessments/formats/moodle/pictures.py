"""Moodle's questions on a picture: markers, and pictures or words dragged onto it."""

import base64
import binascii
import re

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.media import size_of
from assessments.formats.moodle.question import Question
from assessments.formats.records import NotReadableError
from assessments.formats.text import to_plain


def _kept(question: Question, held: etree._Element | None) -> str | None:
    if held is None:
        return None
    try:
        return question.files.keep(held.get("name") or "", base64.b64decode(held.text or ""))
    except (binascii.Error, ValueError):
        return None


def background(question: Question) -> dict:
    """Return the picture that things are put onto, with its size in pixels."""
    key = _kept(question, question.element.find("file"))
    size = size_of(question.files.by_key[key]) if key else None
    if size is None:
        raise NotReadableError(
            _("The picture that things are put onto is missing or is no picture.")
        )
    width, height = size
    alt = to_plain(question.value("name"))[:300]
    return {"src": key, "width": width, "height": height, "alt": alt}


def _drags(question: Question) -> dict[str, dict]:
    """Return what can be put onto the picture by its number in Moodle."""
    drags = {}
    for place, drag in enumerate(question.all("drag"), 1):
        number = drag.findtext("no", str(place)).strip()
        text = drag.findtext("text", "").strip()
        key = _kept(question, drag.find("file"))
        uses = int(drag.findtext("noofdrags", "1") or 1)
        if drag.find("infinite") is not None and drag.findtext("infinite") not in {"0", "false"}:
            uses = 0
        drags[number] = {
            "id": f"d{number}",
            "text": f'<img src="{key}" alt="{to_plain(text)}">' if key else text,
            "uses": uses,
            "key": key,
        }
    return drags


def _numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def _marker_area(shape: str, coords: str) -> tuple[str, list[float]]:
    """Moodle's coordinates: circle `x,y;r`, rectangle `x,y;width,height`, polygon `x,y;x,y;…`."""
    found = _numbers(coords)
    if shape == "circle":
        return "circle", found
    if shape == "rectangle":
        x, y, width, height = found
        return "rect", [x, y, x + width, y + height]
    return "poly", found


def ddmarker(question: Question) -> tuple[str, dict]:
    drags = _drags(question)
    spots = []
    for place, drop in enumerate(question.all("drop"), 1):
        shape, coords = _marker_area(
            drop.findtext("shape", "circle").strip(), drop.findtext("coords", "")
        )
        choice = drop.findtext("choice", "").strip()
        spots.append(
            {
                "id": f"s{place}",
                "label": str(place),
                "shape": shape,
                "coords": coords,
                "labels": [f"d{choice}"] if choice in drags else [],
            }
        )
    question.notes.append(
        _("Markers are put onto marked places of the picture, no longer anywhere on it.")
    )
    return "graphic_gap_match", _body(question, drags, spots)


def ddimageortext(question: Question) -> tuple[str, dict]:
    drags = _drags(question)
    spots = []
    for place, drop in enumerate(question.all("drop"), 1):
        x, y = (float(drop.findtext(name, "0") or 0) for name in ("xleft", "ytop"))
        choice = drop.findtext("choice", "").strip()
        drag = drags.get(choice, {})
        size = size_of(question.files.by_key[drag["key"]]) if drag.get("key") else None
        width, height = size or (max(60, 8 * len(drag.get("text", ""))), 30)
        spots.append(
            {
                "id": f"s{place}",
                "label": drop.findtext("text", "").strip() or str(place),
                "shape": "rect",
                "coords": [x, y, x + width, y + height],
                "labels": [drag["id"]] if drag else [],
            }
        )
    return "graphic_gap_match", _body(question, drags, spots)


def _body(question: Question, drags: dict[str, dict], spots: list[dict]) -> dict:
    labels = [
        {name: part for name, part in drag.items() if name != "key"} for drag in drags.values()
    ]
    return {"picture": background(question), "spots": spots, "labels": labels}
