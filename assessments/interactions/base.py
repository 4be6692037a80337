"""What each kind of item provides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django import forms
from wagtail import blocks

from assessments.interactions.shapes import Body, Value

Verdict = Literal["right", "partly", "wrong", "unanswered", "unscored"]


@dataclass(frozen=True)
class Score:
    """What scoring yields: `fraction` of the item's points, -1…1, and that of each part by its id.

    "unscored" waits for a person, or is never scored, as a poll.
    """

    fraction: Decimal
    verdict: Verdict
    parts: dict[str, Decimal] = field(default_factory=dict)


UNANSWERED = Score(Decimal(0), "unanswered")
UNSCORED = Score(Decimal(0), "unscored")


def judged(fraction: Decimal, parts: dict[str, Decimal] | None = None) -> Score:
    """The score of an answered item, its verdict told by the fraction alone."""
    fraction = max(Decimal(-1), min(Decimal(1), fraction))
    verdict: Verdict = "right" if fraction == 1 else "partly" if fraction > 0 else "wrong"
    return Score(fraction, verdict, parts or {})


@dataclass(frozen=True)
class Line:
    """One line of a review: what was answered, as HTML, how it did, and what its author says of it."""

    text: str
    verdict: Verdict
    feedback: str = ""


@dataclass(frozen=True)
class Interaction:
    """A kind of item. All functions are pure; `body` is a Body whose variables are filled in.

    `field(body, seed)` asks; its cleaned value is JSON, and its `prepare_value` turns that back.
    `remark(body, value)` is a sentence on a value that was kept but will not score as it stands, or "".
    `score(body, value)` never raises, whatever JSON `value` is. `best(body)` is a value that scores full,
    None where a person scores. `explain` tells what was answered, `solution` the right answer, as HTML.
    `version` is counted up when the same value may score differently.
    `block` is the author's form; `from_block` and `to_block` turn its value, as JSON, into a body and back.
    """

    name: str
    label: Any
    instruction: Any
    icon: str
    body: type[Body]
    score: Callable[[Any, Value], Score]
    field: Callable[[Any, str], forms.Field]
    explain: Callable[[Any, Value], list[Line]]
    solution: Callable[[Any], list[str]]
    best: Callable[[Any], Value]
    block: blocks.StructBlock
    from_block: Callable[[dict], Body]
    to_block: Callable[[Any], dict]
    remark: Callable[[Any, Value], str] = lambda body, value: ""
    scored_by: Literal["machine", "person", "nobody"] = "machine"
    version: int = 1
