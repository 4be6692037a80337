"""Scoring is pure: a law for each kind of item."""

import json
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.scoring import percent, score_item
from assessments.forms import ItemForm
from assessments.interactions import KINDS
from assessments.interactions.base import shuffled
from assessments.interactions.text_entry import read_number

OPTIONS = [{"text": letter, "correct": letter in "AC", "feedback": ""} for letter in "ABCD"]
CONTENTS = {
    "choice": {"options": [{**option, "correct": option["text"] == "C"} for option in OPTIONS]},
    "choices": {"options": OPTIONS},
    "number": {"answer": Decimal(500), "tolerance": Decimal(5), "unit": "cases"},
    "match": {
        "pairs": [
            {"left": "minutes", "right": "fit"},
            {"left": "ranking", "right": "unfit"},
            {"left": "notice", "right": "fit"},
        ],
        "distractors": ["nothing"],
    },
    "order": {"items": ["stop the loss", "note the time", "tell the officer"]},
}
KEYS = {
    "choice": "2",
    "choices": ["0", "2"],
    "number": "500",
    "match": ["0", "1", "0"],
    "order": ["1", "2", "3"],
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: (
        st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
)


def test_every_kind_is_tried():
    assert set(CONTENTS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_scores_fully(kind):
    assert score_item(kind, CONTENTS[kind], KEYS[kind]) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nothing", [None, "", []])
def test_no_answer_scores_nothing(kind, nothing):
    assert score_item(kind, CONTENTS[kind], nothing) == 0


@pytest.mark.parametrize("kind", KINDS)
@given(value=json_values)
def test_anything_at_all_scores_between_nothing_and_fully(kind, value):
    score = score_item(kind, CONTENTS[kind], value)

    assert 0 <= score <= 1
    assert score_item(kind, CONTENTS[kind], json.loads(json.dumps(value))) == score


@given(chosen=st.sets(st.sampled_from("0123")))
def test_several_answers_score_fully_exactly_when_the_sets_match(chosen):
    assert (score_item("choices", CONTENTS["choices"], sorted(chosen)) == 1) == (
        chosen == {"0", "2"}
    )


@given(chosen=st.permutations(["0", "2", "1"]))
def test_the_order_of_choices_never_matters(chosen):
    assert score_item("choices", CONTENTS["choices"], chosen) == Decimal("0.5")


@given(items=st.lists(st.text(), unique=True), seed=st.text(min_size=1))
def test_a_shuffle_depends_on_its_seed_alone(items, seed):
    assert sorted(shuffled(items, seed)) == sorted(items)
    assert shuffled(items, seed) == shuffled(list(reversed(items)), seed)


@pytest.mark.parametrize(
    ("text", "number"),
    [("500", 500), ("1 000", 1000), ("10,000", 10000), (" 4.5 ", Decimal("4.5"))],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", "about 500", "NaN", "inf", "1e", None, []])
def test_what_is_no_number_is_none(text):
    assert read_number(text) is None


@given(st.lists(st.decimals(0, 1, places=4), max_size=20))
def test_per_cent_lies_between_0_and_100(scores):
    assert 0 <= percent(scores) <= 100


@pytest.mark.parametrize(
    ("kind", "given", "is_taken"),
    [
        ("number", {"value": "nine"}, False),
        ("number", {"value": "1 500"}, True),
        ("number", {"value": ""}, True),
        ("order", {"value_0": "1", "value_1": "1"}, False),
        ("order", {"value_0": "1", "value_1": "", "value_2": ""}, True),
    ],
)
def test_a_slip_of_the_hand_is_asked_again_and_not_marked(kind, given, is_taken):
    form = ItemForm(
        {"client_id": str(uuid4()), **given}, kind=kind, content=CONTENTS[kind], seed="seed"
    )
    assert form.is_valid() == is_taken
