"""QTI's text entries and inline choices: one is a text or a number, several are a text with gaps."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.moodle.cloze import plain_number
from assessments.formats.qti.lists import listed_key, response_id
from assessments.formats.qti.parts import QtiItem, mark, safe_id
from assessments.formats.records import NotReadableError
from assessments.interactions.processed.names import attribute, children, first, name_of, named

KindAndData = tuple[str, dict]
_BRANCHES = ("response-if", "response-else-if")
_INLINE = {"text-entry-interaction", "inline-choice-interaction"}


def _base(item: QtiItem, identifier: str) -> str:
    declaration = item.program.responses.get(identifier)
    return declaration.base if declaration else "string"


def _rules_of(item: QtiItem, identifier: str, name: str) -> list[etree._Element]:
    """Return the expressions of this name in the rules that use a response."""
    rules = item.program.response_rules
    if rules is None:
        return []
    found = []
    for element in named(rules, name):
        names = [attribute(each, "identifier") for each in named(element, "variable", "correct")]
        if identifier in names:
            found.append(element)
    return found


def _candidates(item: QtiItem, identifier: str) -> list[str]:
    """Return the texts that may be right: of the key, the mapping, and what the rules compare with."""
    found = listed_key(item, identifier) + [key for key, _value in item.mapping(identifier)]
    for name in ("match", "string-match", "equal", "equal-rounded", "member", "substring"):
        for element in _rules_of(item, identifier, name):
            found += [each.text or "" for each in named(element, "base-value")]
    return list(dict.fromkeys(text.strip() for text in found if text and text.strip()))


def _others(item: QtiItem, but: str) -> dict:
    """Return the right responses to all but one interaction."""
    keys = {name: item.key(name) for name in item.program.responses if name != but}
    return {name: key for name, key in keys.items() if key is not None}


def _gain(item: QtiItem, identifier: str, text: str, *, is_alone: bool) -> Decimal:
    """Return what an answer adds to the score: by itself, or to the right answers of all other gaps."""
    with_it, without = {identifier: text}, {}
    if not is_alone:
        others = _others(item, identifier)
        with_it, without = {**others, **with_it}, others
        alone = (item.points({identifier: text}) or Decimal(0)) - (item.points({}) or Decimal(0))
        if alone > 0:
            return alone
    return (item.points(with_it) or Decimal(0)) - (item.points(without) or Decimal(0))


def _points_of(test: etree._Element) -> Decimal | None:
    """Return what the branch that `test` opens sets SCORE to, or adds to it, where it is written as a number."""
    branch = next((each for each in test.iterancestors() if name_of(each) in _BRANCHES), None)
    if branch is None:
        return None
    for rule in children(branch):
        if name_of(rule) == "set-outcome-value" and attribute(rule, "identifier") == "SCORE":
            numbers = [each.text for each in rule.iter() if name_of(each) == "base-value"]
            try:
                return Decimal((numbers[0] or "").strip()) if len(numbers) == 1 else None
            except InvalidOperation:
                return None
    return None


def _number_tests(item: QtiItem, identifier: str) -> list[dict]:
    """Return the numbers that the branches of a condition compare a response with, each with its tolerance."""
    found = []
    rules = item.program.response_rules
    for branch in [] if rules is None else named(rules, *_BRANCHES):
        test = children(branch)[0]
        names = [attribute(each, "identifier") for each in named(test, "variable")]
        answer = _number_test(item, test) if names and set(names) == {identifier} else None
        points = _points_of(test)
        if answer:
            feedback = _branch_feedback(item, branch)
            found.append(
                ({**answer, "feedback": feedback}, Decimal(1) if points is None else points)
            )
    best = max((points for _answer, points in found), default=Decimal(0))
    if best <= 0:
        return []
    return [{**answer, "mark": mark(max(Decimal(-1), points / best))} for answer, points in found]


def _branch_feedback(item: QtiItem, branch: etree._Element) -> str:
    """Return the feedback that a branch of a condition names."""
    named_there = {
        (attribute(rule, "identifier"), (value.text or "").strip())
        for rule in children(branch)
        if name_of(rule) == "set-outcome-value"
        for value in named(rule, "base-value")
    }
    return "".join(
        item.html(each)
        for each in named(item.root, "modal-feedback", "feedback-block", "feedback-inline")
        if (attribute(each, "outcome-identifier"), attribute(each, "identifier")) in named_there
    )


def _number_test(item: QtiItem, test: etree._Element) -> dict | None:
    """Return a test of a number as an AcceptedNumber's JSON, or None where it is another test."""
    values = [(each.text or "").strip() for each in named(test, "base-value")]
    for each in named(test, "correct"):
        values += listed_key(item, attribute(each, "identifier"))
    try:
        numbers = [str(Decimal(value)) for value in values]
    except InvalidOperation:
        return None
    name = name_of(test)
    if (
        name == "and"
        and [name_of(each) for each in children(test)] in (["gte", "lte"], ["gt", "lt"])
        and len(numbers) == 2  # noqa: PLR2004  said by the words beside it
    ):
        return {"low": numbers[0], "high": numbers[1]}
    if len(numbers) != 1 or name not in {"equal", "equal-rounded"}:
        return None
    tolerance, how = _tolerance(test)
    return {"value": numbers[0], "tolerance": tolerance, "how": how}


def _tolerance(test: etree._Element) -> tuple[str, str]:
    if name_of(test) == "equal":
        mode = attribute(test, "tolerance-mode", "exact")
        given = (attribute(test, "tolerance", "0").split() or ["0"])[0]
        if mode == "relative":
            return plain_number(Decimal(given) / 100), "relative"
        return (given if mode == "absolute" else "0"), "absolute"
    figures = attribute(test, "figures", "3")
    if attribute(test, "rounding-mode", "significantFigures") == "decimalPlaces":
        return plain_number(Decimal(5).scaleb(-int(figures) - 1)), "absolute"
    return figures, "significant"


def _accepted(item: QtiItem, identifier: str, *, is_alone: bool) -> tuple[list[dict], Decimal]:
    """Return the answers in words with their marks, and the most that one of them gains."""
    found = []
    for element in _rules_of(item, identifier, "pattern-match"):
        points = _points_of(element)
        found.append(
            (attribute(element, "pattern"), "pattern", item.full if points is None else points)
        )
    for text in _candidates(item, identifier):
        gain = _gain(item, identifier, text, is_alone=is_alone)
        if not item.has_rules:
            gain = dict(item.mapping(identifier)).get(text, Decimal(1))
        other_case = text.swapcase()
        is_exact = (
            other_case != text
            and item.has_rules
            and _gain(item, identifier, other_case, is_alone=is_alone) < gain
        )
        if gain > 0:
            found.append((text, "exact" if is_exact else "folded", gain))
    if not found:
        found = [(text, "exact", Decimal(1)) for text in listed_key(item, identifier)]
    if not found:
        raise NotReadableError(
            _("Nothing says which answer is right. Give the right response of “%(name)s”.")
            % {"name": identifier}
        )
    best = max(gain for _text, _how, gain in found)
    accepted = []
    for text, how, gain in found:
        feedback = item.feedback_after({identifier: text}) if is_alone and how != "pattern" else ""
        accepted.append({"text": text, "how": how, "mark": mark(gain / best), "feedback": feedback})
    return accepted, best


def _numbers(item: QtiItem, identifier: str) -> list[dict]:
    """Return the right numbers, with the tolerance that the rules or a mapping of theirs give."""
    tested = _number_tests(item, identifier)
    if tested:
        return tested
    tolerance, how = "0", "absolute"
    for element in _rules_of(item, identifier, "equal") + _rules_of(
        item, identifier, "equal-rounded"
    ):
        tolerance, how = _tolerance(element)
    low, high = _range(item, identifier)
    if low and high:
        return [{"low": low, "high": high}]
    answers = []
    gains = {
        text: _gain(item, identifier, text, is_alone=True) for text in _candidates(item, identifier)
    }
    best = max(gains.values(), default=Decimal(0))
    for text, gain in gains.items():
        try:
            value = Decimal(text)
        except InvalidOperation:
            continue
        if best <= 0 or gain > 0:
            share = mark(gain / best) if best > 0 else "1"
            answers.append({"value": str(value), "tolerance": tolerance, "how": how, "mark": share})
    return answers


def _range(item: QtiItem, identifier: str) -> tuple[str, str]:
    low = high = ""
    for names, is_low in ((("gt", "gte"), True), (("lt", "lte"), False)):
        for name in names:
            for element in _rules_of(item, identifier, name):
                parts = children(element)
                value = first(element, "base-value")
                if value is not None and name_of(parts[0]) == "variable":
                    low, high = (value.text or "", high) if is_low else (low, value.text or "")
    return low.strip(), high.strip()


def _is_number(item: QtiItem, identifier: str) -> bool:
    return _base(item, identifier) in {"float", "integer"}


def _width(interaction: etree._Element, default: int = 20) -> int:
    text = attribute(interaction, "expected-length", "")
    return max(1, min(100, int(text))) if text.isdigit() else default


def text_entry(item: QtiItem, interaction: etree._Element) -> KindAndData:
    """One text entry alone. A response of a number is a number."""
    identifier = response_id(interaction)
    if _is_number(item, identifier):
        answers = _numbers(item, identifier)
        if answers:
            return "number", {"answers": answers}
    if not _candidates(item, identifier) and not _rules_of(item, identifier, "pattern-match"):
        item.notes.append(_("No answer is given as right; a person marks it."))
        return "essay", {"lines": 1, "model_answer": item.for_scorers()}
    accepted, _best = _accepted(item, identifier, is_alone=True)
    return "text", {"answers": accepted, "width": _width(interaction)}


def _gap(item: QtiItem, interaction: etree._Element) -> tuple[dict, Decimal]:
    identifier = response_id(interaction)
    gap = {"id": safe_id(identifier), "width": _width(interaction, 12)}
    if name_of(interaction) == "inline-choice-interaction":
        options = [
            {"id": safe_id(attribute(each, "identifier")), "text": item.label(each)}
            for each in named(interaction, "inline-choice")
        ]
        accepted, best = _accepted(item, identifier, is_alone=False)
        accepted = [{**each, "text": safe_id(each["text"]), "how": "exact"} for each in accepted]
        return {**gap, "how": "dropdown", "options": options, "accepted": accepted}, best
    if _is_number(item, identifier):
        numbers = _numbers(item, identifier)
        if numbers:
            gain = max(
                (
                    _gain(item, identifier, each, is_alone=False)
                    for each in _candidates(item, identifier)
                ),
                default=Decimal(1),
            )
            return {**gap, "how": "number", "numbers": numbers}, gain
    accepted, best = _accepted(item, identifier, is_alone=False)
    return {**gap, "how": "text", "accepted": accepted}, best


def gaps(item: QtiItem, interactions: list[etree._Element]) -> KindAndData:
    """Several text entries and inline choices in a running text."""
    found = [_gap(item, each) for each in interactions]
    least = min((best for _gap_, best in found if best > 0), default=Decimal(1))
    made = [{**gap, "weight": mark(best / least) if best > 0 else "1"} for gap, best in found]
    alone = sum(
        (
            item.points({response_id(each): item.key(response_id(each))}) or Decimal(0)
            for each in interactions
        ),
        Decimal(0),
    )
    if item.has_rules and alone <= 0 < item.full:
        item.notes.append(_("All gaps had to be right; now each right one counts."))

    def replaced(element: etree._Element) -> str | None:
        return f"[[{safe_id(response_id(element))}]]" if name_of(element) in _INLINE else None

    is_shuffled = any(attribute(each, "shuffle") == "true" for each in interactions)
    return "gaps", {
        "prompt": "",
        "text": item.html(item.body, replaced),
        "gaps": made,
        "is_shuffled": is_shuffled,
    }
