"""A scale or a poll: never scored."""

from django.utils.html import format_html

from assessments.interactions.base import UNANSWERED, UNSCORED, Line, Score
from assessments.interactions.markup import rich
from assessments.interactions.reading import table_of
from assessments.interactions.scale.body import ScaleBody
from assessments.interactions.shapes import Value


def _chosen(body: ScaleBody, value: Value) -> dict[str, str]:
    points = {point.id for point in body.points}
    table = table_of(value)
    entries = {statement.id: table.get(statement.id) for statement in body.statements}
    return {
        statement: point
        for statement, point in entries.items()
        if isinstance(point, str) and point in points
    }


def score(body: ScaleBody, value: Value) -> Score:
    return UNSCORED if _chosen(body, value) else UNANSWERED


def best(body: ScaleBody) -> Value:
    return None


def explain(body: ScaleBody, value: Value) -> list[Line]:
    chosen = _chosen(body, value)
    texts = {point.id: rich(point.text) for point in body.points}
    return [
        Line(format_html("{}: {}", rich(statement.text), texts[chosen[statement.id]]), "unscored")
        for statement in body.statements
        if statement.id in chosen
    ]


def solution(body: ScaleBody) -> list[str]:
    return []
