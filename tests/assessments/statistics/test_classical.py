"""Figures of quizzes and questions, against ones worked out by hand and by other formulas."""

import statistics
from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assessments.statistics.classical import item_figures, pack, pooled_figures, quiz_figures

# four people, three questions of 1, 1 and 2 points: totals 4, 2, 1, 1
SMALL = np.array([[1, 1, 2], [1, 0, 1], [0, 1, 0], [0, 0, 1]], float)
MAXIMA = [1, 1, 2]
NAN = float("nan")


def test_figures_of_a_quiz_are_those_worked_out_by_hand():
    figures = quiz_figures(SMALL)

    # t - 2 = 2, 0, -1, -1: Σ² = 6, Σ³ = 6, Σ⁴ = 18
    assert (figures.n, figures.mean, figures.median) == (4, 2, 1.5)
    assert figures.sd == pytest.approx(2**0.5)
    # k3 = 16 · 1.5 / 6 = 4; k4 = 16 · (5 · 4.5 - 9 · 1.5²) / 6 = 6; k2 = 2
    assert figures.skewness == pytest.approx(4 / 2**1.5)
    assert figures.kurtosis == pytest.approx(6 / 4)
    # variances 1/3, 1/3, 2/3: alpha = 3/2 · (1 - (4/3)/2) = 1/2
    assert figures.consistency == pytest.approx(50)
    assert figures.error_ratio == pytest.approx(100 * 0.5**0.5)
    assert figures.standard_error == pytest.approx(1)


def test_figures_of_questions_are_those_worked_out_by_hand():
    figures = item_figures(SMALL, MAXIMA, guesses=[0.25, 0.5, 0])

    assert list(figures["n"]) == [4, 4, 4]
    assert list(figures["facility"]) == [0.5, 0.5, 0.5]
    assert figures["sd"].to_numpy() == pytest.approx([3**-0.5, 3**-0.5, (2 / 3) ** 0.5 / 2])
    assert list(figures["guess"]) == [0.25, 0.5, 0]
    assert list(figures["intended_weight"]) == [25, 25, 50]
    # cov(x, t): 2/3, 1/3, 1
    roots = np.sqrt([2 / 3, 1 / 3, 1])
    assert figures["effective_weight"].to_numpy() == pytest.approx(100 * roots / roots.sum())
    # the rests are 3 1 1 1, 3 2 0 1 and 2 1 1 0
    assert figures["discrimination"].to_numpy() == pytest.approx(
        [
            100 * statistics.correlation(x, rest)
            for x, rest in [
                ([1, 1, 0, 0], [3, 1, 1, 1]),
                ([1, 0, 1, 0], [3, 2, 0, 1]),
                ([2, 1, 0, 1], [2, 1, 1, 0]),
            ]
        ]
    )


def most_covariance(x, rest):
    return max(statistics.covariance(x, other) for other in permutations(rest))


def test_efficiency_is_told_by_the_best_order_of_the_same_marks():
    figures = item_figures(SMALL, MAXIMA)

    rests = SMALL.sum(axis=1, keepdims=True) - SMALL
    expected = [
        100 * statistics.covariance(x, rest) / most_covariance(x, rest)
        for x, rest in zip(SMALL.T.tolist(), rests.T.tolist(), strict=True)
    ]
    assert figures["efficiency"].to_numpy() == pytest.approx(expected)


def test_a_question_that_goes_the_wrong_way_has_no_effective_weight():
    points = np.array([[4, 0], [3, 0], [2, 1], [0, 1]], float)

    figures = item_figures(points, [4, 1])

    assert np.isnan(figures["effective_weight"][1])
    assert figures["effective_weight"][0] == 100
    assert figures["discrimination"][1] < 0


def test_drawn_questions_close_up_into_places():
    points = np.array([[1, NAN, 5, 2], [3, 4, NAN, 6]])

    assert pack(points).tolist() == [[1, 2, 5], [3, 6, 4]]


def test_a_drawn_question_is_compared_among_those_who_were_asked():
    points = np.array(
        [[1, 1, 1, NAN], [1, 0, 1, NAN], [0, 0, 0, NAN], [0, 1, NAN, 0], [1, 1, NAN, 1]], float
    )

    figures = item_figures(points, [1, 1, 1, 1])

    assert list(figures["n"]) == [5, 5, 3, 2]
    assert figures["discrimination"][2] == pytest.approx(
        100 * statistics.correlation([1, 1, 0], [2, 1, 0])
    )
    assert np.isnan(figures["effective_weight"][2:]).all()


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_too_few_attempts_give_what_can_be_given(rows):
    figures = quiz_figures(SMALL[:rows])
    items = item_figures(SMALL[:rows], MAXIMA)

    assert figures.n == rows
    assert np.isnan(figures.kurtosis)
    assert np.isnan(figures.consistency) == (rows < 3)
    assert len(items) == 3


marks = arrays(
    float, st.tuples(st.integers(5, 30), st.integers(2, 6)), elements=st.sampled_from([0, 0.5, 1])
)


@given(points=marks, data=st.data())
def test_the_order_of_attempts_never_matters(points, data):
    order = data.draw(st.permutations(range(len(points))))
    maxima = np.ones(points.shape[1])

    there, back = item_figures(points, maxima), item_figures(points[order], maxima)

    assert np.allclose(there, back, equal_nan=True)
    assert quiz_figures(points).__dict__ == pytest.approx(
        quiz_figures(points[order]).__dict__, nan_ok=True
    )


@given(points=marks)
def test_twice_the_points_change_no_share(points):
    maxima = np.ones(points.shape[1])
    once, twice = item_figures(points, maxima), item_figures(2 * points, 2 * maxima)

    assert np.allclose(once, twice, equal_nan=True)
    for name in ("skewness", "kurtosis", "consistency", "error_ratio"):
        assert getattr(quiz_figures(2 * points), name) == pytest.approx(
            getattr(quiz_figures(points), name), nan_ok=True
        )


@given(points=marks, mark=st.sampled_from([0, 0.1, 0.3, 1]))
def test_a_question_that_all_answer_alike_tells_nobody_apart(points, mark):
    points[:, 0] = mark

    figures = item_figures(points, np.ones(points.shape[1])).iloc[0]

    assert figures["sd"] == 0
    assert np.isnan(figures["discrimination"])
    assert np.isnan(figures["efficiency"])


@given(points=marks)
def test_consistency_is_alpha_by_mean_covariances(points):
    assume(np.ptp(points.sum(axis=1)) > 0)
    covariances = np.cov(points.T)
    p = points.shape[1]

    alpha = p / (p - 1) * (covariances.sum() - np.trace(covariances)) / covariances.sum()

    assert quiz_figures(points).consistency == pytest.approx(100 * alpha)


@given(points=marks)
def test_discrimination_is_a_correlation_and_efficiency_no_less_far(points):
    figures = item_figures(points, np.ones(points.shape[1])).dropna()

    assert (figures["discrimination"].abs() <= 100 + 1e-6).all()
    positive = figures[figures["discrimination"] > 0]
    assert (positive["efficiency"] >= positive["discrimination"] - 1e-6).all()


def test_over_several_quizzes_a_stronger_class_does_not_make_a_question_look_better():
    chance = np.random.default_rng(4)
    weak = (chance.random((400, 6)) < 0.2).astype(float)
    strong = (chance.random((400, 6)) < 0.9).astype(float)

    points = np.vstack([weak, strong])
    together = item_figures(points, np.ones(6))
    apart = pooled_figures(["weak"] * 400 + ["strong"] * 400, points, np.ones(6))

    assert (together["discrimination"] > 50).all()
    assert (apart["discrimination"].abs() < 12).all()
    assert list(apart["n"]) == [800] * 6


def test_over_one_quiz_the_figures_are_those_of_that_quiz():
    points = (np.random.default_rng(5).random((50, 4)) < 0.6).astype(float)

    once, pooled = item_figures(points, np.ones(4)), pooled_figures([1] * 50, points, np.ones(4))

    assert pooled["facility"].to_numpy() == pytest.approx(once["facility"].to_numpy())
    assert pooled["discrimination"].to_numpy() == pytest.approx(once["discrimination"].to_numpy())
