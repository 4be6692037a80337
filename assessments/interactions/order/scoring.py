"""Things put in order, with or without indents."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.interactions.base import UNANSWERED, Line, Score, exact, judged, share
from assessments.interactions.markup import plain, rich
from assessments.interactions.order.body import OrderBody
from assessments.interactions.reading import table_of
from assessments.interactions.shapes import Value

MAX_DIGITS = 3
INDENT = "\u2003"


def _small(value: Any) -> int | None:
    """`value` as a small number, None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 10**MAX_DIGITS else None
    is_digits = isinstance(value, str) and value.isascii() and value.isdecimal()
    return int(value) if is_digits and len(value) <= MAX_DIGITS else None


def places_of(body: OrderBody, value: Value) -> dict[str, int]:
    """The place of each thing that has one."""
    table = table_of(table_of(value).get("places"))
    places = {thing.id: _small(table.get(thing.id)) for thing in body.things}
    return {thing: place for thing, place in places.items() if place}


def indents_of(body: OrderBody, value: Value) -> dict[str, int]:
    """The steps by which each thing is indented."""
    table = table_of(table_of(value).get("indents"))
    return {thing.id: _small(table.get(thing.id)) or 0 for thing in body.things}


def _shared(places: dict[str, int]) -> set[int]:
    return {place for place, count in Counter(places.values()).items() if count > 1}


@exact
def score(body: OrderBody, value: Value) -> Score:
    places = places_of(body, value)
    if not places:
        return UNANSWERED
    shared, indents = _shared(places), indents_of(body, value)
    settled = {thing: place for thing, place in places.items() if place not in shared}
    row = sorted(settled, key=settled.__getitem__)
    if len(places) == len(settled) == len(body.order):
        settled = {thing: number for number, thing in enumerate(row, start=1)}
    fine = {
        thing for thing in body.order
        if not body.max_indent or indents[thing] == body.indents.get(thing, 0)
    }  # fmt: skip
    parts = {
        thing: Decimal(settled.get(thing) == number and thing in fine)
        for number, thing in enumerate(body.order, start=1)
    }
    if body.method == "all_or_nothing":
        is_right = row == body.order and not shared and fine == set(body.order)
        return judged(Decimal(is_right), parts)
    surplus = max(0, len(places) - len(body.order))
    if body.method == "places":
        return judged(share(sum(parts.values(), Decimal(0)) - surplus, len(parts)), parts)
    follows = set(pairwise(row))
    wanted = list(pairwise(body.order))
    right = sum(pair in follows and set(pair) <= fine for pair in wanted)
    return judged(share(right - surplus, len(wanted)), parts)


def best(body: OrderBody) -> Value:
    places = {thing: str(number) for number, thing in enumerate(body.order, start=1)}
    things = [thing.id for thing in body.things]
    value = {"places": {thing: places.get(thing, "") for thing in things}}
    if body.max_indent:
        value["indents"] = {thing: str(body.indents.get(thing, 0)) for thing in things}
    return value


def _told(place: int, indent: int, text: str) -> SafeString:
    return format_html("{}. {}{}", place, INDENT * min(indent, 8), rich(text))


def explain(body: OrderBody, value: Value) -> list[Line]:
    places, indents = places_of(body, value), indents_of(body, value)
    parts = score(body, value).parts
    texts = {thing.id: thing.text for thing in body.things}
    return [
        Line(
            _told(place, indents[thing] if body.max_indent else 0, texts[thing]),
            "right" if parts.get(thing) == 1 else "wrong",
        )
        for thing, place in sorted(places.items(), key=lambda entry: entry[1])
    ]


def solution(body: OrderBody) -> list[str]:
    texts = {thing.id: thing.text for thing in body.things}
    return [
        _told(number, body.indents.get(thing, 0), texts[thing])
        for number, thing in enumerate(body.order, start=1)
    ]


def remark(body: OrderBody, value: Value) -> str:
    places = places_of(body, value)
    for place in sorted(_shared(places)):
        names = [plain(thing.text) for thing in body.things if places.get(thing.id) == place]
        return _(
            "“%(one)s” and “%(other)s” have the same place, %(place)d, so neither can score. Give each its own."
        ) % {"one": names[0], "other": names[1], "place": place}
    return ""
