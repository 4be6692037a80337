"""QTI's rules, run: template processing, response processing and its standard templates.

QTI 2.2 "Assessment Test, Section and Item Information Model", sections 8 to 10. Pure: no clock, files or network;
the same rules, responses and seed give the same outcomes. Limits on steps, depth, sizes and patterns hold whatever a
package says.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from lxml import etree

from assessments.interactions.processed.expressions import Expressions
from assessments.interactions.processed.names import attribute, children, name_of
from assessments.interactions.processed.values import (
    Declaration,
    QtiValue,
    UnsupportedRuleError,
    are_same,
    cast,
)

MAX_SIZE = 500_000  # characters of rules
_TRIES = 20  # to draw values that a template's constraints allow
_DECLARED = {"response-declaration", "outcome-declaration", "template-declaration"}
_FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class _Stop(Exception):  # noqa: N818  no error: a rule that ends the rules
    """exitResponse, exitTemplate, or a constraint that the drawn values break."""


@dataclass(frozen=True)
class Program:
    """The declarations and rules of an item, parsed."""

    responses: dict[str, Declaration] = field(default_factory=dict)
    outcomes: dict[str, Declaration] = field(default_factory=dict)
    templates: dict[str, Declaration] = field(default_factory=dict)
    response_rules: etree._Element | None = None
    template_rules: etree._Element | None = None


def read_program(root: etree._Element) -> Program:
    """Return the program of an item's XML."""
    declared: dict[str, dict[str, Declaration]] = {name: {} for name in _DECLARED}
    rules: dict[str, etree._Element] = {}
    for element in root.iter():
        name = name_of(element)
        if name in _DECLARED:
            made = Declaration.read(element)
            declared[name][made.identifier] = made
        elif name in {"response-processing", "template-processing"}:
            rules.setdefault(name, element)
    return Program(
        declared["response-declaration"],
        declared["outcome-declaration"],
        declared["template-declaration"],
        rules.get("response-processing"),
        rules.get("template-processing"),
    )


@lru_cache(maxsize=128)
def parse_program(rules: str) -> Program:
    """Return the program of rules as text, or raise UnsupportedRuleError."""
    if len(rules) > MAX_SIZE:
        raise UnsupportedRuleError("rules too long")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return read_program(etree.fromstring(rules.encode(), parser))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnsupportedRuleError("rules are not well-formed") from error


class Run(Expressions):
    """One processing of one response. `values` are the outcomes when it is done."""

    def __init__(self, program: Program, responses: dict[str, Any], seed: str) -> None:
        super().__init__(seed)
        self.program = program
        self.declared = {**program.templates, **program.outcomes, **program.responses}
        self.correct = {name: each.correct for name, each in program.responses.items()}
        self.defaults = {name: each.default for name, each in self.declared.items()}
        self._draw()
        for name, outcome in program.outcomes.items():
            self.values[name] = self._first(name, outcome)
        for name, response in program.responses.items():
            given = name in responses
            self.values[name] = response.response(responses[name]) if given else self.defaults[name]
        for name, value in (
            ("completionStatus", "not_attempted"),
            ("numAttempts", 1),
            ("duration", 0.0),
        ):
            self.values.setdefault(name, value)
        self._process()

    def _first(self, name: str, outcome: Declaration) -> QtiValue:
        if self.defaults[name] is None and outcome.cardinality == "single":
            return {"integer": 0, "float": 0.0}.get(outcome.base)
        return self.defaults[name]

    def _draw(self) -> None:
        for _try in range(_TRIES):
            self.values |= {name: each.default for name, each in self.program.templates.items()}
            if self.program.template_rules is None:
                return
            try:
                self.rules(children(self.program.template_rules))
            except _Stop as stop:
                if str(stop) == "constraint":
                    continue
            return

    def _process(self) -> None:
        rules = self.program.response_rules
        if rules is None:
            return
        address = attribute(rules, "template") or attribute(rules, "template-location")
        try:
            if address and not children(rules):
                self._standard(address)
            else:
                self.rules(children(rules))
        except _Stop:
            return

    def _standard(self, address: str) -> None:
        """QTI's response processing templates, and Common Cartridge's, which say the same of RESPONSE."""
        name = re.sub(r"\.xml$", "", address.rstrip("/").split("/")[-1]).lower()
        response = self.program.responses.get("RESPONSE")
        value = self.values.get("RESPONSE")
        if name in {"match_nothing", "match_none"}:
            return
        if response is None:
            raise UnsupportedRuleError("template without RESPONSE")
        match name.removeprefix("cc2_").removesuffix("_basic"):
            case "match_correct" | "match":
                is_right = value is not None and are_same(value, self.correct.get("RESPONSE"))
                self.values["SCORE"] = float(is_right)
            case "map_response":
                self.values["SCORE"] = 0.0 if value is None else self.mapped(response, value)
            case "map_response_point":
                self.values["SCORE"] = 0.0 if value is None else self.mapped_points(response, value)
            case _:
                raise UnsupportedRuleError(f"template {address}")

    def rules(self, elements: list[etree._Element]) -> None:
        self.depth += 1
        if self.depth > 60:  # noqa: PLR2004  as deep as expressions
            raise UnsupportedRuleError("nested too deeply")
        for element in elements:
            self.step()
            self._rule(element)
        self.depth -= 1

    def _rule(self, element: etree._Element) -> None:  # noqa: C901  one branch for each case of the format
        name = name_of(element)
        match name:
            case "response-condition" | "template-condition" | "outcome-condition":
                self._condition(element)
            case "set-outcome-value" | "set-template-value" | "set-response-value":
                self._set(element)
            case "set-correct-response":
                identifier, value = self._new(element)
                self.correct[identifier] = value
            case "set-default-value":
                identifier, value = self._new(element)
                self.defaults[identifier] = value
                if identifier in self.program.outcomes:
                    self.values[identifier] = value
            case "lookup-outcome-value":
                self._look_up(element)
            case "exit-response" | "exit-template" | "exit-test":
                raise _Stop("exit")
            case "template-constraint":
                if not self.evaluate(children(element)[0]):
                    raise _Stop("constraint")
            case (
                "response-processing-fragment"
                | "template-processing-fragment"
                | "outcome-processing-fragment"
            ):
                self.rules(children(element))
            case _:
                raise UnsupportedRuleError(name)

    def _new(self, element: etree._Element) -> tuple[str, QtiValue]:
        identifier = attribute(element, "identifier")
        value = self.evaluate(children(element)[0])
        declaration = self.declared.get(identifier)
        return identifier, declaration.converted(value) if declaration else value

    def _set(self, element: etree._Element) -> None:
        identifier, value = self._new(element)
        self.values[identifier] = value

    def _condition(self, element: etree._Element) -> None:
        for branch in children(element):
            if name_of(branch).endswith("-else"):
                self.rules(children(branch))
                return
            test, *rules = children(branch)
            if self.evaluate(test) is True:
                self.rules(rules)
                return

    def _look_up(self, element: etree._Element) -> None:
        outcome = self.program.outcomes[attribute(element, "identifier")]
        if outcome.table is None:
            raise UnsupportedRuleError(f"no table for {outcome.identifier}")
        found = attribute(outcome.table, "default-value") or None
        value = self._number(children(element)[0])
        for entry in children(outcome.table):
            if value is None:
                break
            source = float(attribute(entry, "source-value"))
            is_exact = name_of(entry) == "match-table-entry"
            with_bound = attribute(entry, "include-boundary", "true") == "true"
            if (source == value and (is_exact or with_bound)) or (not is_exact and value > source):
                found = attribute(entry, "target-value")
                break
        self.values[outcome.identifier] = None if found is None else cast(outcome.base, found)


def outcomes(program: Program, responses: dict[str, Any], seed: str = "") -> dict[str, QtiValue]:
    """Return all variables after processing, or raise UnsupportedRuleError."""
    try:
        return Run(program, responses, seed).values
    except _FAULTS as error:
        raise UnsupportedRuleError(f"{type(error).__name__}: {error}") from error


def score(rules: str, responses: dict[str, Any], seed: str = "") -> Decimal | None:
    """Return SCORE, or None where the rules cannot be run or set none. Never raises."""
    try:
        found = outcomes(parse_program(rules), responses, seed).get("SCORE")
        if isinstance(found, bool) or not isinstance(found, int | float):
            return None
        return Decimal(repr(found))
    except (UnsupportedRuleError, InvalidOperation):
        return None


def max_score(rules: str, seed: str = "") -> Decimal:
    """Return what full marks are: MAXSCORE, the normal maximum, what the key scores, or 1."""
    try:
        program = parse_program(rules)
    except UnsupportedRuleError:
        return Decimal(1)
    declared = program.outcomes.get("MAXSCORE")
    if declared and isinstance(declared.default, int | float) and declared.default > 0:
        return Decimal(repr(declared.default))
    found = score(rules, key(rules, seed), seed)
    return found if found is not None and found > 0 else Decimal(1)


def key(rules: str, seed: str = "") -> dict[str, Any]:
    """Return the right responses as JSON, by the identifier of their variable; {} where there are none."""
    try:
        run = Run(parse_program(rules), {}, seed)
    except (UnsupportedRuleError, *_FAULTS):
        return {}
    return {name: as_json(value) for name, value in run.correct.items() if value is not None}


def as_json(value: QtiValue) -> Any:
    """Return a value as JSON: pairs as "A B", points as "1 2", containers as lists."""
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if isinstance(value, tuple | frozenset):
        return " ".join(
            str(each) for each in (sorted(value) if isinstance(value, frozenset) else value)
        )
    return value
