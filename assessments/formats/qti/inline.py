"""QTI's text entries and inline choices: one is a text or a number, several are a text with gaps."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.qti.lists import listed_key, response_id
from assessments.formats.qti.parts import QtiItem, mark, safe_id
from assessments.formats.records import NotReadableError
from assessments.interactions.processed.names import attribute, children, first, name_of, named

KindAndData = tuple[str, dict]
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


def _accepted(item: QtiItem, identifier: str, *, is_alone: bool) -> tuple[list[dict], Decimal]:
    """Return the answers in words with their marks, and the most that one of them gains."""
    found = []
    for element in _rules_of(item, identifier, "pattern-match"):
        found.append((attribute(element, "pattern"), "pattern", item.full))
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
    tolerance, how = "0", "absolute"
    for element in _rules_of(item, identifier, "equal"):
        mode = attribute(element, "tolerance-mode", "exact")
        given = (attribute(element, "tolerance", "0").split() or ["0"])[0]
        if mode == "absolute":
            tolerance = given
        elif mode == "relative":
            tolerance, how = str(Decimal(given) / 100), "relative"
    for element in _rules_of(item, identifier, "equal-rounded"):
        tolerance = attribute(element, "figures", "3")
        how = "significant"
        if attribute(element, "rounding-mode", "significantFigures") == "decimalPlaces":
            tolerance, how = str(Decimal(5).scaleb(-int(tolerance) - 1)), "absolute"
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
            return {
                **gap,
                "how": "number",
                "numbers": [{**each, "mark": "1"} for each in numbers],
            }, gain
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
