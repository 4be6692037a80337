"""One or several of a list."""

from decimal import Decimal

from django.utils.translation import ngettext

from assessments.interactions.base import (
    UNANSWERED,
    Line,
    Score,
    exact,
    judged,
    share,
    verdict_of,
)
from assessments.interactions.choice.body import ChoiceBody, ChoicesBody, Option
from assessments.interactions.markup import rich
from assessments.interactions.reading import ids_of
from assessments.interactions.shapes import Value


def _told(option: Option, fraction: Decimal) -> Line:
    return Line(rich(option.text), verdict_of(fraction), rich(option.feedback))


@exact
def score_one(body: ChoiceBody, value: Value) -> Score:
    if not isinstance(value, str):
        return UNANSWERED
    marks = {option.id: option.mark for option in body.options}
    if value not in marks:
        return UNANSWERED
    return judged(marks[value] / max(marks.values()), {value: marks[value]})


def best_one(body: ChoiceBody) -> Value:
    return max(body.options, key=lambda option: option.mark).id


def explain_one(body: ChoiceBody, value: Value) -> list[Line]:
    verdict = score_one(body, value).fraction
    return [_told(option, verdict) for option in body.options if option.id == value]


def solution_one(body: ChoiceBody) -> list[str]:
    top = max(option.mark for option in body.options)
    return [rich(option.text) for option in body.options if option.mark == top]


def _chosen(body: ChoicesBody, value: Value) -> list[Option]:
    chosen = set(ids_of(value, (option.id for option in body.options)))
    return [option for option in body.options if option.id in chosen]


def _wanted(body: ChoicesBody) -> list[Option]:
    """The right options, best first, as many as may be chosen."""
    right = sorted(
        (option for option in body.options if option.mark > 0),
        key=lambda option: option.mark,
        reverse=True,
    )
    return right[: body.max_choices or len(right)]


@exact
def score_several(body: ChoicesBody, value: Value) -> Score:
    chosen = _chosen(body, value)
    if not chosen:
        return UNANSWERED
    parts = {option.id: option.mark for option in chosen}
    wanted = _wanted(body)
    right = sum(option.mark > 0 for option in chosen)
    wrong = len(chosen) - right
    if body.max_choices and len(chosen) > body.max_choices:
        return judged(Decimal(0), parts)
    if body.method == "all_or_nothing":
        return judged(Decimal(right == len(wanted) and not wrong), parts)
    if body.method == "right_minus_wrong":
        return judged(share(right - wrong, len(wanted)), parts)
    reached = sum((option.mark for option in chosen), Decimal(0))
    whole = sum((option.mark for option in wanted), Decimal(0))
    return judged(share(reached, whole) if reached > 0 else reached / whole, parts)


def best_several(body: ChoicesBody) -> Value:
    return [option.id for option in _wanted(body)]


def explain_several(body: ChoicesBody, value: Value) -> list[Line]:
    return [_told(option, Decimal(option.mark > 0)) for option in _chosen(body, value)]


def solution_several(body: ChoicesBody) -> list[str]:
    return [rich(option.text) for option in body.options if option.mark > 0]


def too_many(count: int, most: int) -> str:
    """A sentence where more than `most` are chosen."""
    if not most or count <= most:
        return ""
    return ngettext(
        "You chose %(count)d, so this cannot score. Choose %(most)d at most.",
        "You chose %(count)d, so this cannot score. Choose %(most)d at most.",
        most,
    ) % {"count": count, "most": most}


def remark_several(body: ChoicesBody, value: Value) -> str:
    return too_many(len(_chosen(body, value)), body.max_choices)
