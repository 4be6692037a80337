"""An item of QTI 2.x or 3.0 as it is read: its HTML, its variables, and what its rules score."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from typing import Any

from lxml import etree

from assessments.formats.markup import Files, Find, with_media
from assessments.formats.moodle.cloze import plain_number
from assessments.formats.text import unwrap
from assessments.interactions.processed.interpreter import Program, as_json, outcomes, read_program
from assessments.interactions.processed.names import attribute, children, name_of, named
from assessments.interactions.processed.values import QtiValue, UnsupportedRuleError, listed

_VOID = {"br", "hr", "img", "col", "source"}
_UNWRAPPED = {"item-body", "content-body", "prompt", "template-inline", "template-block"}
_LEFT_OUT = {"stylesheet", "modal-feedback", "feedback-inline", "feedback-block", "rubric-block", "catalog-info", "info-control", "companion-materials-info"}  # fmt: skip
_KEPT_ATTRIBUTES = {"href", "src", "alt", "data", "type", "colspan", "rowspan", "scope", "lang", "dir", "start", "title"}  # fmt: skip

Replace = Callable[[etree._Element], str | None]  # noqa: SLF001  lxml's own name for its type


def safe_id(identifier: str) -> str:
    """Return an identifier of QTI's as one of ours."""
    bare = re.sub(r"[^A-Za-z0-9_.\-]", "_", identifier.strip())
    return bare[:64] or "_"


@dataclass
class QtiItem:
    """An `assessmentItem`, and what gathering its files needs."""

    root: etree._Element
    files: Files
    find: Find
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.program: Program = read_program(self.root)
        self._full: Decimal | None = None

    @property
    def body(self) -> etree._Element | None:
        return next((each for each in children(self.root) if name_of(each) == "item-body"), None)

    @property
    def has_rules(self) -> bool:
        rules = self.program.response_rules
        return rules is not None and bool(
            children(rules) or attribute(rules, "template") or attribute(rules, "template-location")
        )

    # HTML

    def html(self, element: etree._Element | None, replace: Replace = lambda _element: None) -> str:
        """Return what is inside an element as HTML; `replace` may give other text for an element in it."""
        if element is None:
            return ""
        html = (escape(element.text or "", quote=False)) + "".join(
            self._outer(child, replace) for child in element
        )
        return with_media(html.strip(), self.files, self.find, self.notes)

    def outer_html(self, element: etree._Element) -> str:
        """Return an element itself as HTML."""
        html = self._outer(element, lambda _element: None)
        return with_media(html, self.files, self.find, self.notes)

    def _outer(self, element: etree._Element, replace: Replace) -> str:
        tail = escape(element.tail or "", quote=False)
        name = name_of(element)
        other = replace(element) if name else ""
        if other is not None:
            return other + tail
        if name in _LEFT_OUT or name.endswith("-interaction"):
            return tail
        inside = escape(element.text or "", quote=False) + "".join(
            self._outer(child, replace) for child in element
        )
        if name in _UNWRAPPED:
            return inside + tail
        given = "".join(
            f' {etree.QName(key).localname}="{escape(value)}"'
            for key, value in element.attrib.items()
            if etree.QName(key).localname in _KEPT_ATTRIBUTES
        )
        tag = etree.QName(element).localname
        if tag in _VOID:
            return f"<{tag}{given}>{tail}"
        return f"<{tag}{given}>{inside}</{tag}>{tail}"

    def label(self, element: etree._Element | None) -> str:
        return unwrap(self.html(element))

    # Scoring

    def after(self, responses: dict[str, Any]) -> dict[str, QtiValue] | None:
        """Return the variables after these responses, or None where the rules cannot be run."""
        try:
            return outcomes(self.program, responses)
        except UnsupportedRuleError:
            return None

    def points(self, responses: dict[str, Any]) -> Decimal | None:
        """Return SCORE for these responses."""
        found = self.after(responses)
        score = None if found is None else found.get("SCORE")
        if isinstance(score, bool) or not isinstance(score, int | float):
            return None
        return Decimal(repr(score))

    def key(self, identifier: str) -> Any:
        """Return the right response as JSON, or None."""
        declaration = self.program.responses.get(identifier)
        return as_json(declaration.correct) if declaration else None

    def mapping(self, identifier: str) -> list[tuple[str, Decimal]]:
        """Return what a response's mapping gives for each of its keys."""
        declaration = self.program.responses.get(identifier)
        if declaration is None or declaration.mapping is None:
            return []
        return [
            (attribute(entry, "map-key"), Decimal(attribute(entry, "mapped-value", "0")))
            for entry in children(declaration.mapping)
        ]

    @property
    def full(self) -> Decimal:
        """Full marks: MAXSCORE, else what the key scores, else SCORE's maximum or the mapping's best, else 1."""
        if self._full is None:
            self._full = self._find_full()
        return self._full

    def _find_full(self) -> Decimal:
        declared = self.program.outcomes.get("MAXSCORE")
        if declared and isinstance(declared.default, int | float) and declared.default > 0:
            return Decimal(repr(declared.default))
        candidates = [Decimal(0)]
        key = {name: self.key(name) for name in self.program.responses}
        candidates.append(
            self.points({name: right for name, right in key.items() if right is not None})
            or Decimal(0)
        )
        candidates += [
            Decimal(attribute(element, "normal-maximum"))
            for element in named(self.root, "outcome-declaration")
            if attribute(element, "identifier") == "SCORE" and attribute(element, "normal-maximum")
        ]
        if max(candidates) <= 0:
            for name in self.program.responses:
                gains = [value for _key, value in self.mapping(name) if value > 0]
                several = self.program.responses[name].cardinality != "single"
                candidates.append(
                    sum(gains, Decimal(0)) if several else max(gains, default=Decimal(0))
                )
        return max(candidates) if max(candidates) > 0 else Decimal(1)

    def share(self, points: Decimal | None) -> Decimal:
        """Return points as a share of full marks, -1…1."""
        if points is None:
            return Decimal(0)
        return max(Decimal(-1), min(Decimal(1), points / self.full))

    # Feedback

    def _shown_after(self, responses: dict[str, Any]) -> list[etree._Element]:
        after = self.after(responses)
        if after is None:
            return []
        shown = []
        for element in named(self.root, "modal-feedback", "feedback-block", "feedback-inline"):
            value = after.get(attribute(element, "outcome-identifier"))
            is_named = attribute(element, "identifier") in [str(each) for each in listed(value)]
            if (
                is_named == (attribute(element, "show-hide", "show") == "show")
                and value is not None
            ):
                shown.append(element)
        return shown

    @property
    def general_feedback(self) -> str:
        """Return the feedback that shows whatever is answered, as HTML."""
        return "<br>".join(self.html(element) for element in self._shown_after({}))

    def feedback_after(self, responses: dict[str, Any]) -> str:
        """Return the feedback that shows after these responses and not after others, as HTML."""
        general = self._shown_after({})
        shown = [self.html(each) for each in self._shown_after(responses) if each not in general]
        return "<br>".join(part for part in shown if part)

    def for_scorers(self) -> str:
        """Return what `rubricBlock` says to who marks the item."""
        blocks = [
            self.html(block)
            for block in named(self.root, "rubric-block")
            if set(attribute(block, "view").split()) & {"scorer", "tutor", "author"}
        ]
        return "".join(blocks)


def mark(number: Decimal) -> str:
    """Return a share as text, to ten places."""
    return plain_number(number.quantize(Decimal("1e-10")))
