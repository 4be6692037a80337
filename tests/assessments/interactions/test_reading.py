"""What people type is read with good will, and within bounds."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.interactions.patterns import example_of_pattern
from assessments.interactions.reading import (
    accepts_number,
    example_of,
    fits,
    fold,
    is_pattern,
    plain_number,
    read_measure,
    read_number,
)
from assessments.interactions.shapes import Accepted, AcceptedNumber


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        (" 0.5 ", "0.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0,5", "0.5"),
        ("12,34", "12.34"),
        ("0,234", "0.234"),
        ("1,234", "1234"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("12,34,567", "1234567"),
        ("1 234,5", "1234.5"),
        ("1 234 567", "1234567"),
        ("1\u202f234,567", "1234.567"),
        ("1'234.5", "1234.5"),
        ("1234,567", "1234.567"),
        ("1.234", "1.234"),
        ("-3", "-3"),
        ("\u22123", "-3"),
        ("+7", "7"),
        ("1.5e3", "1500"),
        ("1.5 x 10^3", "1500"),
        ("2*10**-2", "0.02"),
        (12, "12"),
        (0.1, "0.1"),
    ],
)
def test_numbers_are_read_as_meant(typed, number):
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "", "a", "1.2.3.45", "1,2,3", "12 34", "1,234,5", "1/2", "NaN", "inf", "1e999999", "--1", "1..2", "9" * 81,
        None, True, [], {}, "12 kg", 10**400,
    ],
)  # fmt: skip
def test_what_is_no_number_is_none(typed):
    assert read_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "measure"),
    [("12 kg", ("12", "kg")), ("1.5m\u00b2", ("1.5", "m\u00b2")), ("3e", ("3", "e")), ("5%", ("5", "%"))],
)  # fmt: skip
def test_units_behind_a_number_are_told_apart(typed, measure):
    assert read_measure(typed) == (Decimal(measure[0]), measure[1])


@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_number_written_plainly_is_read_back(number):
    assert read_number(plain_number(number)) == number


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        ({"value": "10"}, ["10", "10.0"], ["10.1"]),
        ({"value": "10", "tolerance": "0.5"}, ["9.5", "10.5"], ["9.49"]),
        ({"value": "-10", "tolerance": "0.1", "how": "relative"}, ["-9", "-11"], ["-8.9", "10"]),
        (
            {"value": "3.14159", "tolerance": "3", "how": "significant"},
            ["3.14", "3.1416", "3.135"],
            ["3.1", "3.15"],
        ),
        ({"value": "0", "tolerance": "2", "how": "significant"}, ["0"], ["0.1"]),
        ({"low": "1", "high": "2"}, ["1", "1.5", "2"], ["0.9", "2.1"]),
        ({"low": "1"}, ["1", "1e300"], ["0"]),
        ({"high": "1"}, ["1", "-5"], ["2"]),
        ({"value": "not a number"}, [], ["1"]),
    ],
)
def test_tolerances_and_ranges(answer, right, wrong):
    answer = AcceptedNumber(**answer)

    assert [accepts_number(answer, Decimal(number)) for number in right] == [True] * len(right)
    assert [accepts_number(answer, Decimal(number)) for number in wrong] == [False] * len(wrong)


@pytest.mark.parametrize(
    ("how", "text", "typed", "sensitive", "is_fit"),
    [
        ("folded", "Café  au lait", "cafe au\u00a0LAIT", {}, True),
        ("folded", "don't", "DON\u2019T", {}, True),
        ("folded", "Café", "cafe", {"is_accent_sensitive": True}, False),
        ("folded", "Café", "CAFE\u0301", {"is_accent_sensitive": True}, True),
        ("folded", "Café", "cafe", {"is_case_sensitive": True}, False),
        ("exact", "Café", " Café ", {}, True),
        ("exact", "Café", "café", {}, False),
        ("wildcard", "ran*quickly", "Ran very quickly", {}, True),
        ("wildcard", "ran*", "he ran", {}, False),
        ("wildcard", r"2 \* 3", "2 * 3", {}, True),
        ("wildcard", r"2 \* 3", "2 x 3", {}, False),
        ("wildcard", "a.c", "abc", {}, False),
        ("pattern", "colou?r", "COLOR", {}, True),
        ("pattern", "colou?r", "COLOR", {"is_case_sensitive": True}, False),
        ("pattern", "cafe", "café", {}, True),
        ("pattern", "(", "(", {}, False),
    ],
)
def test_words_are_compared_as_asked(how, text, typed, sensitive, is_fit):
    assert fits(Accepted(text=text, how=how), typed, **sensitive) is is_fit


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*b", "a{1000}{1000}", "(.*)*" * 200])
def test_no_pattern_takes_long(pattern):
    began = time.process_time()
    fits(Accepted(text=pattern, how="pattern"), "a" * 4000 + "!")

    assert time.process_time() - began < 0.5


def test_patterns_are_told_from_what_is_none():
    assert is_pattern("a+") and not is_pattern("(") and not is_pattern(r"(a)\1")


@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        ("colou?r", "colour"),
        ("(?i)kisumu", "kisumu"),
        ("^(one|two) of (?:it|them)$", "one of it"),
        (r"\d{3}-\w+\.", "111-a."),
        ("[a-f][^a]x*", "a1"),
        (r"(?P<name>a)+\b", "a"),
        ("[]x]", "]"),
        ("a{2,}|b", "aa"),
    ],
)
def test_patterns_tell_an_example(pattern, example):
    answer = Accepted(text=pattern, how="pattern")

    assert example_of(answer) == example
    assert fits(answer, example)


@given(st.text("()[]{}|*+?\\^$ab1,-", max_size=30))
def test_an_example_never_fails(pattern):
    assert len(example_of_pattern(pattern)) <= 1_000


def test_an_example_of_deep_or_long_patterns_is_bounded():
    assert example_of_pattern("(" * 4000) == ""
    assert len(example_of_pattern("((a{1000}){1000}){1000}")) == 1_000


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
