"""Seeded variables: the same seed fills in the same values, in every process and for ever."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from functools import partial
from hashlib import sha256
from html import escape
from typing import Any, TypeVar, get_args

from django.utils.translation import gettext as _
from pydantic import AfterValidator
from simpleeval import InvalidExpression, SimpleEval

from assessments.interactions.base import exact
from assessments.interactions.reading import plain_number, read_number
from assessments.interactions.shapes import (
    AcceptedNumber,
    Body,
    Shape,
    Variable,
    clean_html,
    clean_inline,
)

REDRAWS = 100
TRIED_SEEDS = 50
MAX_EXPRESSION = 500  # letters
MAX_STEPS = 1_000_000
MAX_MAGNITUDE = 100  # powers of ten
MAX_PLACES = 20
SHOWN = Context(prec=28, rounding=ROUND_HALF_UP, traps=[])
_64 = (1 << 64) - 1

Filled = Decimal | str
B = TypeVar("B", bound=Body)


class CannotDraw(ValueError):  # noqa: N818  it reads as what it says
    """Variables that have no value; the sentence is for the author."""


class Splitmix:
    """Steele, Lea and Flood's splitmix64: four lines that every language can repeat."""

    def __init__(self, seed: str) -> None:
        self.state = int.from_bytes(sha256(seed.encode()).digest()[:8], "big")

    def next(self) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & _64
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _64
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _64
        return mixed ^ (mixed >> 31)

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1, each as likely as the others."""
        limit = (1 << 64) - (1 << 64) % count
        while (drawn := self.next()) >= limit:
            pass
        return drawn % count


def _rounded(number: Decimal, places: Decimal = Decimal(0), how: str = ROUND_HALF_UP) -> Decimal:
    if not -MAX_PLACES <= places <= MAX_PLACES:
        raise ValueError("too many places")
    return number.quantize(Decimal(1).scaleb(-int(places)), rounding=how)


def _real(function: Callable[..., float]) -> Callable[..., Decimal]:
    return lambda *numbers: Decimal(repr(function(*(float(number) for number in numbers))))


def _log(number: Decimal, base: Decimal | None = None) -> Decimal:
    return number.ln() if base is None else number.ln() / base.ln()


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "round": _rounded,
    "floor": partial(_rounded, how=ROUND_FLOOR),
    "ceil": partial(_rounded, how=ROUND_CEILING),
    "min": min,
    "max": max,
    "sqrt": lambda number: number.sqrt(),
    "exp": lambda number: number.exp(),
    "log": _log,
    "ln": _log,
    "log10": lambda number: number.log10(),
    "pow": operator.pow,
    **{
        name: _real(getattr(math, name))
        for name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "radians", "degrees")
    },
}
OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda left, right: (left / right).to_integral_value(rounding=ROUND_FLOOR),
    ast.Mod: lambda left, right: (
        left - right * (left / right).to_integral_value(rounding=ROUND_FLOOR)
    ),
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
NAMES = {"pi": Decimal(repr(math.pi)), "e": Decimal(repr(math.e)), "True": True, "False": False}
NODES = (
    ast.Expr, ast.Constant, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name,
)  # fmt: skip


def _constant(node: ast.Constant) -> Any:
    """Numbers as decimals: 0.1 is a tenth."""
    if isinstance(node.value, bool | str):
        return node.value
    if isinstance(node.value, int | float):
        return Decimal(repr(node.value))
    raise InvalidExpression("only numbers and words can stand here")


def evaluate(expression: str, values: Mapping[str, Filled]) -> Any:
    """What `expression` yields, or CannotDraw with a sentence. Powers are ** or ^; `{a}` is as good as a."""
    if len(expression) > MAX_EXPRESSION:
        raise CannotDraw(
            _("An expression is longer than %(longest)d letters.") % {"longest": MAX_EXPRESSION}
        )
    try:
        readable = re.sub(r"\{(\w+)\}", r"(\1)", expression).replace("^", "**").strip()
        reckoner = SimpleEval(operators=OPERATORS, functions=FUNCTIONS, names={**NAMES, **values})
        reckoner.nodes = {
            node: (_constant if node is ast.Constant else reckoner.nodes[node]) for node in NODES
        }
        return reckoner.eval(readable, ast.parse(readable, mode="eval").body)
    except (
        InvalidExpression, SyntaxError, ArithmeticError, ValueError, TypeError, KeyError, AttributeError,
        RecursionError, MemoryError,
    ) as error:  # fmt: skip
        raise CannotDraw(
            _("“%(expression)s” cannot be worked out: %(why)s.")
            % {"expression": expression, "why": str(error).rstrip(".") or type(error).__name__}
        ) from error


def _number(text: str, values: Mapping[str, Filled]) -> Decimal:
    """`text` as a number, whether written as one or as an expression."""
    number = read_number(text)
    if number is None:
        number = evaluate(text, values)
    if isinstance(number, bool) or not isinstance(number, Decimal) or not number.is_finite():
        raise CannotDraw(_("“%(expression)s” does not yield a number.") % {"expression": text})
    if number and abs(number.adjusted()) > MAX_MAGNITUDE:
        raise CannotDraw(
            _("“%(expression)s” yields a number too large or too small.") % {"expression": text}
        )
    return SHOWN.plus(number)


def _drawn(variable: Variable, values: Mapping[str, Filled], chance: Splitmix) -> Filled:
    if variable.how == "list":
        if not variable.choices:
            raise CannotDraw(_("The list of %(name)s is empty.") % {"name": variable.name})
        text = variable.choices[chance.below(len(variable.choices))]
        value: Filled = text if (number := read_number(text)) is None else number
    elif variable.how == "expression":
        worked_out = evaluate(variable.expression, values)
        value = worked_out if isinstance(worked_out, str) else _number(variable.expression, values)
    else:
        low, high, step = (_number(each, values) for each in _ends(variable))
        steps = (high - low) / step if step > 0 else Decimal(-1)
        if not 0 <= steps <= MAX_STEPS:
            raise CannotDraw(
                _("The range of %(name)s has no values, or more than a million.")
                % {"name": variable.name}
            )
        value = low + step * chance.below(int(steps) + 1)
    if variable.decimals is not None and isinstance(value, Decimal):
        value = _rounded(value, Decimal(variable.decimals))
    return value


def _ends(variable: Variable) -> tuple[str, str, str]:
    return variable.low or "0", variable.high or variable.low or "0", variable.step or "1"


@exact
def draw(body: Body, seed: str) -> dict[str, Filled]:
    """Values of the body's variables that meet its constraints, by `seed` alone; CannotDraw where there are none."""
    for round_number in range(REDRAWS):
        values: dict[str, Filled] = {}
        for variable in body.variables:
            chance = Splitmix(f"{seed}:{variable.name}:{round_number}")
            values[variable.name] = _drawn(variable, values, chance)
        if all(evaluate(constraint, values) for constraint in body.constraints):
            return values
    raise CannotDraw(
        _("No values were found that meet all conditions. Widen a range, or remove a condition.")
    )


def shown(value: Filled, decimals: int | None = None) -> str:
    """`value` as it stands in a text."""
    if isinstance(value, str):
        return value
    if decimals is not None:
        return f"{_rounded(value, Decimal(decimals)):f}"
    return plain_number(value)


def _is_html(annotation: Any, metadata: Any) -> bool:
    """Whether a field, or what its list holds, is HTML."""
    cleaners = {
        each.func for each in metadata if isinstance(each, AfterValidator)
    }  # fmt: skip
    if cleaners & {clean_html, clean_inline}:
        return True
    return any(
        _is_html(inner, getattr(inner, "__metadata__", ())) for inner in get_args(annotation)
    )


class _Filler:
    """Puts values into the texts of a shape, numbers into its accepted numbers."""

    def __init__(self, values: Mapping[str, Filled], texts: Mapping[str, str]) -> None:
        self.values = values
        self.texts = texts
        names = "|".join(map(re.escape, texts))
        self.pattern = re.compile(rf"\{{({names})\}}")

    def text(self, text: str, *, is_html: bool) -> str:
        def put(found: re.Match[str]) -> str:
            value = self.texts[found[1]]
            return escape(value) if is_html else value

        return self.pattern.sub(put, text) if "{" in text else text

    def any(self, part: Any, *, is_html: bool) -> Any:
        if isinstance(part, Shape):
            return self.shape(part)
        if isinstance(part, str):
            return self.text(part, is_html=is_html)
        if isinstance(part, list):
            return [self.any(each, is_html=is_html) for each in part]
        return part

    def shape(self, shape: Shape) -> dict[str, Any]:
        filled = {}
        for name, field in type(shape).model_fields.items():
            part = getattr(shape, name)
            if name in {"variables", "constraints"}:
                filled[name] = []
            elif isinstance(shape, AcceptedNumber) and name in {
                "value",
                "tolerance",
                "low",
                "high",
            }:
                filled[name] = self.number(part)
            else:
                filled[name] = self.any(part, is_html=_is_html(field.annotation, field.metadata))
        return filled

    def number(self, text: str) -> str:
        if not text.strip() or read_number(text) is not None:
            return text
        return plain_number(_number(text, self.values))


@exact
def instantiate(body: B, seed: str) -> B:
    """`body` with its variables filled in by `seed`; itself where it has none."""
    if not body.variables:
        return body
    values = draw(body, seed)
    decimals = {variable.name: variable.decimals for variable in body.variables}
    texts = {name: shown(value, decimals[name]) for name, value in values.items()}
    return type(body).model_validate(_Filler(values, texts).shape(body))


def check_variables(body: B) -> list[B]:
    """Fill in `body` by many seeds, as an author's check: raises CannotDraw with a sentence where one fails."""
    if not body.variables:
        return [body]
    names = [variable.name for variable in body.variables]
    if len(set(names)) < len(names):
        raise CannotDraw(_("Two variables share a name. Rename one."))
    return [instantiate(body, f"check:{number}") for number in range(TRIED_SEEDS)]
