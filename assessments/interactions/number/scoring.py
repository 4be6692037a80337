"""A number within a tolerance, in its unit."""

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.interactions.base import UNANSWERED, Line, Score, exact, judged, verdict_of
from assessments.interactions.markup import rich, typed
from assessments.interactions.number.body import NumberBody, Unit
from assessments.interactions.reading import (
    example_number,
    first_number_fit,
    fold,
    read_measure,
    text_of,
    told_number,
)
from assessments.interactions.shapes import AcceptedNumber, Value


def _typed(value: Value) -> tuple[str, str]:
    """The number as typed and the unit as chosen."""
    if isinstance(value, dict):
        return text_of(value.get("number")), text_of(value.get("unit"))
    return text_of(value), ""


def _unit_called(body: NumberBody, symbol: str) -> Unit | None:
    for unit in body.units:
        if unit.symbol == symbol:
            return unit
    return next((unit for unit in body.units if fold(unit.symbol) == fold(symbol)), None)


def _read(body: NumberBody, value: Value) -> tuple[Decimal, Unit | None] | None:
    """The number and its unit; None where what was typed is no number."""
    number, chosen = _typed(value)
    measure = read_measure(number)
    if measure is None:
        return None
    amount, behind = measure
    if not behind:
        return amount, _unit_called(body, chosen)
    if body.units:
        return amount, _unit_called(body, behind)
    return (amount, None) if fold(behind) == fold(body.unit) else None


def _fit(body: NumberBody, value: Value) -> tuple[AcceptedNumber | None, bool]:
    """The answer that fits, and whether its unit does."""
    measure = _read(body, value)
    if measure is None:
        return None, False
    amount, unit = measure
    if not body.units:
        return first_number_fit(body.answers, amount), True
    if unit is not None:
        answer = first_number_fit(body.answers, amount * unit.factor)
        if answer is not None and answer.mark > 0:
            return answer, True
    return first_number_fit(body.answers, amount), unit is not None and unit.factor == 1


@exact
def score(body: NumberBody, value: Value) -> Score:
    if not _typed(value)[0].strip():
        return UNANSWERED
    answer, has_unit = _fit(body, value)
    if answer is None:
        return judged(Decimal(0))
    fraction = answer.mark / max(each.mark for each in body.answers)
    if not has_unit and fraction > 0:
        fraction *= 1 - body.unit_penalty
    return judged(fraction)


def best(body: NumberBody) -> Value:
    unit = next((unit.symbol for unit in body.units if unit.factor == 1), "")
    values = [{"number": example_number(answer), "unit": unit} for answer in body.answers]
    return next((value for value in values if score(body, value).fraction == 1), values[0])


@exact
def explain(body: NumberBody, value: Value) -> list[Line]:
    number, unit = _typed(value)
    if not number.strip():
        return []
    answer, has_unit = _fit(body, value)
    verdict = verdict_of(score(body, value).fraction)
    told = f"{number} {unit or body.unit}".strip()
    feedback = rich(answer.feedback) if answer else ""
    if answer and answer.mark > 0 and not has_unit:
        feedback = _("The number is right, its unit is not.")
    return [Line(typed(told), verdict, feedback)]


def solution(body: NumberBody) -> list[str]:
    top = max(answer.mark for answer in body.answers)
    unit = next((unit.symbol for unit in body.units if unit.factor == 1), body.unit)
    return [
        typed(f"{told_number(answer)} {unit}".strip())
        for answer in body.answers
        if answer.mark == top
    ]


def remark(body: NumberBody, value: Value) -> str:
    number, unit = _typed(value)
    if not number.strip():
        return ""
    measure = _read(body, value)
    if measure is None:
        return not_a_number()
    if not body.units:
        return ""
    read = measure[1]
    if read is None:
        return _("This has no unit that can be chosen here. Choose the unit of your number.")
    if unit and read.symbol != unit:
        return _("You typed one unit and chose another. The one you typed counts.")
    return ""


def not_a_number() -> str:
    return _("This is not a number, so it cannot score. Write digits, such as 12 or 0.5.")
