"""An item of QTI as it is written: what all kinds share of declarations, rules, feedback and shared texts."""

from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.lost import Lost
from assessments.formats.moodle.cloze import plain_number
from assessments.formats.qti.builder import TEMPLATES, Builder, Files, qti_id
from assessments.formats.records import ReadItem
from assessments.formats.xml import parse_xml

Mapping = list[tuple[str, Decimal]]


class Writing:
    """An item while it is written; a subclass has a method for each kind."""

    def __init__(self, item: ReadItem, files: Files, version: str, lost: Lost):
        self.item, self.data, self.lost = item, item.data, lost
        self.xml = Builder(version, files)
        self.root = self.xml.root(
            "assessmentItem", identifier=qti_id(item.identifier), title=item.title or item.identifier,
            adaptive="false", timeDependent="false",
        )  # fmt: skip
        self.xml.language(self.root, item.language)
        self.declarations: list[etree._Element] = []
        self.rules: list[etree._Element] = []
        self.template = ""
        self.has_feedback = False
        self.modals: list[tuple[str, str, str]] = []  # outcome, identifier, HTML
        self.full = Decimal(1)
        self.body = self.xml.root("itemBody")

    # Parts of all items

    def response(
        self,
        identifier: str,
        cardinality: str,
        base: str,
        correct: list[str],
        mapping: Mapping | None = None,
        **bounds: str,
    ) -> None:
        part = self.xml.root(
            "responseDeclaration", identifier=identifier, cardinality=cardinality, baseType=base
        )
        if correct:
            right = self.xml.add(part, "correctResponse")
            for value in correct:
                self.xml.add(right, "value", value)
        if mapping:
            made = self.xml.add(part, "mapping", defaultValue="0", **bounds)
            for key, value in mapping:
                self.xml.add(made, "mapEntry", mapKey=key, mappedValue=plain_number(value))
        self.declarations.append(part)

    def outcome(self, identifier: str, base: str, default: str | None = None) -> etree._Element:
        part = self.xml.root(
            "outcomeDeclaration", identifier=identifier, cardinality="single", baseType=base
        )
        if default is not None:
            self.xml.add(self.xml.add(part, "defaultValue"), "value", default)
        return part

    def set_score(self, parent: etree._Element | None) -> etree._Element:
        """Return a rule that sets SCORE; within `parent`, or as a rule of its own."""
        if parent is not None:
            return self.xml.add(parent, "setOutcomeValue", identifier="SCORE")
        rule = self.xml.root("setOutcomeValue", identifier="SCORE")
        self.rules.append(rule)
        return rule

    def add_score(
        self, parent: etree._Element | None, points: Decimal | None = None, *, mapped: str = ""
    ) -> None:
        """Add points, or what a response's mapping gives, to SCORE."""
        total = self.xml.add(self.set_score(parent), "sum")
        self.xml.add(total, "variable", identifier="SCORE")
        if mapped:
            self.xml.add(total, "mapResponse", identifier=mapped)
        else:
            self.xml.add(total, "baseValue", plain_number(points), baseType="float")

    def map_response(self) -> None:
        self.xml.add(self.set_score(None), "mapResponse", identifier="RESPONSE")

    def match_correct(self) -> None:
        self.template = "match_correct"

    def _materialise(self) -> None:
        """Write match_correct as rules, where there are further rules beside it."""
        condition = self.xml.root("responseCondition")
        branch = self.xml.add(condition, "responseIf")
        test = self.xml.add(branch, "match")
        self.xml.add(test, "variable", identifier="RESPONSE")
        self.xml.add(test, "correct", identifier="RESPONSE")
        self.xml.add(self.set_score(branch), "baseValue", plain_number(self.full), baseType="float")
        self.rules.insert(0, condition)
        self.template = ""

    def _as_it_came(self) -> etree._Element | None:
        """Return the source of an item with rules of its own, where it is of this version and needs no files."""
        version = {"qti_2_1": "2.1", "qti_3": "3.0"}.get(self.item.raw_format)
        if version != self.xml.version or "<img" in str(self.data) or not self.item.raw:
            return None
        return parse_xml(self.item.raw.encode())

    def write(self) -> etree._Element | None:  # noqa: C901  one branch for each case of the format
        if self.item.kind == "processed":
            return self._as_it_came()
        is_written = getattr(self, f"_{self.item.kind}", lambda: False)()
        if is_written is False:
            return None
        general = self.data.get("feedback", "")
        if general:
            self.modals.append(("GENERAL", "general", general))
        if self.template and (self.modals or self.has_feedback):
            self._materialise()
        for part in self.declarations:
            self.root.append(part)
        self.root.append(self.outcome("SCORE", "float", "0"))
        self.root.append(self.outcome("MAXSCORE", "float", plain_number(self.full)))
        if self.has_feedback:
            self.root.append(self.outcome("FEEDBACK", "identifier"))
        if general:
            self.root.append(self.outcome("GENERAL", "identifier", "general"))
        self._stimulus()
        self.root.append(self.body)
        if self.template:
            name = f"{self.template}.xml" if self.xml.version == "3.0" else self.template
            self.xml.add(
                self.root, "responseProcessing", template=TEMPLATES[self.xml.version] + name
            )
        elif self.rules:
            processing = self.xml.add(self.root, "responseProcessing")
            for rule in self.rules:
                processing.append(rule)
        for outcome, identifier, html in self.modals:
            made = self.xml.add(
                self.root,
                "modalFeedback",
                outcomeIdentifier=outcome,
                identifier=identifier,
                showHide="show",
            )
            self.xml.html(
                self.xml.add(made, "contentBody") if self.xml.version == "3.0" else made, html
            )
        return self.root

    def _stimulus(self) -> None:
        if not self.item.stimulus:
            return
        if self.xml.version == "3.0":
            name = f"stimulus-{self.item.identifier}"
            self.xml.add(
                self.root, "assessmentStimulusRef", identifier=qti_id(name), href=f"{name}.xml"
            )
        else:
            div = etree.Element(f"{{{self.xml.namespace}}}div")
            self.xml.html(div, self.item.stimulus)
            self.body.insert(0, div)
            self.lost.part(
                self.item, _("that its shared text is shared: it stands in the question now.")
            )

    def interaction(self, tag: str, **given: str) -> etree._Element:
        made = self.xml.add(self.body, tag, responseIdentifier="RESPONSE", **given)
        if self.data["prompt"]:
            self.xml.html(self.xml.add(made, "prompt"), self.data["prompt"])
        return made

    def _shuffle(self) -> str:
        return str(bool(self.data.get("is_shuffled", True))).lower()

    def sides(self, parent: etree._Element, tag: str, sides: list[dict], **given: str) -> None:
        for side in sides:
            self.xml.html(
                self.xml.add(parent, tag, identifier=qti_id(side["id"]), **given), side["text"]
            )
