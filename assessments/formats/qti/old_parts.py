"""An item of QTI 1.2 as it is read: its texts, its responses, and what its rules give for each answer."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from html import escape

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.markup import Files, Find, with_media
from assessments.formats.moodle.cloze import decimal_of
from assessments.formats.records import NotReadableError
from assessments.formats.text import escape_stray, to_html, unwrap
from assessments.formats.xml import local, source_of


def every(element: etree._Element, name: str) -> list[etree._Element]:
    return [each for each in element.iter() if local(each) == name]


def one(element: etree._Element, name: str) -> etree._Element | None:
    return next(iter(every(element, name)), None)


@dataclass
class Rule:
    """A `respcondition`: the answers it wants, those it does not, and what it does."""

    wanted: list[tuple[str, str, str]]  # response, comparison, value
    unwanted: list[tuple[str, str, str]]
    action: str
    points: Decimal
    feedback: list[str]


@dataclass
class OldItem:
    element: etree._Element
    files: Files
    find: Find
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.about: dict[str, str] = {}
        for entry in every(self.element, "qtimetadatafield"):
            label, value = one(entry, "fieldlabel"), one(entry, "fieldentry")
            if label is not None and value is not None:
                name = (label.text or "").strip().lower()
                self.about.setdefault(name, (value.text or "").strip())

    @cached_property
    def rules(self) -> list[Rule]:
        return [self._rule(each) for each in every(self.element, "respcondition")]

    @staticmethod
    def _rule(element: etree._Element) -> Rule:
        wanted, unwanted = [], []
        for test in element.iter():
            if not local(test).startswith("var") or local(test) == "varextension":
                continue
            is_not = any(local(each) == "not" for each in test.iterancestors())
            entry = (test.get("respident", ""), local(test), (test.text or "").strip())
            (unwanted if is_not else wanted).append(entry)
        setting = one(element, "setvar")
        points = Decimal(0)
        if setting is not None:
            points = decimal_of(setting.text or "0")
        links = [each.get("linkrefid", "") for each in every(element, "displayfeedback")]
        action = "" if setting is None else setting.get("action", "Set")
        return Rule(wanted, unwanted, action, points, links)

    @property
    def full(self) -> Decimal:
        """What full marks are in the item's own counting, mostly 100."""
        outcome = one(self.element, "decvar")
        top = outcome.get("maxvalue") if outcome is not None else None
        best = max((rule.points for rule in self.rules), default=Decimal(0))
        return max(Decimal(top) if top else Decimal(0), best) or Decimal(100)

    def html(self, element: etree._Element | None) -> str:
        """Return the text of the `material` in an element."""
        if element is None:
            return ""
        parts = []
        for each in element.iter():
            name = local(each)
            if name == "mattext":
                text = (each.text or "") + "".join(source_of(child) for child in each)
                is_plain = each.get("texttype", "text/plain") == "text/plain" and not re.search(
                    r"<\w+[^>]*>|&\w+;", text
                )
                parts.append(to_html(text, "plain") if is_plain else escape_stray(text))
            elif name == "matimage" and each.get("uri"):
                parts.append(
                    f'<img src="{escape(each.get("uri"))}" alt="{escape(each.get("label", ""))}">'
                )
            elif name == "mataudio" and each.get("uri"):
                parts.append(f'<audio src="{escape(each.get("uri"))}"></audio>')
        return with_media("".join(parts), self.files, self.find, self.notes)

    @property
    def presentation(self) -> etree._Element:
        found = one(self.element, "presentation")
        if found is None:
            raise NotReadableError(_("The item shows nothing: it has no presentation."))
        return found

    @property
    def prompt(self) -> str:
        """Return the material that stands before and between the responses."""
        return "".join(
            self.html(each)
            for each in every(self.presentation, "material")
            if not any(
                local(above) in {"response_lid", "response_str", "response_num", "response_grp"}
                for above in each.iterancestors()
            )
        )

    @property
    def responses(self) -> list[etree._Element]:
        return [
            each
            for each in self.presentation.iter()
            if local(each) in {"response_lid", "response_str", "response_num", "response_grp"}
        ]

    def feedback(self, *names: str) -> str:
        wanted = [
            each for each in every(self.element, "itemfeedback") if each.get("ident", "") in names
        ]
        return "".join(self.html(each) for each in wanted)

    def feedback_for(self, response: str, value: str) -> str:
        """Return what the rules show for one answer."""
        links = []
        for rule in self.rules:
            if [(who, what) for who, _how, what in rule.wanted] == [(response, value)]:
                links += rule.feedback
        general = {"general_fb", "correct_fb", "general_correct_fb", "general_incorrect_fb"}
        return self.feedback(*(link for link in links if link not in general), f"{value}_fb")

    def gains(self, response: str) -> dict[str, Decimal]:
        """Return the share that each answer to a response brings where it stands alone in its rule."""
        found: dict[str, Decimal] = {}
        for rule in self.rules:
            values = [
                (how, what) for who, how, what in rule.wanted if who == response or not response
            ]
            if rule.action and rule.points and not rule.unwanted:
                for how, what in values:
                    if how in {"varequal", "varsubset"}:
                        found[what] = max(found.get(what, Decimal(0)), rule.points / self.full)
        return found

    def labels(self, response: etree._Element) -> list[tuple[str, str]]:
        return [
            (each.get("ident", ""), unwrap(self.html(each)))
            for each in every(response, "response_label")
        ]
