"""Moodle's calculated questions: their wild cards become variables, their formulas expressions."""

import re
from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.moodle.cloze import decimal_of, plain_number, share
from assessments.formats.moodle.question import Question, inner_text
from assessments.formats.records import NotReadableError, NotSupportedError

_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,30}$")
# What formulas may call, of Moodle's list, under the same name here.
_FUNCTIONS = {"abs", "sqrt", "round", "floor", "ceil", "min", "max", "exp", "log", "log10", "sin", "cos", "tan", "pi", "pow"}  # fmt: skip


def variables(question: Question) -> list[dict]:
    """Return a variable for each wild card: drawn from its list where it is alone, from its range where there are more.

    Moodle draws one row for all wild cards. Ours are drawn apart, so that lists of several would make rows that the
    author never saw: their ranges are what the author chose.
    """
    definitions = question.all("dataset_definitions/dataset_definition")
    if not definitions:
        raise NotSupportedError(
            _("Its wild cards have no values. Give them values in Moodle and export it again.")
        )
    return [_variable(each, is_alone=len(definitions) == 1) for each in definitions]


def _variable(definition: etree._Element, *, is_alone: bool) -> dict:
    def number(path: str, default: str) -> Decimal:
        part = definition.find(path)
        return decimal_of((inner_text(part) if part is not None else "") or default)

    name = inner_text(definition.find("name"))
    if not _NAME.match(name):
        raise NotSupportedError(
            _("The wild card “%(name)s” cannot be the name of a variable. Use letters and figures.")
            % {"name": name}
        )
    items = [
        decimal_of(item.findtext("value", "0"))
        for item in definition.findall("dataset_items/dataset_item")
    ]
    distinct = sorted(set(items))
    if len(distinct) == 1 or (distinct and is_alone):
        choices = [plain_number(item) for item in distinct]
        return {"name": name, "how": "list", "choices": choices}
    low, high = number("minimum", "0"), number("maximum", "0")
    decimals = int(number("decimals", "0"))
    if low >= high or (distinct and not (low <= distinct[0] and distinct[-1] <= high)):
        raise NotSupportedError(
            _("Its wild cards are rows of a list that belong together, which is not supported.")
        )
    step = plain_number(Decimal(1).scaleb(-decimals))
    return {
        "name": name,
        "how": "range",
        "low": plain_number(low),
        "high": plain_number(high),
        "step": step,
        "decimals": max(0, min(10, decimals)),
    }


def expression(formula: str) -> str:
    """Return a formula of Moodle's, `{a}+pow({b},2)`, as one of ours, `a+pow(b,2)`."""
    bare = re.sub(r"\{([A-Za-z_]\w*)\}", r"\1", formula.strip().lstrip("="))
    called = set(re.findall(r"([A-Za-z_]\w*)\s*\(", bare))
    unknown = called - _FUNCTIONS
    if unknown or re.search(r"[{}?:]", bare):
        raise NotSupportedError(
            _("Its formula uses what is not supported here: %(formula)s")
            % {"formula": formula[:120]}
        )
    return re.sub(r"\bpi\(\)", "pi", bare)


def _worked_out(question: Question, text: str, drawn: list[dict]) -> str:
    """Return `text` in which each `{=formula}` is a variable of its own, added to `drawn`."""

    def named(match: re.Match) -> str:
        worked = expression(match[1])
        for variable in drawn:
            if variable.get("expression") == worked:
                return "{" + variable["name"] + "}"
        name = f"value_{len(drawn) + 1}"
        drawn.append({"name": name, "how": "expression", "expression": worked, "decimals": 4})
        return "{" + name + "}"

    return re.sub(r"\{=((?:[^{}]|\{[^{}]*\})*)\}", named, text)


def calculated(question: Question) -> tuple[str, dict]:
    """A number whose right value is a formula. tolerancetype: 1 relative, 2 nominal, 3 geometric."""
    from assessments.formats.moodle.kinds import units

    drawn = variables(question)
    answers = []
    for each in question.all("answer"):
        kind = each.findtext("tolerancetype", "2").strip()
        if kind == "3":
            question.notes.append(_("The tolerance was a factor; it is a share of the value now."))
        value = inner_text(each)
        answers.append(
            {
                "value": "-1000000000000000" if value == "*" else expression(value),
                "tolerance": plain_number(abs(decimal_of(each.findtext("tolerance", "0") or "0"))),
                "how": "absolute" if kind == "2" else "relative",
                "mark": share(each.get("fraction") or "0"),
                "feedback": question.html(each.find("feedback")),
            }
        )
    if not answers:
        raise NotReadableError(_("The question has no answer."))
    prompt = _worked_out(question, question.text, drawn)
    return "number", {"prompt": prompt, "answers": answers, "variables": drawn, **units(question)}


def calculatedmulti(
    question: Question, multichoice: Callable[[Question], tuple[str, dict]]
) -> tuple[str, dict]:
    """A choice whose options are worked out."""
    drawn = variables(question)
    kind, data = multichoice(question)
    options = [
        {**option, "text": _worked_out(question, option["text"], drawn)}
        for option in data["options"]
    ]
    prompt = _worked_out(question, question.text, drawn)
    return kind, {**data, "prompt": prompt, "options": options, "variables": drawn}
