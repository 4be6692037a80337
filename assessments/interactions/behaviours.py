"""How certainty and repeated tries change what scoring gave. Scoring itself knows of neither."""

from decimal import Decimal

from assessments.interactions.base import Score, exact

RIGHT = {1: Decimal(1), 2: Decimal(2), 3: Decimal(3)}
WRONG = {1: Decimal(0), 2: Decimal(-2), 3: Decimal(-6)}
HIGHEST = RIGHT[3]


@exact
def with_certainty(score: Score, certainty: int) -> Decimal:
    """The share of the points at `certainty` 1…3, as in Moodle's certainty-based marking over 3.

    Right brings 1/3, 2/3 or 3/3 of the points; wrong 0, -2/3 or -6/3. A partly right answer brings its share of the
    first. What was not answered, or waits for a person, is left as it is.
    """
    if score.verdict in {"unanswered", "unscored"}:
        return score.fraction
    if score.fraction <= 0:
        return WRONG[certainty] / HIGHEST
    return score.fraction * RIGHT[certainty] / HIGHEST


@exact
def after_tries(fraction: Decimal, tries_used: int, penalty: Decimal) -> Decimal:
    """`fraction` less `penalty` for each of the tries used before; that alone takes nothing below 0."""
    if fraction <= 0:
        return fraction
    return max(Decimal(0), fraction - penalty * tries_used)
