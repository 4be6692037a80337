"""Labels put onto a picture."""

from django.utils.translation import gettext as _

from assessments.interactions.base import Line, Score
from assessments.interactions.graphic_gap_match.body import GraphicGapMatchBody
from assessments.interactions.markup import plain
from assessments.interactions.placing import (
    best_places,
    explain_places,
    remark_places,
    score_places,
    solve_places,
)
from assessments.interactions.shapes import Value


def _key(body: GraphicGapMatchBody) -> dict[str, list[str]]:
    return {spot.id: spot.labels for spot in body.spots}


def spot_names(body: GraphicGapMatchBody) -> dict[str, str]:
    """What each spot is called: its number on the picture, and its own label where it has one."""
    return {
        spot.id: _("Place %(number)d: %(label)s") % {"number": number, "label": plain(spot.label)}
        if spot.label
        else _("Place %(number)d") % {"number": number}
        for number, spot in enumerate(body.spots, start=1)
    }


def score(body: GraphicGapMatchBody, value: Value) -> Score:
    return score_places(_key(body), body.labels, value)


def best(body: GraphicGapMatchBody) -> Value:
    return best_places(_key(body), body.labels)


def explain(body: GraphicGapMatchBody, value: Value) -> list[Line]:
    return explain_places(_key(body), body.labels, value, spot_names(body))


def solution(body: GraphicGapMatchBody) -> list[str]:
    return solve_places(_key(body), body.labels, spot_names(body))


def remark(body: GraphicGapMatchBody, value: Value) -> str:
    return remark_places(_key(body), body.labels, value)
