"""Limits of figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.statistics.evidence import correlation_limits, resit_band, share_limits


def test_limits_of_a_correlation_are_those_of_the_textbooks():
    # atanh .5 = .5493, half 1.96/√27 = .3772
    assert correlation_limits(0.5, 30) == pytest.approx((0.1704, 0.7289), abs=1e-4)
    assert correlation_limits(0.5, 3) is None


def test_limits_of_a_share_are_wilson_s():
    # 81 of 263: Newcombe 1998, table I
    assert share_limits(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert share_limits(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)


@given(share=st.floats(0, 1), n=st.integers(1, 10_000))
def test_limits_of_a_share_lie_about_it_and_close_in(share, n):
    low, high = share_limits(share, n)
    closer = share_limits(share, 4 * n)

    assert 0 <= low <= share + 1e-9 and share - 1e-9 <= high <= 1
    assert closer[1] - closer[0] <= high - low


@given(r=st.floats(-1, 1), n=st.integers(4, 10_000))
def test_limits_of_a_correlation_lie_about_it(r, n):
    low, high = correlation_limits(r, n)

    assert -1 <= low <= r + 1e-5 and r - 1e-5 <= high <= 1


def test_a_resit_band_stays_within_the_points():
    assert resit_band(7, 1.5, 10) == (5.5, 7)
    assert resit_band(1, 1.5, 10) == (0, 1)
