"""Gaps in a text, each scored by itself and weighed."""

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.interactions.base import UNANSWERED, Line, Score, exact, judged, share, verdict_of
from assessments.interactions.gaps.body import Gap, GapsBody
from assessments.interactions.markup import rich, typed
from assessments.interactions.reading import (
    example_number,
    first_fit,
    first_number_fit,
    read_number,
    table_of,
    text_of,
    told_number,
)
from assessments.interactions.shapes import Accepted, AcceptedNumber, Value
from assessments.interactions.text_entry.scoring import best_text, told_answers


def _sensitive(body: GapsBody) -> dict[str, bool]:
    return {
        "is_case_sensitive": body.is_case_sensitive,
        "is_accent_sensitive": body.is_accent_sensitive,
    }


def _fit(body: GapsBody, gap: Gap, text: str) -> Accepted | AcceptedNumber | None:
    if gap.how == "dropdown":
        return next((answer for answer in gap.accepted if answer.text == text), None)
    if gap.how == "number":
        number = read_number(text)
        return None if number is None else first_number_fit(gap.numbers, number)
    return first_fit(gap.accepted, text, **_sensitive(body))


def _top(gap: Gap) -> Decimal:
    return max(answer.mark for answer in (gap.numbers if gap.how == "number" else gap.accepted))


def _filled(body: GapsBody, value: Value) -> dict[str, str]:
    """What was entered, by gap, as far as gaps and options are known."""
    table = table_of(value)
    filled = {}
    for gap in body.gaps:
        text = text_of(table.get(gap.id))
        known = gap.how != "dropdown" or text in {option.id for option in gap.options}
        if text.strip() and known:
            filled[gap.id] = text
    return filled


@exact
def score(body: GapsBody, value: Value) -> Score:
    filled = _filled(body, value)
    if not filled:
        return UNANSWERED
    parts = {gap.id: Decimal(0) for gap in body.gaps}
    for gap in body.gaps:
        answer = _fit(body, gap, filled[gap.id]) if gap.id in filled else None
        if answer is not None:
            parts[gap.id] = answer.mark / _top(gap)
    reached = sum((gap.weight * parts[gap.id] for gap in body.gaps), Decimal(0))
    whole = sum((gap.weight for gap in body.gaps), Decimal(0))
    return judged(share(reached, whole) if reached > 0 else reached / whole, parts)


def best(body: GapsBody) -> Value:
    value = {}
    for gap in body.gaps:
        if gap.how == "dropdown":
            value[gap.id] = max(gap.accepted, key=lambda answer: answer.mark).text
        elif gap.how == "number":
            value[gap.id] = example_number(max(gap.numbers, key=lambda answer: answer.mark))
        else:
            text = best_text(gap.accepted, **_sensitive(body))
            if text is None:
                return None
            value[gap.id] = text
    return value


def _shown(gap: Gap, text: str) -> str:
    if gap.how != "dropdown":
        return typed(text)
    return next(rich(option.text) for option in gap.options if option.id == text)


@exact
def explain(body: GapsBody, value: Value) -> list[Line]:
    filled = _filled(body, value)
    lines = []
    for gap in body.gaps:
        if gap.id in filled:
            answer = _fit(body, gap, filled[gap.id])
            verdict = verdict_of(answer.mark / _top(gap) if answer else Decimal(0))
            feedback = rich(answer.feedback) if answer else ""
            lines.append(Line(_shown(gap, filled[gap.id]), verdict, feedback))
        elif filled:
            lines.append(Line("—", "unanswered"))
    return lines


def _solved(gap: Gap) -> str:
    if gap.how == "number":
        return typed(told_number(max(gap.numbers, key=lambda answer: answer.mark)))
    if gap.how == "dropdown":
        return _shown(gap, max(gap.accepted, key=lambda answer: answer.mark).text)
    return told_answers(gap.accepted)[0]


def solution(body: GapsBody) -> list[str]:
    return [_solved(gap) for gap in body.gaps]


def remark(body: GapsBody, value: Value) -> str:
    filled = _filled(body, value)
    for number, gap in enumerate(body.gaps, start=1):
        if gap.how == "number" and gap.id in filled and read_number(filled[gap.id]) is None:
            return _(
                "Gap %(number)d is not a number, so it cannot score. Write digits, such as 12 or 0.5."
            ) % {"number": number}
    return ""
