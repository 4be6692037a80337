"""Our kinds as QTI's interactions: what they show, what is right, and the rules that score it so."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.moodle.cloze import plain_number
from assessments.formats.qti.builder import qti_id
from assessments.formats.qti.item_writer import Mapping, Writing


def wildcard_pattern(text: str) -> str:
    r"""Return a wildcard, `*` for anything and `\*` for a star, as a pattern."""
    return "".join(
        ".*" if part == "*" else re.escape(part.replace("\\*", "*"))
        for part in re.split(r"((?<!\\)\*)", text)
    )


class ItemWriter(Writing):
    """Writes one item; `write` returns its XML, or None where QTI has no such question."""

    def _options(self, interaction: etree._Element) -> None:
        for option in self.data["options"]:
            made = self.xml.add(interaction, "simpleChoice", identifier=qti_id(option["id"]))
            self.xml.html(made, option["text"])
            if option.get("feedback"):
                self.has_feedback = True
                inner = self.xml.add(
                    made,
                    "feedbackInline",
                    outcomeIdentifier="FEEDBACK",
                    identifier=qti_id(option["id"]),
                    showHide="show",
                )
                self.xml.html(inner, option["feedback"])

    def _marks(self) -> Mapping:
        return [
            (qti_id(option["id"]), Decimal(option.get("mark", "0")))
            for option in self.data["options"]
        ]

    def _choice(self) -> None:
        marks = self._marks()
        best = max(marks, key=lambda each: each[1])
        self.full = best[1]
        is_plain = {mark for _id, mark in marks} <= {0, 1} and sum(mark for _id, mark in marks) == 1
        self.response(
            "RESPONSE",
            "single",
            "identifier",
            [best[0]],
            None if is_plain else [each for each in marks if each[1]],
        )
        self._options(
            self.interaction("choiceInteraction", shuffle=self._shuffle(), maxChoices="1")
        )
        if is_plain:
            self.match_correct()
        else:
            self.map_response()
        if self.has_feedback:
            rule = self.xml.root("setOutcomeValue", identifier="FEEDBACK")
            self.xml.add(rule, "variable", identifier="RESPONSE")
            self.rules.append(rule)

    def _choices(self) -> None:
        marks = self._marks()
        right = [name for name, mark in marks if mark > 0]
        method = self.data.get("method", "right_minus_wrong")
        if method == "all_or_nothing":
            self.response("RESPONSE", "multiple", "identifier", right)
            self.match_correct()
        else:
            bounds = {}
            if method == "right_minus_wrong":
                marks = [(name, Decimal(1) if mark > 0 else Decimal(-1)) for name, mark in marks]
                bounds = {"lowerBound": "0"}
            self.full = sum((mark for _name, mark in marks if mark > 0), Decimal(0))
            self.response(
                "RESPONSE",
                "multiple",
                "identifier",
                right,
                [each for each in marks if each[1]],
                **bounds,
            )
            self.map_response()
        self._options(
            self.interaction(
                "choiceInteraction",
                shuffle=self._shuffle(),
                maxChoices=str(self.data.get("max_choices", 0)),
            )
        )
        if self.has_feedback:
            self.lost.part(
                self.item, _("when the feedback of each option shows: other players may show none.")
            )

    def _test_text(self, parent: etree._Element, identifier: str, answer: dict) -> None:
        """Add the comparison of a response with an answer in words."""
        if answer["how"] in {"wildcard", "pattern"}:
            pattern = (
                wildcard_pattern(answer["text"]) if answer["how"] == "wildcard" else answer["text"]
            )
            test = self.xml.add(parent, "patternMatch", pattern=pattern)
            self.xml.add(test, "variable", identifier=identifier)
            return
        is_exact = answer["how"] == "exact" or self.data.get("is_case_sensitive")
        test = self.xml.add(
            parent, "stringMatch", caseSensitive=str(bool(is_exact)).lower(), substring="false"
        )
        self.xml.add(test, "variable", identifier=identifier)
        self.xml.add(test, "baseValue", answer["text"], baseType="string")

    def _test_number(self, parent: etree._Element, identifier: str, answer: dict) -> None:
        if answer.get("low") and answer.get("high"):
            both = self.xml.add(parent, "and")
            for tag, bound in (("gte", answer["low"]), ("lte", answer["high"])):
                test = self.xml.add(both, tag)
                self.xml.add(test, "variable", identifier=identifier)
                self.xml.add(test, "baseValue", bound, baseType="float")
            return
        tolerance = Decimal(answer.get("tolerance") or "0")
        how = answer.get("how", "absolute")
        if how == "significant":
            test = self.xml.add(
                parent,
                "equalRounded",
                roundingMode="significantFigures",
                figures=str(int(tolerance)),
            )
        elif not tolerance:
            test = self.xml.add(parent, "equal", toleranceMode="exact")
        else:
            size = tolerance * 100 if how == "relative" else tolerance
            test = self.xml.add(
                parent,
                "equal",
                toleranceMode=how,
                tolerance=f"{plain_number(size)} {plain_number(size)}",
            )
        self.xml.add(test, "baseValue", answer["value"], baseType="float")
        self.xml.add(test, "variable", identifier=identifier)

    def _chain(
        self,
        identifier: str,
        answers: list[dict],
        weight: Decimal,
        *,
        is_number: bool,
        is_alone: bool,
    ) -> None:
        """Add a condition that scores the first answer that fits."""
        condition = self.xml.root("responseCondition")
        best = max(Decimal(answer["mark"]) for answer in answers)
        for number, answer in enumerate(answers):
            branch = self.xml.add(condition, "responseElseIf" if number else "responseIf")
            (self._test_number if is_number else self._test_text)(branch, identifier, answer)
            points = weight * Decimal(answer["mark"]) / best
            if is_alone:
                self.xml.add(
                    self.set_score(branch), "baseValue", plain_number(points), baseType="float"
                )
            else:
                self.add_score(branch, points)
            if answer.get("feedback") and is_alone:
                self.has_feedback = True
                shown = self.xml.add(branch, "setOutcomeValue", identifier="FEEDBACK")
                self.xml.add(shown, "baseValue", f"answer_{number + 1}", baseType="identifier")
                self.modals.append(("FEEDBACK", f"answer_{number + 1}", answer["feedback"]))
            elif answer.get("feedback"):
                self.lost.part(self.item, _("the feedback of single gaps"))
        self.rules.append(condition)

    def _inline(self, tag: str, **given: str) -> None:
        self.xml.blocks(self.body, self.data["prompt"])
        paragraph = etree.SubElement(self.body, f"{{{self.xml.namespace}}}p")
        self.xml.add(paragraph, tag, responseIdentifier="RESPONSE", **given)

    @staticmethod
    def _typed(answers: list[dict]) -> list[str]:
        """Return the best answer that can be typed just so."""
        plain = [each for each in answers if each["how"] in {"folded", "exact"}]
        return [max(plain, key=lambda each: Decimal(each["mark"]))["text"]] if plain else []

    def _text(self) -> None:
        answers = self.data["answers"]
        self.response("RESPONSE", "single", "string", self._typed(answers))
        self._inline("textEntryInteraction", expectedLength=str(self.data.get("width", 20)))
        self._chain("RESPONSE", answers, Decimal(1), is_number=False, is_alone=True)

    def _number(self) -> None:
        answers = self.data["answers"]
        if self.data.get("units") or self.data.get("unit"):
            self.lost.part(self.item, _("its units"))
        best = max(answers, key=lambda each: Decimal(each["mark"]))
        right = best.get("value") or plain_number(
            (Decimal(best["low"]) + Decimal(best["high"])) / 2
        )
        self.response("RESPONSE", "single", "float", [right])
        self._inline("textEntryInteraction", expectedLength="12")
        self._chain("RESPONSE", answers, Decimal(1), is_number=True, is_alone=True)

    def _gaps(self) -> None:
        gaps = {gap["id"]: gap for gap in self.data["gaps"]}
        self.xml.blocks(self.body, self.data["prompt"])
        self.full = sum((Decimal(gap.get("weight", "1")) for gap in gaps.values()), Decimal(0))

        def place(parent: etree._Element, identifier: str) -> None:
            gap, name = gaps[identifier], qti_id(identifier)
            if gap["how"] == "dropdown":
                made = self.xml.add(
                    parent,
                    "inlineChoiceInteraction",
                    responseIdentifier=name,
                    shuffle=str(bool(self.data.get("is_shuffled"))).lower(),
                )
                self.sides(made, "inlineChoice", gap["options"])
            else:
                self.xml.add(
                    parent,
                    "textEntryInteraction",
                    responseIdentifier=name,
                    expectedLength=str(gap.get("width", 12)),
                )

        self.xml.blocks(self.body, self.data["text"], place)
        for identifier, gap in gaps.items():
            self._gap(qti_id(identifier), gap)

    def _gap(self, name: str, gap: dict) -> None:
        weight = Decimal(gap.get("weight", "1"))
        if gap["how"] == "number":
            best = max(gap["numbers"], key=lambda each: Decimal(each["mark"]))
            right = best.get("value") or plain_number(
                (Decimal(best["low"]) + Decimal(best["high"])) / 2
            )
            self.response(name, "single", "float", [right])
            self._chain(name, gap["numbers"], weight, is_number=True, is_alone=False)
        elif gap["how"] == "dropdown":
            marks = [(qti_id(each["text"]), Decimal(each["mark"])) for each in gap["accepted"]]
            best = max(marks, key=lambda each: each[1])
            self.response(
                name,
                "single",
                "identifier",
                [best[0]],
                [(key, weight * mark / best[1]) for key, mark in marks if mark],
            )
            self.add_score(None, mapped=name)
            if any(each.get("feedback") for each in gap["accepted"]):
                self.lost.part(self.item, _("the feedback of single gaps"))
        else:
            self.response(name, "single", "string", self._typed(gap["accepted"]))
            self._chain(name, gap["accepted"], weight, is_number=False, is_alone=False)

    def _pairs(self, pairs: list[tuple[str, str]], places: set[str]) -> None:
        """Declare pairs that each count once, and full marks for as many as there are places."""
        listed = [(f"{qti_id(one)} {qti_id(other)}", Decimal(1)) for one, other in pairs]
        self.full = Decimal(len(places))
        self.response(
            "RESPONSE",
            "multiple",
            "directedPair",
            [pair for pair, _one in listed],
            listed,
            lowerBound="0",
            upperBound=plain_number(self.full),
        )
        self.map_response()

    def _words(self, interaction: etree._Element, words: list[dict]) -> None:
        for word in words:
            given = {"identifier": qti_id(word["id"]), "matchMax": str(word.get("uses", 1))}
            self.xml.html(self.xml.add(interaction, "gapText", **given), word["text"])

    def _gap_match(self) -> None:
        made = self.interaction("gapMatchInteraction", shuffle=self._shuffle())
        self._words(made, self.data["words"])

        def place(parent: etree._Element, identifier: str) -> None:
            self.xml.add(parent, "gap", identifier=qti_id(identifier))

        self.xml.blocks(made, self.data["text"], place)
        pairs = [(word, gap["id"]) for gap in self.data["gaps"] for word in gap.get("words", [])]
        self._pairs(pairs, {gap for _word, gap in pairs})

    def _match(self) -> None:
        data = self.data
        pairs = [f"{qti_id(pair['source'])} {qti_id(pair['target'])}" for pair in data["pairs"]]
        given = {"class": "qti-match-tabular"} if data.get("look") == "grid" else {}
        made = self.interaction(
            "matchInteraction", shuffle=self._shuffle(), maxAssociations="0", **given
        )
        for sides, most in (
            (data["sources"], "0" if data.get("is_many") else "1"),
            (data["targets"], "0"),
        ):
            self.sides(
                self.xml.add(made, "simpleMatchSet"), "simpleAssociableChoice", sides, matchMax=most
            )
        method = data.get("method", "partial")
        if method == "partial":
            self.full = Decimal(len(pairs))
            self.response(
                "RESPONSE",
                "multiple",
                "directedPair",
                pairs,
                [(pair, Decimal(1)) for pair in pairs],
            )
            self.map_response()
            return
        if method == "kprim":
            self.lost.part(
                self.item,
                _("half the points for all rows but one: all must be right in this format."),
            )
        self.response("RESPONSE", "multiple", "directedPair", pairs)
        self.match_correct()

    def _order(self) -> None:
        data = self.data
        right = [qti_id(each) for each in data["order"]]
        self.response("RESPONSE", "ordered", "identifier", right)
        self.sides(
            self.interaction("orderInteraction", shuffle="true"), "simpleChoice", data["things"]
        )
        if len(data["things"]) > len(right) or data.get("max_indent"):
            self.lost.part(self.item, _("its indents, and things that belong nowhere"))
        method = data.get("method", "places")
        if method == "neighbours":
            self.lost.part(self.item, _("how it scores: places count, not neighbours."))
        if method == "all_or_nothing":
            self.match_correct()
            return
        self.full = Decimal(len(right))
        for place, identifier in enumerate(right, 1):
            condition = self.xml.root("responseCondition")
            branch = self.xml.add(condition, "responseIf")
            test = self.xml.add(branch, "match")
            self.xml.add(
                self.xml.add(test, "index", n=str(place)), "variable", identifier="RESPONSE"
            )
            self.xml.add(test, "baseValue", identifier, baseType="identifier")
            self.add_score(branch, Decimal(1))
            self.rules.append(condition)

    def _selected(self, everything: list[str], right: list[str]) -> None:
        """Declare choices that count one each, wrong ones against them."""
        marks = [
            (qti_id(each), Decimal(1) if each in right else Decimal(-1)) for each in everything
        ]
        self.full = Decimal(len(right))
        self.response(
            "RESPONSE",
            "multiple",
            "identifier",
            [qti_id(each) for each in right],
            marks,
            lowerBound="0",
        )
        self.map_response()

    def _hottext(self) -> None:
        spans = {span["id"]: span for span in self.data["spans"]}
        made = self.interaction(
            "hottextInteraction", maxChoices=str(self.data.get("max_choices", 0))
        )

        def place(parent: etree._Element, identifier: str) -> None:
            self.xml.html(
                self.xml.add(parent, "hottext", identifier=qti_id(identifier)),
                spans[identifier]["text"],
            )

        self.xml.blocks(made, self.data["text"], place)
        self._selected(list(spans), self.data["right"])

    def _hotspot(self) -> None:
        data = self.data
        most = str(data.get("max_choices", 1))
        if data.get("areas"):
            made = self.interaction("hotspotInteraction", maxChoices=most)
            self.xml.picture(made, data["picture"])
            self._areas(made, "hotspotChoice", data["areas"])
            self._selected([area["id"] for area in data["areas"]], data["right"])
            return
        made = self.interaction("selectPointInteraction", maxChoices=most)
        self.xml.picture(made, data["picture"])
        part = self.xml.root(
            "responseDeclaration", identifier="RESPONSE", cardinality="multiple", baseType="point"
        )
        mapping = self.xml.add(part, "areaMapping", defaultValue="0")
        for target in data["targets"]:
            self.xml.add(
                mapping,
                "areaMapEntry",
                shape=target["shape"],
                coords=self._coords(target),
                mappedValue=str(target["mark"]),
            )
        self.declarations.append(part)
        self.full = max(
            sum(
                (Decimal(each["mark"]) for each in data["targets"] if Decimal(each["mark"]) > 0),
                Decimal(0),
            ),
            Decimal(1),
        )
        self.xml.add(self.set_score(None), "mapResponsePoint", identifier="RESPONSE")

    @staticmethod
    def _coords(area: dict) -> str:
        return ",".join(f"{number:g}" for number in area["coords"])

    def _areas(self, parent: etree._Element, tag: str, areas: list[dict], **given: str) -> None:
        for area in areas:
            self.xml.add(
                parent,
                tag,
                identifier=qti_id(area["id"]),
                shape=area["shape"],
                coords=self._coords(area),
                hotspotLabel=area["label"],
                **given,
            )

    def _graphic_gap_match(self) -> None:
        data = self.data
        made = self.interaction("graphicGapMatchInteraction")
        self.xml.picture(made, data["picture"])
        self._words(made, data["labels"])
        self._areas(made, "associableHotspot", data["spots"], matchMax="1")
        pairs = [(label, spot["id"]) for spot in data["spots"] for label in spot.get("labels", [])]
        self._pairs(pairs, {spot for _label, spot in pairs})

    def _guide(self) -> None:
        guide = self.data.get("model_answer", "")
        for line in self.data.get("rubric", []):
            guide += f"<p>{line['title']} ({line['points']}): {line.get('description', '')}</p>"
        if guide:
            block = self.xml.add(self.body, "rubricBlock", use="scoring", view="scorer")
            self.xml.blocks(
                self.xml.add(block, "contentBody") if self.xml.version == "3.0" else block, guide
            )

    def _essay(self) -> None:
        self._guide()
        self.full = self.item.max_score
        self.response("RESPONSE", "single", "string", [])
        self.interaction("extendedTextInteraction", expectedLines=str(self.data.get("lines", 8)))
        if self.data.get("min_words") or self.data.get("max_words") or self.data.get("template"):
            self.lost.part(
                self.item, _("how many words are asked, and what the box holds at first")
            )

    def _upload(self) -> None:
        self._guide()
        self.full = self.item.max_score
        self.response("RESPONSE", "single", "file", [])
        accepts = self.data.get("accepts", ["document", "picture"])
        types = {"picture": {"type": "image/*"}, "sound": {"type": "audio/*"}}
        self.interaction(
            "uploadInteraction", **(types.get(accepts[0], {}) if len(accepts) == 1 else {})
        )
        if self.data.get("max_files", 1) > 1:
            self.lost.part(self.item, _("that several files may be handed in"))

    def _scale(self) -> None:
        data = self.data
        if len(data["statements"]) == 1:
            self.response("RESPONSE", "single", "identifier", [])
            self.sides(
                self.interaction("choiceInteraction", shuffle="false", maxChoices="1"),
                "simpleChoice",
                data["points"],
            )
            return
        self.response("RESPONSE", "multiple", "directedPair", [])
        made = self.interaction(
            "matchInteraction",
            shuffle="false",
            maxAssociations="0",
            **{"class": "qti-match-tabular"},
        )
        for sides, most in ((data["statements"], "1"), (data["points"], "0")):
            self.sides(
                self.xml.add(made, "simpleMatchSet"), "simpleAssociableChoice", sides, matchMax=most
            )
