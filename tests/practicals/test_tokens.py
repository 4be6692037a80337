"""The screen's codes: true for their moment, stale in a forwarded picture, and nobody else's to make."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from practicals.domain.tokens import (
    STEP_SECONDS,
    agrees,
    is_fresh,
    read_token,
    step_at,
    time_of,
    token_of,
)

moments = st.integers(10**9, 3 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC))
days = st.integers(1, 10**9)


@given(day=days, moment=moments)
def test_what_a_screen_shows_is_read_and_fresh(day, moment):
    step = step_at(moment)

    assert read_token(day, token_of(day, step)) == step
    assert is_fresh(step, moment)
    assert time_of(step) <= moment < time_of(step + 1)


@given(moment=moments, late=st.floats(0, 10**6, allow_nan=False))
def test_a_code_is_taken_for_its_own_step_and_the_next(moment, late):
    step, now = step_at(moment), moment + timedelta(seconds=late)
    age = now - time_of(step)

    assert is_fresh(step, now) == (age < timedelta(seconds=2 * STEP_SECONDS))


@given(moment=moments, early=st.integers(1, 10**6))
def test_a_code_is_not_taken_before_its_time(moment, early):
    assert not is_fresh(step_at(moment) + early, moment)


@given(day=days, other=days, moment=moments)
def test_a_code_is_of_one_day(day, other, moment):
    token = token_of(day, step_at(moment))

    assert (read_token(other, token) is None) == (day != other)


@given(day=days, token=st.text(max_size=80))
def test_whatever_comes_is_answered(day, token):
    assert read_token(day, token) is None


@given(day=days, moment=moments, data=st.data())
def test_a_code_with_any_other_character_is_not_ours(day, moment, data):
    token = token_of(day, step_at(moment))
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("abcxyz0189-_.").filter(lambda c: c != token[at]))

    assert read_token(day, token[:at] + other + token[at + 1 :]) is None


@given(moment=moments, off=st.integers(-(10**6), 10**6))
def test_a_phone_s_clock_agrees_within_a_minute(moment, off):
    claimed = moment + timedelta(seconds=off)

    if agrees(step_at(moment), claimed):
        assert abs(off) <= 3 * STEP_SECONDS
    if abs(off) <= STEP_SECONDS:
        assert agrees(step_at(moment), claimed)
