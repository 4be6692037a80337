"""Moodle's question XML, written; pictures go along in base64."""

import base64
import re
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.gift_writer import number_told, rows_of
from assessments.formats.lost import Lost, marks_of, percent
from assessments.formats.moodle.cloze import plain_number
from assessments.formats.records import ReadItem

Files = dict[str, bytes]
_TYPES = {
    "choice": "multichoice", "choices": "multichoice", "text": "shortanswer", "number": "numerical",
    "gaps": "cloze", "gap_match": "ddwtos", "match": "matching", "order": "ordering", "essay": "essay",
    "upload": "essay", "graphic_gap_match": "ddmarker",
}  # fmt: skip


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    part = etree.SubElement(parent, tag, **attributes)
    part.text = text
    return part


def _cloze_escape(text: str) -> str:
    return re.sub(r"([\\}~#=/\"])", r"\\\1", text.replace("\n", " "))


class _Writer:
    """Writes one item into a `<question>`."""

    def __init__(self, item: ReadItem, files: Files, lost: Lost):
        self.item, self.files, self.lost, self.data = item, files, lost, item.data
        self.question = etree.Element("question", type=_TYPES[item.kind])

    def html(
        self, parent: etree._Element, tag: str, html: str, **attributes: str
    ) -> etree._Element:
        """Add a part with HTML, and the files that it calls."""
        part = etree.SubElement(parent, tag, format="html", **attributes)
        keys: list[str] = []

        def placed(match: re.Match) -> str:
            if match[2] not in self.files:
                return match[0]
            keys.append(match[2])
            return f"{match[1]}@@PLUGINFILE@@/{match[2]}{match[3]}"

        _add(part, "text", re.sub(r'((?:src|href)=")([^"]*)(")', placed, html))
        for key in dict.fromkeys(keys):
            self.file(part, key)
        return part

    def file(self, parent: etree._Element, key: str) -> None:
        _add(
            parent,
            "file",
            base64.b64encode(self.files[key]).decode(),
            name=key,
            path="/",
            encoding="base64",
        )

    def text(
        self, parent: etree._Element, tag: str, text: str, **attributes: str
    ) -> etree._Element:
        part = etree.SubElement(parent, tag, **attributes)
        _add(part, "text", text)
        return part

    def write(self) -> etree._Element | None:
        """Return the question, or None where Moodle has none of its kind."""
        data, question = self.data, self.question
        self.text(question, "name", self.item.title or self.item.identifier)
        prompt = data["prompt"]
        if self.item.kind == "gaps":
            prompt += self._cloze(data["text"])
        elif self.item.kind == "gap_match":
            prompt += self._placed(data["text"])
        self.html(question, "questiontext", prompt)
        self.html(question, "generalfeedback", data.get("feedback", ""))
        _add(question, "defaultgrade", plain_number(self.item.max_score))
        _add(question, "penalty", "0.3333333")
        _add(question, "hidden", "0")
        _add(question, "idnumber", self.item.identifier)
        is_written = getattr(self, f"_{self.item.kind}")()
        for hint in data.get("hints", []):
            self.html(question, "hint", hint)
        if self.item.tags:
            tags = _add(question, "tags")
            for tag in self.item.tags:
                self.text(tags, "tag", tag)
        return question if is_written else None

    def _shuffle(self) -> None:
        _add(self.question, "shuffleanswers", str(int(self.data.get("is_shuffled", True))))

    def _choice(self) -> bool:
        options = self.data["options"]
        if [option["id"] for option in options] == ["true", "false"]:
            self.question.set("type", "truefalse")
            for option in options:
                mark = percent(max(Decimal(option["mark"]), Decimal(0)))
                answer = self.text(
                    self.question,
                    "answer",
                    option["id"],
                    fraction=mark,
                    format="moodle_auto_format",
                )
                self.html(answer, "feedback", option.get("feedback", ""))
            return True
        return self._choices()

    def _choices(self) -> bool:
        _add(self.question, "single", "true" if self.item.kind == "choice" else "false")
        self._shuffle()
        for option, mark in zip(self.data["options"], marks_of(self.item, self.lost), strict=True):
            answer = self.html(self.question, "answer", option["text"], fraction=percent(mark))
            self.html(answer, "feedback", option.get("feedback", ""))
        if self.data.get("max_choices"):
            self.lost.part(self.item, _("how many answers may be chosen"))
        return True

    def _answer_text(self, answer: dict) -> str | None:
        """Return an answer in words as Moodle compares it, or None where it cannot."""
        if answer["how"] == "pattern":
            self.lost.part(self.item, _("the pattern “%(text)s”") % {"text": answer["text"]})
            return None
        if answer["how"] == "exact" and not self.data.get("is_case_sensitive"):
            self.lost.part(
                self.item, _("that “%(text)s” must be written just so") % {"text": answer["text"]}
            )
        return answer["text"] if answer["how"] == "wildcard" else answer["text"].replace("*", "\\*")

    def _text(self) -> bool:
        _add(self.question, "usecase", str(int(self.data.get("is_case_sensitive", False))))
        for each in self.data["answers"]:
            text = self._answer_text(each)
            if text is not None:
                answer = self.text(
                    self.question,
                    "answer",
                    text,
                    fraction=percent(Decimal(each["mark"])),
                    format="moodle_auto_format",
                )
                self.html(answer, "feedback", each.get("feedback", ""))
        return self.question.find("answer") is not None

    def _told(self, answer: dict) -> tuple[str, str]:
        """Return value and absolute tolerance; a range is its middle and half its width."""
        told = number_told(answer)
        if told is None:
            self.lost.part(
                self.item, _("how exact the number %(value)s must be") % {"value": answer["value"]}
            )
            return answer["value"], "0"
        if ".." in told:
            low, high = (Decimal(part) for part in told.split("..", 1))
            return plain_number((low + high) / 2), plain_number((high - low) / 2)
        value, _colon, tolerance = told.partition(":")
        return value, tolerance

    def _number(self) -> bool:
        for each in self.data["answers"]:
            value, tolerance = self._told(each)
            answer = self.text(
                self.question,
                "answer",
                value,
                fraction=percent(Decimal(each["mark"])),
                format="moodle_auto_format",
            )
            self.html(answer, "feedback", each.get("feedback", ""))
            _add(answer, "tolerance", tolerance)
        units = self.data.get("units", [])
        penalty = Decimal(self.data.get("unit_penalty", "1"))
        listed = [(unit["symbol"], 1 / Decimal(unit.get("factor", "1"))) for unit in units]
        if self.data.get("unit"):
            listed = [(self.data["unit"], Decimal(1))]
        if listed:
            made = _add(self.question, "units")
            for symbol, factor in listed:
                unit = _add(made, "unit")
                _add(unit, "multiplier", plain_number(factor.normalize()))
                _add(unit, "unit_name", symbol)
            _add(self.question, "unitgradingtype", "2" if units and penalty else "0")
            _add(self.question, "unitpenalty", plain_number(penalty))
            _add(self.question, "showunits", "2" if units else "0")
        return True

    def _cloze(self, text: str) -> str:
        for gap in self.data["gaps"]:
            text = text.replace(f"[[{gap['id']}]]", self._gap(gap))
        return text

    def _gap(self, gap: dict) -> str:
        shuffle = "_S" if self.data.get("is_shuffled") else ""
        parts = []
        if gap["how"] == "dropdown":
            kind, marks = f"MULTICHOICE{shuffle}", {each["text"]: each for each in gap["accepted"]}
            for option in gap["options"]:
                answer = marks.get(option["id"], {})
                parts.append((answer.get("mark", "0"), option["text"], answer.get("feedback", "")))
        elif gap["how"] == "number":
            kind = "NUMERICAL"
            parts = [
                (answer["mark"], ":".join(self._told(answer)), answer.get("feedback", ""))
                for answer in gap["numbers"]
            ]
        else:
            is_exact = self.data.get("is_case_sensitive") or any(
                each["how"] == "exact" for each in gap["accepted"]
            )
            kind = "SHORTANSWER_C" if is_exact else "SHORTANSWER"
            for answer in gap["accepted"]:
                text = self._answer_text(
                    {**answer, "how": "folded"} if answer["how"] == "exact" else answer
                )
                if text is not None:
                    parts.append((answer["mark"], text, answer.get("feedback", "")))
        written = "~".join(self._alternative(*part) for part in parts)
        weight = Decimal(gap.get("weight", "1"))
        if weight != int(weight):
            self.lost.part(self.item, _("the weight of a gap, which must be a whole number"))
        return f"{{{max(1, int(weight))}:{kind}:{written}}}"

    @staticmethod
    def _alternative(mark: str, text: str, feedback: str) -> str:
        share = Decimal(mark)
        sign = "=" if share == 1 else f"%{percent(share)}%" if share else ""
        return sign + _cloze_escape(text) + (f"#{_cloze_escape(feedback)}" if feedback else "")

    def _gaps(self) -> bool:
        return True

    def _placed(self, text: str) -> str:
        numbers = {word["id"]: n for n, word in enumerate(self.data["words"], 1)}
        for gap in self.data["gaps"]:
            right = gap.get("words") or []
            if len(right) != 1:
                self.lost.part(self.item, _("a gap with several right words, or none"))
            text = text.replace(f"[[{gap['id']}]]", f"[[{numbers[right[0]]}]]" if right else "")
        return text

    def _gap_match(self) -> bool:
        self._shuffle()
        for word in self.data["words"]:
            box = self.text(self.question, "dragbox", word["text"])
            _add(box, "group", "1")
            if word.get("uses", 1) != 1:
                _add(box, "infinite")
        return True

    def _match(self) -> bool:
        data = self.data
        if data.get("look") == "grid" and not data.get("is_many"):
            return self._grid()
        if data.get("is_many") or len({pair["source"] for pair in data["pairs"]}) < len(
            data["pairs"]
        ):
            return False
        if data.get("method", "partial") != "partial":
            self.lost.part(self.item, _("how it scores: each pair counts by itself."))
        self._shuffle()
        for left, right in rows_of(data):
            self.text(self.html(self.question, "subquestion", left), "answer", right)
        return True

    def _grid(self) -> bool:
        """A grid goes as Kprim, a plugin of Moodle's."""
        data = self.data
        self.question.set("type", "kprime")
        methods = {"kprim": "kprime", "all_or_nothing": "kprimeonezero", "partial": "subpoints"}
        self.text(self.question, "scoringmethod", methods[data.get("method", "partial")])
        _add(self.question, "shuffleanswers", "false")
        _add(self.question, "numberofrows", str(len(data["sources"])))
        _add(self.question, "numberofcolumns", str(len(data["targets"])))
        right = {(pair["source"], pair["target"]) for pair in data["pairs"]}
        for n, source in enumerate(data["sources"], 1):
            self.html(_add(self.question, "row", number=str(n)), "optiontext", source["text"])
        for n, target in enumerate(data["targets"], 1):
            self.html(_add(self.question, "column", number=str(n)), "responsetext", target["text"])
        for n, source in enumerate(data["sources"], 1):
            for m, target in enumerate(data["targets"], 1):
                weight = _add(self.question, "weight", rownumber=str(n), columnnumber=str(m))
                _add(weight, "value", "1.000" if (source["id"], target["id"]) in right else "0.000")
        return True

    def _order(self) -> bool:
        data = self.data
        names = {each["id"]: each["text"] for each in data["things"]}
        gradings = {"all_or_nothing": "-1", "places": "0", "neighbours": "1"}
        _add(self.question, "layouttype", "VERTICAL")
        _add(self.question, "selecttype", "ALL")
        _add(self.question, "gradingtype", gradings[data.get("method", "places")])
        for n, each in enumerate(data["order"], 1):
            self.html(self.question, "answer", names[each], fraction=str(n))
        if len(names) > len(data["order"]) or data.get("max_indent"):
            self.lost.part(self.item, _("its indents, and things that belong nowhere"))
        return True

    def _essay(self) -> bool:
        data = self.data
        _add(self.question, "responseformat", "editor")
        _add(self.question, "responsefieldlines", str(data.get("lines", 8)))
        for name, tag in (("min_words", "minwordlimit"), ("max_words", "maxwordlimit")):
            if data.get(name):
                _add(self.question, tag, str(data[name]))
        self.html(self.question, "graderinfo", data.get("model_answer", ""))
        self.html(self.question, "responsetemplate", data.get("template", ""))
        return True

    def _upload(self) -> bool:
        _add(self.question, "responseformat", "noinline")
        _add(self.question, "attachments", str(self.data.get("max_files", 1)))
        self.html(self.question, "graderinfo", self.data.get("model_answer", ""))
        return True

    def _graphic_gap_match(self) -> bool:
        data = self.data
        if any("<img" in label["text"] for label in data["labels"]):
            return False
        numbers = {label["id"]: str(n) for n, label in enumerate(data["labels"], 1)}
        self.file(self.question, data["picture"]["src"])
        for label in data["labels"]:
            drag = _add(self.question, "drag")
            _add(drag, "no", numbers[label["id"]])
            _add(drag, "text", label["text"])
            uses = label.get("uses", 1)
            _add(drag, "noofdrags", str(uses or 1))
            if not uses:
                _add(drag, "infinite")
        for n, spot in enumerate(data["spots"], 1):
            drop = _add(self.question, "drop")
            _add(drop, "no", str(n))
            shape, coords = self._area(spot)
            _add(drop, "shape", shape)
            _add(drop, "coords", coords)
            right = spot.get("labels") or []
            _add(drop, "choice", numbers[right[0]] if right else "")
            if len(right) != 1:
                self.lost.part(self.item, _("a place with several right labels, or none"))
        return True

    @staticmethod
    def _area(spot: dict) -> tuple[str, str]:
        numbers = [f"{number:g}" for number in spot["coords"]]
        if spot["shape"] == "circle":
            return "circle", f"{numbers[0]},{numbers[1]};{numbers[2]}"
        if spot["shape"] == "rect":
            left, top, right, bottom = spot["coords"]
            return "rectangle", f"{left:g},{top:g};{right - left:g},{bottom - top:g}"
        points = zip(numbers[::2], numbers[1::2], strict=True)
        return "polygon", ";".join(f"{x},{y}" for x, y in points)


def write_moodle_xml(items: list[ReadItem], files: Files, lost: Lost) -> bytes:
    """Write items as question XML."""
    quiz = etree.Element("quiz")
    category = ""
    for item in items:
        if lost.has_variables(item):
            continue
        question = _Writer(item, files, lost).write() if item.kind in _TYPES else None
        if question is None:
            lost.item(item)
            continue
        lost.common(item, hints=True)
        if item.category != category:
            category = item.category
            marker = etree.SubElement(quiz, "question", type="category")
            _add(_add(marker, "category"), "text", f"$course$/top/{category}")
        quiz.append(question)
    return etree.tostring(quiz, xml_declaration=True, encoding="UTF-8", pretty_print=True)
