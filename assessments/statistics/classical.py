"""Classical test theory: figures of a quiz and of its questions, as Moodle defines them.

Formulas: Moodle's "Quiz statistics calculations" (docs.moodle.org/dev/Quiz_statistics_calculations), so that a site
that moves from Moodle sees the same figures. All variances divide by n - 1. In the names below, x is the points of
one question, t those of the attempt, and r = t - x the rest.

Every function takes an array of points, attempts by questions, with NaN where a question was not asked.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]
HAIR = 1e-9  # less than this is what adding decimals as floats leaves of nothing
NAN = float("nan")


@dataclass(frozen=True)
class QuizFigures:
    """Figures of the totals of a quiz, in points; those in per cent say so. NaN where there are too few."""

    n: int
    mean: float = NAN
    median: float = NAN
    sd: float = NAN
    skewness: float = NAN
    kurtosis: float = NAN
    consistency: float = NAN  # per cent; Cronbach's alpha
    error_ratio: float = NAN  # per cent
    standard_error: float = NAN


def pack(points: ArrayLike) -> Matrix:
    """Turn questions into places: those asked in every attempt keep a column, drawn ones close up to the left.

    What is drawn in Moodle fills a random slot, and its figures of a quiz are about slots.
    """
    matrix = np.asarray(points, float)
    asked = ~np.isnan(matrix)
    is_fixed = asked.all(axis=0)
    drawn = matrix[:, ~is_fixed]
    order = np.argsort(np.isnan(drawn), axis=1, kind="stable")
    closed = np.take_along_axis(drawn, order, axis=1)
    return np.hstack([matrix[:, is_fixed], closed[:, ~np.isnan(closed).all(axis=0)]])


def quiz_figures(points: ArrayLike) -> QuizFigures:
    """Figures of the totals.

    Skewness k3 / k2^1.5 and kurtosis k4 / k2² from the k-statistics; coefficient of internal consistency
    100 · p/(p - 1) · (1 - Σ var(x) / var(t)); error ratio 100 · √(1 - alpha); standard error √(1 - alpha) · sd.
    """
    places = pack(points)
    totals = np.nansum(places, axis=1)
    n, p = len(totals), places.shape[1]
    if n == 0:
        return QuizFigures(0)
    mean = float(totals.mean())
    figures: dict[str, float] = {"mean": mean, "median": float(np.median(totals))}
    if n == 1:
        return QuizFigures(n, **figures)
    if np.ptp(totals) < HAIR:
        return QuizFigures(n, sd=0.0, **figures)
    off = totals - mean
    m2, m3, m4 = ((off**power).mean() for power in (2, 3, 4))
    k2 = n * m2 / (n - 1)
    figures["sd"] = float(np.sqrt(k2))
    if n > 2:  # noqa: PLR2004  the divisors below
        figures["skewness"] = n * n * m3 / ((n - 1) * (n - 2)) / k2**1.5
        if p > 1:
            alpha = p / (p - 1) * (1 - np.nansum(np.nanvar(places, axis=0, ddof=1)) / k2)
            error = float(np.sqrt(max(0.0, 1 - alpha)))
            figures["consistency"] = 100 * alpha
            figures["error_ratio"] = 100 * error
            figures["standard_error"] = error * figures["sd"]
    if n > 3:  # noqa: PLR2004  likewise
        k4 = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
        figures["kurtosis"] = k4 / k2**2
    return QuizFigures(n, **{name: float(value) for name, value in figures.items()})


def _ratio(over: Matrix, under: Matrix) -> Matrix:
    """`over` / `under`, NaN where `under` is nothing."""
    return np.divide(over, under, out=np.full(np.shape(over), NAN), where=np.abs(under) > HAIR**2)


def _effective_weights(places: Matrix) -> Matrix:
    """Per cent of the spread of totals that comes from each place: √cov(x, t) / Σ √cov(x, t).

    None where the covariance is below 0.
    """
    totals = np.nansum(places, axis=1)
    off = places - np.nanmean(places, axis=0)
    count = np.maximum((~np.isnan(places)).sum(axis=0) - 1, 1)
    covariance = np.nansum(off * (totals - totals.mean())[:, None], axis=0) / count
    covariance[np.abs(covariance) < HAIR**2] = 0
    root = np.sqrt(np.where(covariance >= 0, covariance, NAN))
    whole = np.nansum(root)
    return 100 * root / whole if whole else np.full(len(root), NAN)


def item_figures(
    points: ArrayLike,
    maxima: ArrayLike,
    guesses: ArrayLike | None = None,
    totals: ArrayLike | None = None,
) -> pd.DataFrame:
    """One row for each question, in the order of the columns.

    facility mean(x) / maximum; sd of x / maximum; guess, the facility of one who knows nothing; intended weight,
    maximum / maximum of the attempt, and effective weight (of fixed questions), in per cent; discrimination index
    100 · corr(x, r); discriminative efficiency 100 · cov(x, r) / the most that cov could be with the same marks in
    another order.

    A drawn question, too, is compared with the rest: Moodle compares it with the total that holds it, which makes
    it look better the shorter the quiz is. `totals` stand in for the sums of rows.
    """
    matrix = np.asarray(points, float)
    tops = np.asarray(maxima, float)
    asked = ~np.isnan(matrix)
    x = np.where(asked, matrix, 0.0)
    t = x.sum(axis=1) if totals is None else np.asarray(totals, float)
    r = t[:, None] - x
    n = asked.sum(axis=0)
    divisor = np.maximum(n, 1)
    mean = x.sum(axis=0) / divisor
    dx = np.where(asked, x - mean, 0.0)
    dr = np.where(asked, r - np.where(asked, r, 0.0).sum(axis=0) / divisor, 0.0)
    dx[np.abs(dx) < HAIR] = 0.0
    dr[np.abs(dr) < HAIR] = 0.0
    spread, rest = (dx**2).sum(axis=0), (dr**2).sum(axis=0)
    covariance = (dx * dr).sum(axis=0)
    most = np.nansum(
        np.sort(np.where(asked, dx, NAN), axis=0) * np.sort(np.where(asked, dr, NAN), axis=0),
        axis=0,
    )
    weights = np.full(matrix.shape[1], NAN)
    is_fixed = asked.all(axis=0) & (len(matrix) > 1)
    if is_fixed.any():
        weights[is_fixed] = _effective_weights(pack(matrix))[: is_fixed.sum()]
    whole = (asked * tops).sum(axis=1).mean() if len(matrix) else 0.0
    nothing = np.where(n > 0, 1.0, NAN)
    return pd.DataFrame(
        {
            "n": n,
            "facility": _ratio(mean, tops) * nothing,
            "sd": _ratio(np.sqrt(_ratio(spread, np.where(n > 1, n - 1, 0).astype(float))), tops),
            "guess": NAN if guesses is None else np.asarray(guesses, float),
            "intended_weight": 100 * tops / whole if whole else NAN,
            "effective_weight": weights,
            "discrimination": 100 * _ratio(covariance, np.sqrt(spread * rest)),
            "efficiency": 100 * _ratio(covariance, most),
        }
    )


def pooled_figures(quizzes: ArrayLike, points: ArrayLike, maxima: ArrayLike) -> pd.DataFrame:
    """n, facility and discrimination of questions over attempts at several quizzes.

    Shares of points are compared with the rest within each quiz, both as distances from what is usual there, and the
    rest in standard deviations of that quiz: so neither a strong class nor a long quiz counts for more.
    """
    shares = np.asarray(points, float) / np.asarray(maxima, float)
    labels = np.asarray(quizzes)
    product = np.zeros(shares.shape[1])
    spread, rest = product.copy(), product.copy()
    for label in np.unique(labels):
        x = shares[labels == label]
        asked = ~np.isnan(x)
        others = asked.sum(axis=1, keepdims=True) - asked
        mean_rest = _ratio(
            np.where(asked, np.nansum(x, axis=1, keepdims=True) - np.nan_to_num(x), 0.0),
            others.astype(float),
        )
        both = asked & (others > 0)
        n = np.maximum(both.sum(axis=0), 1)
        dx = np.where(both, x - np.where(both, x, 0).sum(axis=0) / n, 0.0)
        dr = np.where(both, mean_rest - np.where(both, mean_rest, 0).sum(axis=0) / n, 0.0)
        dx[np.abs(dx) < HAIR] = 0.0
        dr[np.abs(dr) < HAIR] = 0.0
        z = np.nan_to_num(_ratio(dr, np.broadcast_to(np.sqrt((dr**2).sum(axis=0) / n), dr.shape)))
        product += (dx * z).sum(axis=0)
        spread += (dx**2).sum(axis=0)
        rest += (z**2).sum(axis=0)
    asked = ~np.isnan(shares)
    n = asked.sum(axis=0)
    return pd.DataFrame(
        {
            "n": n,
            "facility": _ratio(np.nansum(shares, axis=0), n.astype(float)),
            "discrimination": 100 * _ratio(product, np.sqrt(spread * rest)),
        }
    )
