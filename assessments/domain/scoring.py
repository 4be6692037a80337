"""Pure scoring: no queries, no clock, no globals but the kinds themselves."""

from decimal import Decimal

from assessments.interactions import KINDS
from assessments.interactions.base import Content, Value


def score_item(kind: str, content: Content, value: Value) -> Decimal:
    """Return the score of `value`, 0…1; no value, or one that is not of the kind's shape, is 0."""
    if value in (None, "", []):
        return Decimal(0)
    return KINDS[kind].score(content, value)


def percent(scores: list[Decimal]) -> int:
    """Whole per cent of the most that could be had, rounded half up."""
    if not scores:
        return 0
    return int(100 * sum(scores, Decimal(0)) / len(scores) + Decimal("0.5"))
