"""Pure scoring: no queries, no clock, no globals but the kinds themselves."""

from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assessments.interactions import KINDS
from assessments.interactions.base import UNANSWERED, UNSCORED, Score
from assessments.interactions.behaviours import after_tries, with_certainty
from assessments.interactions.shapes import Body, Value

CENT = Decimal("0.01")


def is_empty(value: Value) -> bool:
    """Whether nothing was answered: nowhere in `value` is there a text that is not blank, or a number."""
    match value:
        case str():
            return not value.strip()
        case dict():
            return all(is_empty(part) for part in value.values())
        case list():
            return all(is_empty(part) for part in value)
        case None | False:
            return True
        case _:
            return False


def score_body(kind: str, body: Body, value: Value) -> Score:
    """Score `value` for a body whose variables are filled in: assessments design, section 8.2."""
    interaction = KINDS[kind]
    if interaction.scored_by == "nobody":
        return UNSCORED
    if is_empty(value):
        return UNANSWERED
    return interaction.score(body, value)


@dataclass(frozen=True)
class Rules:
    """How a quiz lets an item be answered: `checks` is how often it may be checked before handing in."""

    checks: int = 0
    penalty: Decimal = Decimal(0)  # of the item's points, for each wrong check
    has_certainty: bool = False


@dataclass
class Standing:
    """What counts of an item's responses: the newest answer, and the checks before it, oldest first."""

    value: Value = None
    certainty: int | None = None
    checks: list[tuple[Value, int | None]] = field(default_factory=list)
    is_flagged: bool = False
    is_late: bool = False
    is_seen: bool = False  # answered, or passed over where there is no way back

    @property
    def is_answered(self) -> bool:
        return not is_empty(self.value)


@dataclass(frozen=True)
class Reached:
    """`score` of the value that counts, and the points that it brings under the rules of the quiz."""

    score: Score
    points: Decimal
    value: Value
    is_locked: bool  # no further answer can count


def reach(kind: str, body: Body, standing: Standing, rules: Rules, maximum: Decimal) -> Reached:
    """Walk through the checks of an item and say what it brings."""

    def points(score: Score, certainty: int | None, wrong_checks: int) -> Decimal:
        share = after_tries(score.fraction, wrong_checks, rules.penalty)
        if rules.has_certainty:
            share = with_certainty(replace(score, fraction=share), certainty or 1)
        return (maximum * share).quantize(Decimal("0.0001"), ROUND_HALF_UP)

    for number, (value, certainty) in enumerate(standing.checks[: rules.checks]):
        score = score_body(kind, body, value)
        if score.fraction == 1 or number + 1 == rules.checks:
            return Reached(score, points(score, certainty, number), value, is_locked=True)
    score = score_body(kind, body, standing.value)
    tries = len(standing.checks[: rules.checks])
    # an answer that was checked and left as it is has not been tried once more
    if tries and standing.value == standing.checks[tries - 1][0]:
        tries -= 1
    return Reached(score, points(score, standing.certainty, tries), standing.value, is_locked=False)


def percent(score: Decimal, maximum: Decimal) -> int:
    """Whole per cent of the most that could be had, rounded half up; never below 0."""
    if not maximum:
        return 100
    return int(max(Decimal(0), 100 * score / maximum) + Decimal("0.5"))


def total(scores: list[Decimal]) -> Decimal:
    """Points of an attempt, to the cent; wrong answers that take away never bring it below 0."""
    return max(Decimal(0), sum(scores, Decimal(0))).quantize(CENT, ROUND_HALF_UP)


def seed_of(attempt_seed: str, position: int) -> str:
    """The seed of one item's variables and order."""
    return f"{attempt_seed}:{position}"


def plain(score: Score) -> dict[str, Any]:
    """The parts of a score as JSON."""
    return {name: str(part) for name, part in score.parts.items()}
