"""What holds for every kind of item, whatever is answered."""

import json
import random
import string
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.interactions import KINDS
from assessments.interactions.shapes import join, split
from tests.assessments.interactions.bodies import (
    BODIES,
    EXAMPLES,
    MACHINE,
    POINTS,
    bodies,
    common,
)

RUN = 100_000
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: (
        st.lists(children, max_size=5) | st.dictionaries(st.text(max_size=5), children, max_size=3)
    ),
)
NASTY = [
    "NaN", "Infinity", "-inf", "1e999999", "1e-999999999999", "9" * 5000, 10**4000, float("nan"), float("inf"),
    "١٢", "½", "1.2.3.4", ",,,", "\0", "\ud800", [[]], [[1, 2, 3]], [{}], {"places": []}, {"places": {"s1": {}}},
    {"number": {}}, {"number": "1e9999", "unit": []}, [[float("nan"), 1]], [[1e308, -1e308]], [["1", "2"]],
    [[10**400, 1]], {"places": {"s1": 10**50, "s2": "007"}, "indents": 3}, [None] * 500, [[0, 0]] * 500,
]  # fmt: skip


def test_every_kind_is_tried():
    assert set(BODIES) == set(KINDS)


@pytest.mark.parametrize(("name", "body"), EXAMPLES)
@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_no_answer_is_unanswered(name, body, nothing):
    score = KINDS[name].score(body, nothing)

    assert (score.fraction, score.verdict) == (0, "unanswered")
    assert KINDS[name].explain(body, nothing) == []
    assert KINDS[name].remark(body, nothing) == ""


@pytest.mark.parametrize(("name", "body"), EXAMPLES)
@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_nasty_values_do_no_harm(name, body, value):
    kind = KINDS[name]

    assert -1 <= kind.score(body, value).fraction <= 1
    kind.explain(body, value)
    kind.remark(body, value)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data(), value=json_values)
@settings(max_examples=50)
def test_anything_at_all_scores_within_bounds_and_alike_after_a_round_trip(name, data, value):
    kind, body = KINDS[name], data.draw(bodies(name))
    score = kind.score(body, value)
    again = json.loads(json.dumps(value))
    kind.explain(body, value)
    kind.remark(body, value)

    assert -1 <= score.fraction <= 1
    assert kind.score(body, again) == score


@pytest.mark.parametrize("name", MACHINE)
@given(data=st.data())
@settings(max_examples=60)
def test_the_best_answer_scores_fully_and_the_form_takes_it(name, data):
    kind, body = KINDS[name], data.draw(bodies(name))
    value = kind.best(body)
    score = kind.score(body, value)
    cleaned = kind.field(body, "seed").clean(value)

    assert (score.fraction, score.verdict) == (1, "right")
    assert kind.remark(body, value) == ""
    assert kind.score(body, cleaned) == score
    assert kind.score(body, json.loads(json.dumps(cleaned))) == score
    assert kind.solution(body)


@pytest.mark.parametrize("name", KINDS)
def test_what_a_person_scores_has_no_best(name):
    kind = KINDS[name]

    assert (kind.best(BODIES[name]) is None) == (kind.scored_by != "machine")


ANSWERS = {
    "essay": "What was written.",
    "upload": [{"name": "a.pdf", "sha256": "0" * 64, "bytes": 10, "media_type": "application/pdf"}],
    "scale": {"s1": "p2"},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_a_person_scores_waits(name):
    kind = KINDS[name]

    assert kind.score(BODIES[name], ANSWERS[name]).verdict == "unscored"
    assert [line.verdict for line in kind.explain(BODIES[name], ANSWERS[name])] == ["unscored"]
    assert kind.field(BODIES[name], "seed").clean(ANSWERS[name]) == ANSWERS[name]


LISTS = {
    "options", "units", "gaps", "words", "sources", "targets", "things", "spans", "areas", "spots", "labels",
}  # fmt: skip


@pytest.mark.parametrize("name", MACHINE)
@given(data=st.data())
@settings(max_examples=40)
def test_the_order_of_options_never_matters(name, data):
    kind, body = KINDS[name], data.draw(bodies(name))
    raw = body.model_dump()
    moved = {
        part: data.draw(st.permutations(value)) if part in LISTS else value
        for part, value in raw.items()
    }
    value = data.draw(st.just(kind.best(body)) | json_values | partial_answers(kind.best(body)))
    other = type(body).model_validate(moved)

    assert kind.score(other, value).fraction == kind.score(body, value).fraction


def partial_answers(value):
    """Answers like the best one, with parts of it missing or mixed up."""
    if isinstance(value, dict) and value and all(isinstance(each, str) for each in value.values()):
        texts = sorted(value.values())
        return st.dictionaries(st.sampled_from(sorted(value)), st.sampled_from(texts))
    if isinstance(value, dict):
        return st.fixed_dictionaries({name: partial_answers(part) for name, part in value.items()})
    if isinstance(value, list) and value:
        return st.lists(st.sampled_from(value))
    return st.just(value)


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@settings(max_examples=40)
def test_a_body_split_and_joined_is_itself(name, data):
    body = data.draw(bodies(name, common))
    content, key = json.loads(json.dumps(split(body)))

    assert type(body).model_validate(join(content, key)) == body


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
@settings(max_examples=60)
def test_a_body_in_an_authors_form_is_itself(name, data):
    kind, body = KINDS[name], data.draw(bodies(name, common))
    raw = kind.to_block(body)

    assert kind.from_block(raw) == body
    assert kind.from_block(json.loads(json.dumps(raw))) == body
    if "picture" not in raw:  # that would be looked up
        assert kind.from_block(kind.block.get_prep_value(kind.block.to_python(raw))) == body
    assert kind.to_block(kind.from_block(raw)) == raw


def _junk(chance, ids, depth=0):
    """A JSON value: often one that looks like an answer."""
    names = chance.choices([*ids, "number", "unit", "places"], k=chance.randrange(4))
    makers = [
        lambda: chance.choice(ids),
        lambda: "".join(chance.choices(string.printable, k=chance.randrange(12))),
        lambda: chance.choice(["1", "2", "1e5", "-0,5", "1 234", "NaN", "Nairobi", "kg"]),
        lambda: chance.choice([chance.randrange(-5, 900), chance.random() * 900]),
        lambda: chance.choice([None, True, False, "", [], {}]),
        lambda: [[chance.random() * 800, chance.random() * 600]],
        lambda: [_junk(chance, ids, depth + 1) for _name in names],
        lambda: {name: _junk(chance, ids, depth + 1) for name in names},
    ]
    return chance.choice(makers if depth < 2 else makers[:6])()


@pytest.mark.parametrize(("name", "body"), [*BODIES.items(), ("hotspot", POINTS)])
def test_a_hundred_thousand_values_are_scored_in_a_breath(name, body):
    chance = random.Random(17)
    ids = sorted(set(_ids(split(body)[0]))) or ["x"]
    values = [_junk(chance, ids) for _number in range(RUN)]
    score = KINDS[name].score
    began = time.process_time()
    for value in values:
        assert -1 <= score(body, value).fraction <= 1
    taken = time.process_time() - began

    assert taken < 3, f"{taken:.1f} s"


def _ids(content):
    if isinstance(content, dict):
        if isinstance(content.get("id"), str):
            yield content["id"]
        for part in content.values():
            yield from _ids(part)
    elif isinstance(content, list):
        for part in content:
            yield from _ids(part)


def test_fractions_are_decimals():
    for name, body in EXAMPLES:
        score = KINDS[name].score(body, KINDS[name].best(body))

        assert isinstance(score.fraction, Decimal)
        assert all(isinstance(part, Decimal) for part in score.parts.values())
