"""Words selected in a text."""

from decimal import Decimal

from assessments.interactions.base import UNANSWERED, Line, Score, exact, judged, share
from assessments.interactions.choice.scoring import too_many
from assessments.interactions.hottext.body import HottextBody
from assessments.interactions.markup import rich
from assessments.interactions.reading import ids_of
from assessments.interactions.shapes import Value


def _chosen(body: HottextBody, value: Value) -> list[str]:
    return ids_of(value, [span.id for span in body.spans])


def _wanted(body: HottextBody) -> list[str]:
    right = list(dict.fromkeys(body.right))
    return right[: body.max_choices or len(right)]


@exact
def score(body: HottextBody, value: Value) -> Score:
    chosen = _chosen(body, value)
    if not chosen:
        return UNANSWERED
    parts = {span: Decimal(span in body.right) for span in chosen}
    if body.max_choices and len(chosen) > body.max_choices:
        return judged(Decimal(0), parts)
    right = sum(span in body.right for span in chosen)
    return judged(share(right - (len(chosen) - right), len(_wanted(body))), parts)


def best(body: HottextBody) -> Value:
    return _wanted(body)


def explain(body: HottextBody, value: Value) -> list[Line]:
    chosen = _chosen(body, value)
    return [
        Line(rich(span.text), "right" if span.id in body.right else "wrong")
        for span in body.spans
        if span.id in chosen
    ]


def solution(body: HottextBody) -> list[str]:
    return [rich(span.text) for span in body.spans if span.id in body.right]


def remark(body: HottextBody, value: Value) -> str:
    return too_many(len(_chosen(body, value)), body.max_choices)
