"""QTI's interactions on a picture: hotspot, select point, position object, graphic gap match."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.media import size_of
from assessments.formats.qti.lists import (
    ALL_OR_NOTHING,
    is_all_or_nothing,
    keyed_pairs,
    labels,
    listed_key,
    plain_label,
    response_id,
)
from assessments.formats.qti.parts import QtiItem, mark, safe_id
from assessments.formats.records import NotReadableError
from assessments.interactions.processed.names import attribute, children, name_of, named

KindAndData = tuple[str, dict]


def picture(item: QtiItem, interaction: etree._Element) -> dict:
    """Return the picture that an interaction stands on; sizes are its own pixels where they are not written."""
    stage = interaction.getparent()
    is_stage = stage is not None and name_of(stage) == "position-object-stage"
    within = stage if is_stage else interaction
    for element in children(within) + named(within, "object", "img", "picture"):
        if name_of(element) not in {"object", "img", "picture"}:
            continue
        made = re.search(r'<img src="([^"]*)" alt="([^"]*)"', item.outer_html(element))
        if made:
            data = item.files.by_key[made[1]]
            width, height = attribute(element, "width"), attribute(element, "height")
            size = size_of(data) or (0, 0)
            sides = [
                int(float(given)) if re.fullmatch(r"[\d.]+", given) and float(given) >= 1 else own
                for given, own in zip((width, height), size, strict=True)
            ]
            if min(sides) > 0:
                return {
                    "src": made[1],
                    "width": sides[0],
                    "height": sides[1],
                    "alt": made[2] or plain_label(item, interaction)[:300],
                }
    named_there = [
        attribute(each, "data") or attribute(each, "src") for each in named(within, "object", "img")
    ]
    raise NotReadableError(
        _(
            "The picture that the question stands on (%(name)s) is not in the package, or is no picture. Import the whole package, as a zip."
        )
        % {"name": ", ".join(named_there) or "-"}
    )


def area(element: etree._Element) -> dict:
    """Return a shape; an ellipse becomes the rectangle around it, and `default` is refused."""
    shape = attribute(element, "shape", "rect")
    coords = [
        float(number) for number in re.split(r"[,\s]+", attribute(element, "coords")) if number
    ]
    if shape == "ellipse":
        x, y, across, down = coords
        return {"shape": "rect", "coords": [x - across, y - down, x + across, y + down]}
    return {"shape": shape, "coords": coords}


def _areas(item: QtiItem, interaction: etree._Element, *names: str) -> list[dict]:
    made = []
    for place, each in enumerate(named(interaction, *names), 1):
        label = attribute(each, "hotspot-label") or attribute(each, "aria-label") or str(place)
        made.append({"id": safe_id(attribute(each, "identifier")), "label": label, **area(each)})
    return made


def hotspot(item: QtiItem, interaction: etree._Element) -> KindAndData:
    identifier = response_id(interaction)
    if is_all_or_nothing(item, identifier):
        item.notes.append(str(ALL_OR_NOTHING))
    limit = attribute(interaction, "max-choices", "1")
    right = [safe_id(each) for each in listed_key(item, identifier)]
    if not right:
        right = [
            safe_id(attribute(each, "identifier"))
            for each in named(interaction, "hotspot-choice")
            if (item.points({identifier: attribute(each, "identifier")}) or Decimal(0)) > 0
        ]
    if not right:
        raise NotReadableError(_("Nothing says which part of the picture is right."))
    return "hotspot", {
        "picture": picture(item, interaction),
        "areas": _areas(item, interaction, "hotspot-choice"),
        "right": right,
        "max_choices": min(100, int(limit)) if limit.isdigit() else 1,
    }


def select_point(item: QtiItem, interaction: etree._Element) -> KindAndData:
    """Targets are the areas of the response's area mapping, or around a right point."""
    identifier = response_id(interaction)
    declaration = item.program.responses.get(identifier)
    targets = []
    if declaration is not None and declaration.areas is not None:
        entries = [
            (area(each), Decimal(attribute(each, "mapped-value", "0")))
            for each in children(declaration.areas)
            if attribute(each, "shape") != "default"
        ]
        best = max((value for _area, value in entries), default=Decimal(0))
        if best > 0:
            targets = [
                {**shape, "mark": mark(max(Decimal(-1), value / best))} for shape, value in entries
            ]
    if not targets:
        for rule in named(item.root, "inside"):
            targets.append({**area(rule), "mark": "1"})
    if not targets:
        for point in listed_key(item, identifier):
            x, y = (float(part) for part in point.split())
            targets.append({"shape": "circle", "coords": [x, y, 10], "mark": "1"})
    if not targets:
        raise NotReadableError(_("Nothing says which part of the picture is right."))
    limit = attribute(interaction, "max-choices", "1")
    return "hotspot", {
        "picture": picture(item, interaction),
        "targets": targets,
        "max_choices": min(100, int(limit)) if limit.isdigit() else 1,
    }


def graphic_gap_match(item: QtiItem, interaction: etree._Element) -> KindAndData:
    identifier = response_id(interaction)
    pairs = keyed_pairs(item, identifier)
    if is_all_or_nothing(item, identifier):
        item.notes.append(str(ALL_OR_NOTHING))
    spots = [
        {
            **spot,
            "labels": [safe_id(label) for label, place in pairs if safe_id(place) == spot["id"]],
        }
        for spot in _areas(item, interaction, "associable-hotspot")
    ]
    made = labels(item, interaction)
    for each in made:
        each["text"] = each["text"] or each["id"]
    return "graphic_gap_match", {
        "picture": picture(item, interaction),
        "spots": spots,
        "labels": made,
    }
