"""Words put into the gaps of a text."""

from django.utils.translation import gettext as _

from assessments.interactions.base import Line, Score
from assessments.interactions.gap_match.body import GapMatchBody
from assessments.interactions.placing import (
    best_places,
    explain_places,
    remark_places,
    score_places,
    solve_places,
)
from assessments.interactions.shapes import Value


def _key(body: GapMatchBody) -> dict[str, list[str]]:
    return {gap.id: gap.words for gap in body.gaps}


def _names(body: GapMatchBody) -> dict[str, str]:
    return {
        gap.id: _("Gap %(number)d") % {"number": number}
        for number, gap in enumerate(body.gaps, start=1)
    }


def score(body: GapMatchBody, value: Value) -> Score:
    return score_places(_key(body), body.words, value)


def best(body: GapMatchBody) -> Value:
    return best_places(_key(body), body.words)


def explain(body: GapMatchBody, value: Value) -> list[Line]:
    return explain_places(_key(body), body.words, value, _names(body))


def solution(body: GapMatchBody) -> list[str]:
    return solve_places(_key(body), body.words, _names(body))


def remark(body: GapMatchBody, value: Value) -> str:
    return remark_places(_key(body), body.words, value)
