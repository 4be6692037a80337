"""How much may be said of how many answers, and how sure it is."""

from math import atanh, sqrt, tanh
from statistics import NormalDist

FACILITY_FROM = 10
DISCRIMINATION_FROM = 30
OPTIONS_FROM = 100
CALIBRATION_FROM = 200  # provisional
FIRM_FROM = 500
SCREEN_FROM = 30  # questions that two people were both asked
SHAKY = 0.6  # a pass mark should not stand on less reliability than this

Z95 = NormalDist().inv_cdf(0.975)


def correlation_limits(r: float, n: int) -> tuple[float, float] | None:
    """95 % limits of a correlation by Fisher's z, or None for fewer than four."""
    if n < 4 or r != r:  # noqa: PLR0124, PLR2004  NaN; the divisor below
        return None
    z = atanh(max(-0.999999, min(0.999999, r)))
    half = Z95 / sqrt(n - 3)
    return tanh(z - half), tanh(z + half)


def share_limits(share: float, n: int) -> tuple[float, float] | None:
    """95 % limits of a share by Wilson's score; too wide rather than too narrow for points between 0 and all."""
    if n < 1 or share != share:  # noqa: PLR0124  NaN
        return None
    share = max(0.0, min(1.0, share))
    square = Z95**2 / n
    middle = (share + square / 2) / (1 + square)
    half = Z95 * sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def resit_band(pass_points: float, standard_error: float, maximum: float) -> tuple[float, float]:
    """From one standard error below the pass mark to the pass mark: who lies there may well have passed."""
    return max(0.0, min(maximum, pass_points - standard_error)), pass_points
