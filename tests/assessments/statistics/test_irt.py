"""Calibration, against published results and against the truth of made-up answers."""

import numpy as np
import pytest

from assessments.statistics.irt import abilities, fit, information
from lms.operations.benchmarks.statistics import measure_calibration
from tests.assessments.statistics.data import lsat_6, simulated


def test_lsat_6_gives_the_published_likelihood_and_figures():
    found = fit(lsat_6(), has_priors=False, tolerance=1e-6)

    assert found.has_converged
    assert found.loglik == pytest.approx(-2466.65, abs=0.01)
    # ltm's manual, section 4.1: discriminations and difficulties
    assert found.a == pytest.approx([0.8254, 0.7229, 0.8905, 0.6886, 0.6575], abs=2e-3)
    assert found.b == pytest.approx([-3.3597, -1.3696, -0.2799, -1.8659, -3.1236], abs=1e-2)


def test_true_figures_are_found_again():
    answers, a, b, theta = simulated(3000, 20)

    found = fit(answers)
    ability, error = abilities(answers, found)

    assert np.sqrt(((found.a - a) ** 2).mean()) < 0.09
    assert np.sqrt(((found.b - b) ** 2).mean()) < 0.12
    assert np.corrcoef(ability, theta)[0, 1] > 0.85
    assert np.sqrt(((ability - theta) ** 2).mean()) == pytest.approx(error.mean(), abs=0.03)
    # nine in ten of the truths lie within 1.645 standard errors
    assert (np.abs(found.b - b) < 1.645 * found.se_b).mean() > 0.7


def test_questions_not_asked_are_no_wrong_answers():
    answers, _a, b, _theta = simulated(4000, 20, asked=0.4)

    found = fit(answers)

    assert found.has_converged
    assert np.corrcoef(found.b, b)[0, 1] > 0.98


def test_anchors_stay_where_they_are_and_give_the_others_their_scale():
    # a class stronger than the one that the anchors come from
    answers, a, b, theta = simulated(2000, 20, seed=8, shift=0.8)
    anchors = np.full((20, 2), np.nan)
    anchors[:10] = np.stack([a, b], axis=1)[:10]

    found = fit(answers, anchors=anchors)

    assert found.a[:10] == pytest.approx(a[:10])
    assert found.b[:10] == pytest.approx(b[:10])
    assert list(found.se_b[:10]) == [0] * 10
    assert found.mean == pytest.approx(theta.mean(), abs=0.1)
    assert found.sd == pytest.approx(1, abs=0.1)
    assert np.abs(found.b[10:] - b[10:]).mean() < 0.2
    assert np.abs(fit(answers).b[10:] - b[10:]).mean() > 0.5


def test_all_right_and_all_wrong_stay_finite():
    answers = np.random.default_rng(2).integers(0, 2, (200, 5)).astype(float)
    answers[:, 0], answers[:, 1] = 1, 0

    found = fit(answers)

    assert np.isfinite([found.a, found.b, found.se_a, found.se_b]).all()
    assert found.b[0] < -2 and found.b[1] > 2


def test_a_question_that_works_against_the_others_does_not_keep_them_from_settling():
    answers, _a, b, _theta = simulated(300, 20, seed=4)
    answers[:, 2] = 1 - answers[:, 2]

    found = fit(answers)

    assert found.has_converged
    assert found.a[2] < 0.4
    assert np.corrcoef(np.delete(found.b, 2), np.delete(b, 2))[0, 1] > 0.95


def test_the_order_of_people_and_questions_does_not_matter():
    answers, _a, _b, _theta = simulated(400, 6)

    there, back = fit(answers), fit(answers[::-1, ::-1])

    assert back.b[::-1] == pytest.approx(there.b, abs=1e-6)
    assert back.loglik == pytest.approx(there.loglik)


def test_a_question_tells_most_where_it_is_as_hard_as_people_are_able():
    grid = np.linspace(-3, 3, 61)

    told = information(grid, [2, 1], [0.5, -1])

    assert grid[told.argmax(axis=0)] == pytest.approx([0.5, -1])
    assert told.max(axis=0) == pytest.approx([1, 0.25])


def test_a_bank_is_calibrated_in_less_than_a_second():
    assert measure_calibration()["calibration_100x5000_cpu_seconds"] < 1
