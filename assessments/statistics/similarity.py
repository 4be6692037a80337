"""Pairs of attempts with more answers in common than chance explains. A reason for a talk, never a verdict.

After Wollack's omega (1997): for each pair, how many answers are the same, against how many would be by the chances
that people of the same ability pick each option. Both ways round; the greater counts. Pairs are chosen so that one in
twenty of those shown is there by chance (Benjamini & Hochberg 1995).
"""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assessments.statistics.evidence import SCREEN_FROM

BANDS = 5
WEIGHT = 4.0  # answers' worth of what everybody picks, added to each band
FALSE_SHARE = 0.05


@dataclass(frozen=True)
class Pair:
    """Two rows, `same` equal answers of `common` questions where `expected` would be, and z of the difference."""

    first: int
    second: int
    same: int
    common: int
    expected: float
    strength: float


def _tail(z: float) -> float:
    return 0.5 * erfc(z / sqrt(2))


def similar_pairs(answers: ArrayLike, ability: ArrayLike) -> list[Pair]:
    """The pairs worth a talk, strongest first.

    `answers` are people by questions: numbers of options from 0, -1 where blank or not asked. Only pairs that
    answered at least 30 questions both are looked at.
    """
    picked = np.asarray(answers, int)
    people, questions = picked.shape
    if people < 2 or questions < SCREEN_FROM:  # noqa: PLR2004  a pair
        return []
    band = _bands(np.asarray(ability, float))
    options = int(picked.max(initial=0)) + 1
    chosen = np.stack([picked == option for option in range(options)], axis=-1).astype(float)
    answered = (picked >= 0).astype(float)
    flat = chosen.reshape(people, -1)
    same = flat @ flat.T
    common = answered @ answered.T
    everybody = chosen.sum(axis=0) / np.maximum(answered.sum(axis=0), 1)[:, None]
    chances = np.empty((BANDS, questions, options))
    for number in range(BANDS):
        there = band == number
        count = chosen[there].sum(axis=0)
        asked = answered[there].sum(axis=0)[:, None]
        chances[number] = (count + WEIGHT * everybody) / (asked + WEIGHT)
    own = (chances[band] * answered[:, :, None]).reshape(people, -1)
    expected = own @ flat.T
    variance = (own * (1 - own)) @ flat.T
    strength = (same - expected) / np.sqrt(np.maximum(variance, 1e-9))
    turned = strength < strength.T
    expected = np.where(turned, expected.T, expected)
    strength = np.maximum(strength, strength.T)
    first, second = np.triu_indices(people, 1)
    enough = common[first, second] >= SCREEN_FROM
    first, second = first[enough], second[enough]
    z = strength[first, second]
    order = np.argsort(-z, kind="stable")
    shown = _below_false_share(z[order])
    return [
        Pair(
            int(first[row]),
            int(second[row]),
            int(same[first[row], second[row]]),
            int(common[first[row], second[row]]),
            float(expected[first[row], second[row]]),
            float(z[row]),
        )
        for row in order[:shown]
    ]


def _bands(ability: NDArray[np.float64]) -> NDArray[np.int_]:
    edges = np.quantile(ability, np.linspace(0, 1, BANDS + 1)[1:-1])
    return np.searchsorted(edges, ability, side="right")


def _below_false_share(z: NDArray[np.float64]) -> int:
    """How many of the strengths, greatest first, to show. Each pair was tested both ways, hence twice the tail."""
    shown = 0
    for rank, value in enumerate(z, start=1):
        chance = 2 * _tail(float(value))
        if chance <= FALSE_SHARE * rank / len(z):
            shown = rank
        elif chance > FALSE_SHARE:
            break
    return shown
