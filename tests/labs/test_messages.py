"""Sentences about marking name the limits in figures."""

import pytest

from labs.grading.marking import Bounds
from labs.messages import SENTENCES, with_sentences


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("too_slow", "longer than 10 seconds"),
        ("ended", "more than 600 MB of memory"),
        ("hidden_too_slow", "longer than 20 seconds"),
        ("hidden_ended", "more than 600 MB of memory"),
        ("no_time", "the 90 seconds for marking"),
    ],
)
def test_a_limit_is_said_in_figures(outcome, words):
    check = {"name": "test_late", "outcome": outcome, "detail": ""}
    (said,) = with_sentences([check], Bounds(call_seconds=20, memory_mb=600))

    assert words in said["message"]
    assert said["title"] == "late"


def test_each_outcome_has_a_sentence_that_can_be_said():
    checks = [{"name": "x", "outcome": outcome, "detail": "5 %"} for outcome in SENTENCES]

    assert all(said["message"] for said in with_sentences(checks))
