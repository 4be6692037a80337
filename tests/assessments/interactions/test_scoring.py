"""What each kind scores, case by case, and what its scores have always been."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from assessments.interactions import KINDS
from tests.assessments.interactions.bodies import BODIES, GRID, POINTS

GOLDEN = Path(__file__).parent / "golden"


def changed(name, **changes):
    return type(BODIES[name]).model_validate(BODIES[name].model_dump() | changes)


def places(text):
    """ "s2 s1" as an answer to `order`."""
    return {
        "places": {thing: str(place) for place, thing in enumerate(text.split(), start=1)},
        "indents": {"s1": "1"},
    }


MANY = changed("match", is_many=True)
HOTTEXT_ONE = changed("hottext", max_choices=1)
CHOICES_ALL = changed("choices", method="all_or_nothing")
CHOICES_MARKS = type(BODIES["choices"])(
    prompt="",
    method="marks",
    options=[
        {"id": "a", "text": "a", "mark": "0.33333"},
        {"id": "b", "text": "b", "mark": "0.33333"},
        {"id": "c", "text": "c", "mark": "0.33333"},
        {"id": "d", "text": "d", "mark": "-0.5"},
    ],
)
NEIGHBOURS = changed("order", method="neighbours", max_indent=0, indents={})
CASES = [
    ("processed", None, {"SEAT": "SECRETWORD", "YEAR": "s2", "WHO": ["s3", "s1"]}, "1"),
    ("processed", None, {"SEAT": "secretword", "YEAR": "s2", "WHO": ["s1"]}, "0.3333"),
    ("processed", None, {"WHO": ["s1", "s3"]}, "0.3333"),
    ("processed", None, {"YEAR": "s1"}, "0"),
    ("choice", None, "a", "1"),
    ("choice", None, "b", "0.5"),
    ("choice", None, "c", "-0.25"),
    ("choices", None, ["a", "b", "e"], "1"),
    ("choices", None, ["a", "b"], "0.6667"),
    ("choices", None, ["a", "b", "c"], "0.3333"),
    ("choices", None, ["c", "d"], "0"),
    ("choices", None, ["a", "a", "b", "e"], "1"),
    ("choices", CHOICES_ALL, ["a", "b"], "0"),
    ("choices", CHOICES_ALL, ["e", "b", "a"], "1"),
    ("choices", CHOICES_MARKS, ["a", "b", "c"], "1"),
    ("choices", CHOICES_MARKS, ["a"], "0.3333"),
    ("choices", CHOICES_MARKS, ["d"], "-0.5"),
    ("text", None, " nairobi ", "1"),
    ("text", None, "Mombasa town", "0.5"),
    ("text", None, "KISUM", "0.25"),
    ("text", None, "Eldoret", "0"),
    ("number", None, {"number": "1.5", "unit": "kg"}, "1"),
    ("number", None, {"number": "1,500", "unit": "g"}, "1"),
    ("number", None, {"number": "1500 g", "unit": ""}, "1"),
    ("number", None, {"number": "1.5", "unit": ""}, "0.5"),
    ("number", None, {"number": "1.5", "unit": "g"}, "0.5"),
    ("number", None, {"number": "1.2", "unit": "kg"}, "0.5"),
    ("number", None, {"number": "3", "unit": "kg"}, "0"),
    ("number", None, {"number": "a lot", "unit": "kg"}, "0"),
    ("gaps", None, {"g1": "kenya", "g2": "503", "g3": "s2"}, "1"),
    ("gaps", None, {"g1": "Uganda", "g3": "s2"}, "0.625"),
    ("gaps", None, {"g2": "five"}, "0"),
    ("gap_match", None, {"1": "w2", "2": "w1"}, "1"),
    ("gap_match", None, {"1": "w2"}, "0.5"),
    ("gap_match", None, {"1": "w2", "2": "w1", "3": "w3"}, "0.5"),
    ("gap_match", None, {"1": "w1", "2": "w1"}, "0"),
    ("match", None, {"s1": ["t1"], "s2": ["t2"], "s3": ["t1"]}, "1"),
    ("match", None, {"s1": ["t1"], "s2": ["t1"]}, "0.3333"),
    ("match", MANY, {"s1": ["t1", "t2"], "s2": ["t1", "t2"], "s3": ["t1", "t2"]}, "0"),
    ("match", MANY, {"s1": ["t1", "t2"], "s2": ["t2"], "s3": ["t1"]}, "0.6667"),
    ("match", GRID, {"s1": ["t1"], "s2": ["t2"], "s3": ["t1"]}, "1"),
    ("match", GRID, {"s1": ["t1"], "s2": ["t2"], "s3": ["t2"]}, "0.5"),
    ("match", GRID, {"s1": ["t1"]}, "0"),
    ("order", None, places("s2 s1 s3"), "1"),
    ("order", None, {"places": {"s2": "1", "s1": "3", "s3": "4"}, "indents": {"s1": "1"}}, "1"),
    ("order", None, {**places("s2 s1 s3"), "indents": {}}, "0.6667"),
    ("order", None, places("s2 s1 s3 s4"), "0.6667"),
    ("order", None, places("s1 s2 s3"), "0.3333"),
    ("order", None, {"places": {"s2": "1", "s1": "1", "s3": "3"}}, "0.3333"),
    ("order", NEIGHBOURS, places("s1 s3 s2"), "0.5"),
    ("order", NEIGHBOURS, places("s2 s1 s3"), "1"),
    ("hottext", None, ["s2", "s3"], "1"),
    ("hottext", None, ["s1", "s2"], "0"),
    ("hottext", None, ["s1", "s2", "s3"], "0.5"),
    ("hottext", HOTTEXT_ONE, ["s3"], "1"),
    ("hottext", HOTTEXT_ONE, ["s2", "s3"], "0"),
    ("hotspot", None, ["a1", "a2"], "1"),
    ("hotspot", None, ["a1", "a3"], "0.5"),
    ("hotspot", None, ["a1", "a2", "a3"], "0"),
    ("hotspot", POINTS, [[200, 210], [500.5, 500.5]], "1"),
    ("hotspot", POINTS, [[200, 210], [500.0, 500.0]], "1"),
    ("hotspot", POINTS, [[200, 210], [210, 200]], "0.5"),
    ("hotspot", POINTS, [[200, 210], [500.0, 500.0], [0, 0]], "0.5"),
    ("hotspot", POINTS, [[200, 210], [750, 50]], "0.25"),
    ("hotspot", POINTS, [[750, 50]], "-0.25"),
    ("graphic_gap_match", None, {"p1": "l2", "p2": "l1"}, "1"),
    ("graphic_gap_match", None, {"p1": "l2", "p2": "l2"}, "0"),
    ("graphic_gap_match", None, {"p1": "l2"}, "0.5"),
]


@pytest.mark.parametrize(("name", "body", "value", "fraction"), CASES)
def test_answers_score_as_their_kind_says(name, body, value, fraction):
    score = KINDS[name].score(body or BODIES[name], value)

    assert round(score.fraction, 4) == Decimal(fraction)


@pytest.mark.parametrize("name", KINDS)
def test_scores_are_what_they_were(name):
    """A change of these is a new version of the kind, with a file of its own."""
    kind = KINDS[name]
    rows = json.loads((GOLDEN / f"{name}-v{kind.version}.json").read_text(encoding="utf-8"))

    assert rows
    for row in rows:
        score = kind.score(kind.body.model_validate(row["body"]), row["value"])
        told = {
            "fraction": str(score.fraction),
            "verdict": score.verdict,
            "parts": {part: str(fraction) for part, fraction in score.parts.items()},
        }

        assert told == row["score"]


@pytest.mark.parametrize("name", KINDS)
def test_reviews_tell_what_was_answered(name):
    kind, body = KINDS[name], BODIES[name]
    value = kind.best(body)
    if value is None:
        return
    lines = kind.explain(body, value)

    assert {line.verdict for line in lines} == {"right"}
    assert all(line.text for line in lines)


def test_typed_text_is_escaped_in_reviews():
    for name, value in [
        ("text", "<b>x"),
        ("essay", "<b>x"),
        ("gaps", {"g1": "<b>x"}),
        ("number", {"number": "<b>x"}),
        ("upload", [{"name": "<b>x", "sha256": "0"}]),
    ]:
        assert "<b>x" not in KINDS[name].explain(BODIES[name], value)[0].text
