"""Scores by QTI's own rules, in our contract: it never raises, and reckons the same everywhere."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from assessments.interactions.base import UNANSWERED, Line, Score, exact, judged
from assessments.interactions.processed import interpreter
from assessments.interactions.processed.body import ProcessedBody
from assessments.interactions.processed.parts import PARTS, response_of, value_of
from assessments.interactions.reading import table_of
from assessments.interactions.shapes import Value

_full = lru_cache(maxsize=256)(interpreter.max_score)


def _responses(body: ProcessedBody, value: Value) -> dict[str, list[str]]:
    table, program = table_of(value), interpreter.parse_program(body.rules)
    found = {
        part.id: response_of(part.kind, table.get(part.id), program.responses[part.id].base)
        for part in body.parts
    }
    return {name: texts for name, texts in found.items() if texts}


@exact
def score(body: ProcessedBody, value: Value) -> Score:
    responses = _responses(body, value)
    if not responses:
        return UNANSWERED
    points = interpreter.score(body.rules, responses)
    return judged(Decimal(0) if points is None else points / _full(body.rules))


def best(body: ProcessedBody) -> Value:
    right = interpreter.key(body.rules)
    found = {}
    for part in body.parts:
        texts = right.get(part.id)
        if texts is not None:
            listed = texts if isinstance(texts, list) else [texts]
            found[part.id] = value_of(part.kind, [_text(each) for each in listed])
    return found


def _text(each: Any) -> str:
    return f"{each:g}" if isinstance(each, float) else str(each)


def _told(body: ProcessedBody, value: Value) -> list[str]:
    table = table_of(value)
    return [
        line.text
        for part in body.parts
        for line in PARTS[part.kind].explain(part.body, table.get(part.id))
    ]


def explain(body: ProcessedBody, value: Value) -> list[Line]:
    """Each part as it was answered; only the whole is right or wrong, as only the whole has rules."""
    whole = score(body, value)
    if whole is UNANSWERED:
        return []
    return [Line(text, whole.verdict) for text in _told(body, value)]


def solution(body: ProcessedBody) -> list[str]:
    return _told(body, best(body))
