"""What each kind of item provides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

from django import forms
from wagtail import blocks

from assessments.interactions.shapes import Body, Value

Verdict = Literal["right", "partly", "wrong", "unanswered", "unscored"]
P = ParamSpec("P")
R = TypeVar("R")

ARITHMETIC = Context(prec=50, rounding=ROUND_HALF_UP, Emin=-9999, Emax=9999, traps=[])


def exact(function: Callable[P, R]) -> Callable[P, R]:
    """Let `function` reckon with decimals in the same way in every process; nothing there raises."""

    @wraps(function)
    def reckoned(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(ARITHMETIC):
            return function(*args, **kwargs)

    return reckoned


@dataclass(frozen=True)
class Score:
    """What scoring yields: `fraction` of the item's points, -1…1, and that of each part by its id.

    "unscored" waits for a person, or is never scored, as a poll.
    """

    fraction: Decimal
    verdict: Verdict
    parts: dict[str, Decimal] = field(default_factory=dict)


HAIR = Decimal("1e-9")
UNANSWERED = Score(Decimal(0), "unanswered")
UNSCORED = Score(Decimal(0), "unscored")


def verdict_of(fraction: Decimal) -> Verdict:
    """What to call `fraction` of an item or of a part of it."""
    return "right" if fraction == 1 else "partly" if fraction > 0 else "wrong"


def judged(fraction: Decimal, parts: dict[str, Decimal] | None = None) -> Score:
    """The score of an answered item, its verdict told by the fraction alone."""
    fraction = max(Decimal(-1), min(Decimal(1), fraction))
    return Score(fraction, verdict_of(fraction), parts or {})


def share(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """`part` of `whole`, at least 0; what lies a hair below 1 from thirds written out is 1."""
    fraction = max(Decimal(0), Decimal(part) / Decimal(whole))
    return Decimal(1) if abs(1 - fraction) < HAIR else fraction


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
    `presets` are bodies to start from, each with its label.
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
    remark: Callable[[Any, Value], str] = lambda _body, _value: ""
    scored_by: Literal["machine", "person", "nobody"] = "machine"
    version: int = 1
    presets: tuple[tuple[Any, Body], ...] = ()
