"""What people picked, and what it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.statistics.options import Flag, item_flags, option_figures, picks


@pytest.mark.parametrize(
    ("value", "picked"),
    [
        (None, []),
        ("", []),
        ("a", [("", "a")]),
        (["a", "b"], [("", "a"), ("", "b")]),
        ({"g1": "x", "g2": ""}, [("g1", "x")]),
        ({"s1": ["t1", "t2"]}, [("s1", "t1"), ("s1", "t2")]),
        ({"places": {"s2": 1}}, [("places.s2", "1")]),
        ([["s1", "t1"]], [("", "s1 → t1")]),
    ],
)
def test_answers_of_every_kind_come_apart_into_picks(value, picked):
    assert list(picks(value)) == picked


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(value=json)
def test_no_answer_breaks_the_count(value):
    assert all(isinstance(pick, str) and len(pick) <= 100 for _part, pick in picks(value))


def test_options_are_counted_and_compared_with_the_rest():
    values = ["a", "a", "b", "a", None, "b"]
    rest = [5, 4, 1, 5, 0, 3]

    found = option_figures(values, rest, {("", "a"): True, ("", "b"): False, ("", "c"): False})

    assert [(row.value, row.count, row.is_right) for row in found] == [
        ("a", 3, True), ("b", 2, False), ("c", 0, False),
    ]  # fmt: skip
    assert found[0].correlation == pytest.approx(np.corrcoef([1, 1, 0, 1, 0, 0], rest)[0, 1])
    assert np.isnan(found[2].correlation)


def flags(n=200, facility=0.6, discrimination=30.0, guess=0.25, options=()):
    return [
        flag.code
        for flag in item_flags(
            n=n, facility=facility, discrimination=discrimination, guess=guess, options=options
        )
    ]


def test_a_sound_question_raises_no_flag():
    assert flags() == []
    assert flags(facility=0.3) == []  # as few as guess, but the able ones


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"discrimination": -1.0}, "negative"),
        ({"facility": 0.97}, "easy"),
        ({"facility": 0.15}, "hard"),
        ({"facility": 0.27, "discrimination": 12.0}, "guessed"),
    ],
)
def test_each_oddity_raises_its_flag_from_thirty_answers_on(figures, code):
    assert flags(**figures) == [code]
    assert flags(n=29, **figures) == []


def test_a_wrong_option_that_the_able_pick_may_be_the_right_one():
    able = ["b"] * 60 + ["a"] * 20
    weak = ["a"] * 40 + ["b"] * 10
    key = {("", "a"): True, ("", "b"): False, ("", "c"): False}
    options = option_figures(able + weak, [8] * 80 + [3] * 50, key)

    found = item_flags(n=130, facility=0.46, discrimination=20, guess=0.33, options=options)

    assert [(flag.code, flag.value) for flag in found] == [("wrong_key", "b"), ("unpicked", "c")]
    assert isinstance(found[0], Flag) and found[0].figure > 0.5
    assert item_flags(n=99, facility=0.46, discrimination=20, guess=0, options=options) == []
