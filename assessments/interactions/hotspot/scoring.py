"""Marks on a picture: areas chosen, or points."""

import math
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.interactions.base import UNANSWERED, Line, Score, exact, judged, share
from assessments.interactions.choice.scoring import too_many
from assessments.interactions.geometry import Grid, Point, contains, grid_of, is_hit, middle
from assessments.interactions.hotspot.body import HotspotBody, Target
from assessments.interactions.markup import plain, rich
from assessments.interactions.reading import ids_of
from assessments.interactions.shapes import Area, Value

MAX_POINTS = 100
FAR = 1e7


def area_names(body: HotspotBody) -> dict[str, str]:
    """What each area is called: its number on the picture, and its own label where it has one."""
    return {
        area.id: f"{number}. {plain(area.label)}" if area.label else str(number)
        for number, area in enumerate(body.areas, start=1)
    }


def points_of(value: Value) -> list[Point]:
    """The points of `value`, each once, in an order of their own."""
    if not isinstance(value, list):
        return []
    points = set()
    for each in value:
        if isinstance(each, list | tuple) and len(each) == 2:  # noqa: PLR2004  x and y
            is_pair = all(
                isinstance(number, int | float)
                and not isinstance(number, bool)
                and -FAR < number < FAR
                for number in each
            )
            if is_pair:
                points.add((float(each[0]), float(each[1])))
    return sorted(points)


def _hits(targets: Sequence[Target], points: Sequence[Point], grid: Grid) -> dict[int, int]:
    """{point: target} by their numbers: each used once, the highest marks first, as many as can be."""
    reach = [
        [number for number, point in enumerate(points) if is_hit(target, point, grid)]
        for target in targets
    ]
    taken: dict[int, int] = {}

    def seat(target: int, tried: set[int]) -> bool:
        for point in reach[target]:
            if point in tried:
                continue
            tried.add(point)
            if point not in taken or seat(taken[point], tried):
                taken[point] = target
                return True
        return False

    for target in sorted(range(len(targets)), key=lambda each: -targets[each].mark):
        if targets[target].mark > 0:
            seat(target, set())
    for target, each in enumerate(targets):
        if each.mark <= 0:
            free = next((point for point in reach[target] if point not in taken), None)
            if free is not None:
                taken[free] = target
    return taken


def _best_targets(body: HotspotBody) -> list[Target]:
    right = sorted(
        (target for target in body.targets if target.mark > 0),
        key=lambda target: target.mark,
        reverse=True,
    )
    return right[: body.max_choices or len(right)]


def _score_areas(body: HotspotBody, value: Value) -> Score:
    chosen = ids_of(value, [area.id for area in body.areas])
    if not chosen:
        return UNANSWERED
    parts = {area: Decimal(area in body.right) for area in chosen}
    if body.max_choices and len(chosen) > body.max_choices:
        return judged(Decimal(0), parts)
    wanted = len(_best_areas(body))
    right = sum(area in body.right for area in chosen)
    return judged(share(right - max(0, len(chosen) - wanted), wanted), parts)


def _best_areas(body: HotspotBody) -> list[str]:
    right = list(dict.fromkeys(body.right))
    return right[: body.max_choices or len(right)]


def _score_points(body: HotspotBody, value: Value) -> Score:
    points = points_of(value)
    if not points:
        return UNANSWERED
    if len(points) > (body.max_choices or MAX_POINTS):
        return judged(Decimal(0))
    taken = _hits(body.targets, points, grid_of(body.picture))
    wanted = _best_targets(body)
    whole = sum((target.mark for target in wanted), Decimal(0))
    reached = sum((body.targets[target].mark for target in taken.values()), Decimal(0))
    misses = len(points) - len(taken)
    surplus = min(misses, max(0, len(points) - len(wanted)))
    lost = surplus * whole / len(wanted)
    if reached > lost:
        return judged(share(reached - lost, whole))
    return judged(min(Decimal(0), reached / whole))


@exact
def score(body: HotspotBody, value: Value) -> Score:
    return _score_areas(body, value) if body.areas else _score_points(body, value)


def _inner(target: Target, targets: Sequence[Target]) -> Point:
    """A point of `target`, if possible of no other."""
    centre = middle(target)
    if contains(target, centre) and sum(contains(each, centre) for each in targets) == 1:
        return centre
    coords = target.coords
    xs = coords[::2] if target.shape != "circle" else [coords[0] - coords[2], coords[0] + coords[2]]
    ys = (
        coords[1::2] if target.shape != "circle" else [coords[1] - coords[2], coords[1] + coords[2]]
    )
    steps = [(number + 0.5) / 24 for number in range(24)]
    spots = [
        (min(xs) + (max(xs) - min(xs)) * across, min(ys) + (max(ys) - min(ys)) * down)
        for down in steps
        for across in steps
    ]
    inside = [spot for spot in spots if contains(target, spot)]
    inside.sort(key=lambda spot: sum(contains(each, spot) for each in targets))
    return inside[0] if inside else centre


def best(body: HotspotBody) -> Value:
    if body.areas:
        return _best_areas(body)
    return [list(_inner(target, body.targets)) for target in _best_targets(body)]


def explain(body: HotspotBody, value: Value) -> list[Line]:
    if body.areas:
        chosen, names = ids_of(value, [area.id for area in body.areas]), area_names(body)
        return [
            Line(_told(area, names), "right" if area.id in body.right else "wrong")
            for area in body.areas
            if area.id in chosen
        ]
    points, grid = points_of(value)[:MAX_POINTS], grid_of(body.picture)
    taken = _hits(body.targets, points, grid)
    return [
        Line(
            _("Cell %(name)s") % {"name": grid.name(*grid.cell(point))},
            "right" if number in taken and body.targets[taken[number]].mark > 0 else "wrong",
        )
        for number, point in enumerate(points)
    ]


def _told(area: Area, names: dict[str, str]) -> str:
    return (
        rich(f"{names[area.id].partition(' ')[0]} {area.label}") if area.label else names[area.id]
    )


def solution(body: HotspotBody) -> list[str]:
    if body.areas:
        names = area_names(body)
        return [_told(area, names) for area in body.areas if area.id in body.right]
    grid = grid_of(body.picture)
    return [
        _("Cell %(name)s") % {"name": grid.name(*grid.cell(_inner(target, body.targets)))}
        for target in _best_targets(body)
        if math.isfinite(target.coords[0])
    ]


def remark(body: HotspotBody, value: Value) -> str:
    chosen = ids_of(value, [area.id for area in body.areas]) if body.areas else points_of(value)
    return too_many(len(chosen), body.max_choices)
