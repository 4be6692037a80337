"""The two-parameter logistic model: calibration by marginal maximum likelihood, abilities, information.

P(right) = 1 / (1 + exp(-a(θ - b))); θ is normal. Expectation-maximisation (Bock & Aitkin 1981) on a grid, with
SQUAREM steps (Varadhan & Roland 2008). Answers not asked for are missing at random, as draws from a pool are.
Shares of points between 0 and 1 count as that much of a right answer.

With weak priors (ln a ~ N(0, ½²), intercept ~ N(0, 2²)) small numbers of answers stay finite.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
NODES = np.linspace(-4.5, 4.5, 41)
LOG_SLOPES, INTERCEPTS = (-3.0, 1.8), (-8.0, 8.0)
SLOPE_VARIANCE, INTERCEPT_VARIANCE = 0.25, 4.0
NEWTON_STEPS = 3
PLAIN_STEPS = 4  # before the first long one
LONGEST = 16.0
STRAIGHT = 1e-10  # no bend left between two steps


@dataclass(frozen=True)
class Fit:
    """`a` and `b` of each question with their standard errors; θ has `mean` and `sd`."""

    a: Array
    b: Array
    se_a: Array
    se_b: Array
    loglik: float
    cycles: int
    has_converged: bool
    mean: float = 0.0
    sd: float = 1.0


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-np.clip(x, -35, 35)))


def _weights(mean: float, sd: float) -> Array:
    logs = -0.5 * ((NODES - mean) / sd) ** 2
    return logs - np.log(np.exp(logs).sum())


class _Answers:
    """Shares 0…1 with a mask of what was asked."""

    def __init__(self, answers: ArrayLike) -> None:
        given = np.asarray(answers, float)
        mask = ~np.isnan(given)
        self.asked = mask.astype(float)
        self.share = np.where(mask, np.clip(given, 0, 1), 0.0)

    def posterior(self, a: Array, d: Array, log_weights: Array) -> tuple[Array, float]:
        """Of each person on the nodes, and the logarithm of the likelihood of all answers."""
        eta = a[:, None] * NODES + d[:, None]
        # ln P - ln Q is eta itself, and ln Q = -ln(1 + e^eta)
        log = self.share @ eta - self.asked @ np.logaddexp(0, eta) + log_weights
        top = log.max(axis=1, keepdims=True)
        np.exp(log - top, out=log)
        whole = log.sum(axis=1, keepdims=True)
        return log / whole, float((top + np.log(whole)).sum())


def _maximise(log_a: Array, d: Array, right: Array, tries: Array, *, has_priors: bool) -> None:
    """Newton's steps in ln a and the intercept, with the expected information, in place."""
    for _ in range(NEWTON_STEPS):
        a = np.exp(log_a)
        p = _sigmoid(a[:, None] * NODES + d[:, None])
        off, info = right - tries * p, tries * p * (1 - p)
        ga, gd = a * (off @ NODES), off.sum(axis=1)
        # that ln a bends the slope counts too where it falls: or the steps of a bad question swing for ever
        haa = a**2 * (info @ NODES**2) + np.maximum(0, -ga)
        had, hdd = a * (info @ NODES), info.sum(axis=1)
        if has_priors:
            ga = ga - log_a / SLOPE_VARIANCE
            haa = haa + 1 / SLOPE_VARIANCE
            gd = gd - d / INTERCEPT_VARIANCE
            hdd = hdd + 1 / INTERCEPT_VARIANCE
        det = haa * hdd - had**2 + 1e-9
        log_a += np.clip((hdd * ga - had * gd) / det, -0.5, 0.5)
        d += np.clip((haa * gd - had * ga) / det, -0.8, 0.8)
        np.clip(log_a, *LOG_SLOPES, out=log_a)
        np.clip(d, *INTERCEPTS, out=d)


def _start(answers: _Answers) -> tuple[Array, Array]:
    p = np.clip((answers.share.sum(axis=0) + 0.5) / (answers.asked.sum(axis=0) + 1), 0.02, 0.98)
    return np.zeros(len(p)), 1.2 * np.log(p / (1 - p))


def _errors(
    answers: _Answers,
    a: Array,
    d: Array,
    log_weights: Array,
    free: NDArray[np.bool_],
    *,
    has_priors: bool,
) -> tuple[Array, Array]:
    """Standard errors of a and b by the cross-products of each person's gradients."""
    posterior, _loglik = answers.posterior(a, d, log_weights)
    p = _sigmoid(a[:, None] * NODES + d[:, None])
    ability = posterior @ NODES
    of_d = answers.share - answers.asked * (posterior @ p.T)
    of_a = answers.share * ability[:, None] - answers.asked * (posterior @ (p * NODES).T)
    gradients = np.hstack([of_a[:, free], of_d[:, free]])
    information = gradients.T @ gradients
    slopes, intercepts = a[free], d[free]
    count = len(slopes)
    if has_priors:
        prior = np.r_[1 / (SLOPE_VARIANCE * slopes**2), np.full(count, 1 / INTERCEPT_VARIANCE)]
        information[np.diag_indices_from(information)] += prior
    inverse = np.linalg.pinv(information, hermitian=True)
    va, vd = np.split(np.maximum(np.diag(inverse), 0), 2)
    both = inverse[np.arange(count), count + np.arange(count)]
    vb = vd / slopes**2 + intercepts**2 * va / slopes**4 - 2 * intercepts / slopes**3 * both
    se_a, se_b = np.zeros(len(a)), np.zeros(len(a))
    se_a[free], se_b[free] = np.sqrt(va), np.sqrt(np.maximum(vb, 0))
    return se_a, se_b


def fit(
    answers: ArrayLike,
    *,
    anchors: ArrayLike | None = None,
    has_priors: bool = True,
    tolerance: float = 1e-4,
    most_cycles: int = 500,
) -> Fit:
    """Calibrate the questions of `answers`, people by questions with NaN where not asked.

    `anchors`, questions by (a, b), hold the questions whose figures are not NaN there to them; then mean and spread of
    θ are found too, so that all stand on the scale of the anchors. Otherwise θ ~ N(0, 1).
    """
    data = _Answers(answers)
    log_a, d = _start(data)
    count = len(log_a)
    held = np.full((count, 2), np.nan) if anchors is None else np.asarray(anchors, float)
    free = np.isnan(held).any(axis=1)
    log_a[~free], d[~free] = np.log(held[~free, 0]), -held[~free, 0] * held[~free, 1]
    moves = not free.all()

    def step(now: Array) -> tuple[Array, float]:
        log_a, d = now[:count].copy(), now[count:-2].copy()
        mean, sd = now[-2], np.exp(now[-1])
        posterior, loglik = data.posterior(np.exp(log_a), d, _weights(mean, sd))
        right, tries = data.share.T @ posterior, data.asked.T @ posterior
        new_a, new_d = log_a[free], d[free]
        _maximise(new_a, new_d, right[free], tries[free], has_priors=has_priors)
        log_a[free], d[free] = new_a, new_d
        if moves:
            people = posterior.mean(axis=0)
            mean = people @ NODES
            sd = max(0.2, np.sqrt(people @ NODES**2 - mean**2))
        return np.r_[log_a, d, mean, np.log(sd)], loglik

    def inside(now: Array) -> Array:
        now[:count] = np.clip(now[:count], *LOG_SLOPES)
        now[count:-2] = np.clip(now[count:-2], *INTERCEPTS)
        now[-2:] = np.clip(now[-2:], -3, 1)
        return now

    now = np.r_[log_a, d, 0.0, 0.0]
    cycles, has_converged = 0, False
    while cycles < most_cycles and not has_converged:
        first, _loglik = step(now)
        cycles += 1
        if np.abs(first - now).max() < tolerance:
            now, has_converged = first, True
        elif cycles <= PLAIN_STEPS:
            now = first
        else:
            second, before = step(first)
            r, v = first - now, second - 2 * first + now
            length = float(np.linalg.norm(v))
            alpha = min(LONGEST, max(1.0, float(np.linalg.norm(r)) / max(length, STRAIGHT)))
            third, after = step(inside(now + 2 * alpha * r + alpha**2 * v))
            cycles += 2
            now = third if after >= before - 1e-6 * abs(before) else second
    a, d, mean, sd = np.exp(now[:count]), now[count:-2], float(now[-2]), float(np.exp(now[-1]))
    log_weights = _weights(mean, sd)
    _posterior, loglik = data.posterior(a, d, log_weights)
    se_a, se_b = _errors(data, a, d, log_weights, free, has_priors=has_priors)
    return Fit(a, -d / a, se_a, se_b, loglik, cycles, has_converged, mean, sd)


def abilities(answers: ArrayLike, model: Fit) -> tuple[Array, Array]:
    """Where each person stands, expected a posteriori, and how sure that is (standard deviation)."""
    posterior, _loglik = _Answers(answers).posterior(
        model.a, -model.a * model.b, _weights(model.mean, model.sd)
    )
    theta = posterior @ NODES
    return theta, np.sqrt(np.maximum(posterior @ NODES**2 - theta**2, 0))


def information(theta: ArrayLike, a: ArrayLike, b: ArrayLike) -> Array:
    """What a question tells at each ability, a²·P·(1 - P): abilities by questions."""
    slope = np.atleast_1d(np.asarray(a, float))
    where = np.atleast_1d(np.asarray(b, float))
    p = _sigmoid(slope * (np.atleast_1d(np.asarray(theta, float))[:, None] - where))
    return slope**2 * p * (1 - p)
