"""Certainty and repeated tries."""

from decimal import Decimal

import pytest

from assessments.interactions.base import UNANSWERED, UNSCORED, judged
from assessments.interactions.behaviours import after_tries, with_certainty

THIRD = Decimal(1) / 3


@pytest.mark.parametrize(
    ("fraction", "certainty", "thirds"),
    [(1, 1, 1), (1, 2, 2), (1, 3, 3), (0, 1, 0), (0, 2, -2), (0, 3, -6), ("-0.5", 3, -6), ("0.5", 2, 1)],
)  # fmt: skip
def test_certainty_counts_as_in_moodle_over_three(fraction, certainty, thirds):
    share = with_certainty(judged(Decimal(fraction)), certainty)

    assert abs(share * 3 - thirds) < Decimal("1e-20")


@pytest.mark.parametrize("score", [UNANSWERED, UNSCORED])
def test_certainty_leaves_alone_what_was_not_judged(score):
    assert with_certainty(score, 3) == 0


@pytest.mark.parametrize(
    ("fraction", "tries", "left"),
    [("1", 0, "1"), ("1", 1, "0.75"), ("1", 3, "0.25"), ("1", 9, "0"), ("0.5", 1, "0.25"), ("-0.5", 2, "-0.5")],
)  # fmt: skip
def test_tries_cost_their_penalty(fraction, tries, left):
    assert after_tries(Decimal(fraction), tries, Decimal("0.25")) == Decimal(left)
