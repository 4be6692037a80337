"""Things put into places: words into the gaps of a text, labels onto a picture."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import gettext as _

from assessments.interactions.base import UNANSWERED, Line, Score, exact, judged, share
from assessments.interactions.gap_match.body import Word
from assessments.interactions.markup import plain, rich
from assessments.interactions.reading import table_of
from assessments.interactions.shapes import Value

Key = Mapping[str, Sequence[str]]  # the things that are right for each place; none: it stays empty


def _placed(key: Key, things: Sequence[Word], value: Value) -> dict[str, str]:
    known = {thing.id for thing in things}
    table = table_of(value)
    entries = {place: table.get(place) for place in key}
    return {
        place: thing
        for place, thing in entries.items()
        if isinstance(thing, str) and thing in known
    }


def _overused(things: Sequence[Word], placed: Mapping[str, str]) -> Word | None:
    """A thing that stands in more places than it may."""
    used = Counter(placed.values())
    return next((thing for thing in things if thing.uses and used[thing.id] > thing.uses), None)


@exact
def score_places(key: Key, things: Sequence[Word], value: Value) -> Score:
    """The share of places that are right, less those filled that stay empty.

    Things used more often than they may score nowhere.
    """
    placed = _placed(key, things, value)
    if not placed:
        return UNANSWERED
    used = Counter(placed.values())
    spent = {thing.id for thing in things if thing.uses and used[thing.id] > thing.uses}
    parts = {
        place: Decimal(placed.get(place) in right and placed.get(place) not in spent)
        for place, right in key.items()
        if right
    }
    astray = sum(not key[place] for place in placed)
    return judged(share(sum(parts.values(), Decimal(0)) - astray, len(parts)), parts)


def best_places(key: Key, things: Sequence[Word]) -> dict[str, str]:
    """A right thing for each place, none used more often than it may: an assignment by augmenting paths."""
    room = {thing.id: thing.uses or len(key) for thing in things}
    held: dict[str, list[str]] = {thing.id: [] for thing in things}

    def seat(place: str, tried: set[str]) -> bool:
        for thing in key[place]:
            if thing in tried:
                continue
            tried.add(thing)
            if len(held[thing]) < room[thing]:
                held[thing].append(place)
                return True
            for index, other in enumerate(held[thing]):
                if seat(other, tried):
                    held[thing][index] = place
                    return True
        return False

    for place in key:
        seat(place, set())
    return {place: thing for thing, places in held.items() for place in places}


def explain_places(
    key: Key, things: Sequence[Word], value: Value, names: Mapping[str, str]
) -> list[Line]:
    """A line for each place that counts or was filled; `names` are the places' own, as HTML."""
    placed = _placed(key, things, value)
    texts = {thing.id: rich(thing.text) for thing in things}
    parts = score_places(key, things, value).parts
    return [
        Line(
            format_html("{}: {}", names[place], texts[placed[place]])
            if place in placed
            else format_html("{}: —", names[place]),
            "unanswered" if place not in placed else "right" if parts.get(place) else "wrong",
        )
        for place in key
        if placed and (place in placed or key[place])
    ]


def solve_places(key: Key, things: Sequence[Word], names: Mapping[str, str]) -> list[str]:
    texts = {thing.id: rich(thing.text) for thing in things}
    solved = best_places(key, things)
    return [
        format_html("{}: {}", names[place], texts[solved[place]])
        for place in key
        if place in solved
    ]


def remark_places(key: Key, things: Sequence[Word], value: Value) -> str:
    thing = _overused(things, _placed(key, things, value))
    if thing is None:
        return ""
    return _(
        "You used “%(name)s” more often than it may be used, so it cannot score there. Use it %(uses)d times at most."
    ) % {"name": plain(thing.text), "uses": thing.uses}
