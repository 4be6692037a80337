"""Whether a message helped: two shares and what lies between them. Pure."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054  # 95 %
SMALLEST = 5  # smaller groups tell who their members are, and nothing else


@dataclass(frozen=True)
class Comparison:
    """Shares in percent, and the interval of their difference in percentage points."""

    told: int
    told_did: int
    held: int
    held_did: int
    difference: float
    low: float
    high: float


def wilson(did: int, count: int) -> tuple[float, float]:
    """Wilson's interval of a share."""
    share = did / count
    middle = share + Z * Z / (2 * count)
    half = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    whole = 1 + Z * Z / count
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def compare(told_did: int, told: int, held_did: int, held: int) -> Comparison | None:
    """The difference of two shares with Newcombe's interval; None where a group has fewer than five people."""
    if min(told, held) < SMALLEST:
        return None
    first, second = told_did / told, held_did / held
    low_1, high_1 = wilson(told_did, told)
    low_2, high_2 = wilson(held_did, held)
    difference = first - second
    low = difference - sqrt((first - low_1) ** 2 + (high_2 - second) ** 2)
    high = difference + sqrt((high_1 - first) ** 2 + (second - low_2) ** 2)
    return Comparison(told, told_did, held, held_did, 100 * difference, 100 * low, 100 * high)
