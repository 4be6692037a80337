"""A level for each competency, with its uncertainty, from the answers of one attempt: pure.

Expected a posteriori on a grid, under the two-parameter model with guessing (Birnbaum 1968; Bock & Mislevy 1982).
Questions without calibrated figures stand where their author put them, by level and difficulty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

GRID = np.linspace(-4, 4, 81)
LEVELS = ["foundations", "application", "management", "leadership"]
CUTS = np.array([-0.8, 0.3, 1.2])  # between the four levels
CENTRES = {"foundations": -1.4, "application": -0.25, "management": 0.75, "leadership": 1.8}
SHIFTS = {"easy": -0.5, "medium": 0.0, "hard": 0.5}
NAMED_TOO = 0.25  # a second level is named from this probability on


@dataclass(frozen=True)
class Answered:
    """One answered question: discrimination, difficulty, chance of a lucky guess, and the share scored, 0…1."""

    a: float
    b: float
    c: float
    share: float


@dataclass(frozen=True)
class Placed:
    """`probabilities` are those of the four levels; `error` is the standard error on the scale of the grid."""

    level: str
    or_level: str
    ability: float
    error: float
    probabilities: tuple[float, ...]
    count: int

    @property
    def certainty(self) -> int:
        """How probable the named level is, in per cent."""
        return round(100 * self.probabilities[LEVELS.index(self.level)])


def difficulty_of(level: str, difficulty: str) -> float:
    """Where a question stands that nobody has calibrated yet."""
    return CENTRES.get(level, CENTRES["application"]) + SHIFTS.get(difficulty, 0.0)


def place(answers: Sequence[Answered]) -> Placed:
    """Return where somebody stands who answered so; without answers that is what the prior says."""
    posterior = np.exp(-0.5 * GRID**2)
    for each in answers:
        right = each.c + (1 - each.c) / (1 + np.exp(-each.a * (GRID - each.b)))
        posterior = posterior * right**each.share * (1 - right) ** (1 - each.share)
    posterior /= posterior.sum()
    ability = float(posterior @ GRID)
    error = max(float(posterior @ GRID**2) - ability**2, 0.0) ** 0.5
    shares = np.bincount(
        np.searchsorted(CUTS, GRID, side="right"), posterior, minlength=len(LEVELS)
    )
    best = int(shares.argmax())
    beside = [number for number in (best - 1, best + 1) if 0 <= number < len(LEVELS)]
    second = max(beside, key=lambda number: shares[number])
    return Placed(
        LEVELS[best],
        LEVELS[second] if shares[second] >= NAMED_TOO else "",
        ability,
        error,
        tuple(float(share) for share in shares),
        len(answers),
    )
