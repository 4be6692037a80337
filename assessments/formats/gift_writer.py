"""GIFT, written: https://docs.moodle.org/en/GIFT_format. Pictures go along inside the text, as data: addresses."""

import base64
import re
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.formats.lost import Lost, marks_of, percent
from assessments.formats.media import medium_of
from assessments.formats.moodle.cloze import plain_number
from assessments.formats.records import ReadItem

Files = dict[str, bytes]


def escape(text: str) -> str:
    r"""Return text in which what GIFT means something by is escaped, in one line."""
    text = re.sub(r"([\\~=#{}:])", r"\\\1", text.strip())
    return text.replace("\r", "").replace("\n", "\\n")


def with_data_addresses(html: str, files: Files) -> str:
    """Return HTML whose pictures are in it."""

    def inline(match: re.Match) -> str:
        data = files.get(match[2])
        medium = medium_of(data) if data else None
        if data is None or medium is None:
            return match[0]
        return (
            f"{match[1]}data:{medium.media_type};base64,{base64.b64encode(data).decode()}{match[3]}"
        )

    return re.sub(r'((?:src|href)=")([^"]*)(")', inline, html)


class _Writer:
    def __init__(self, files: Files, lost: Lost):
        self.files, self.lost = files, lost

    def html(self, html: str) -> str:
        return escape(with_data_addresses(html, self.files))

    def feedback(self, html: str) -> str:
        return f"#{self.html(html)}" if html else ""

    def answers(self, item: ReadItem) -> str | None:
        """Return the inside of the braces, or None where GIFT has no such question."""
        match item.kind:
            case "choice" | "choices":
                return self._options(item)
            case "text":
                return self._texts(item)
            case "number":
                return self._numbers(item)
            case "match":
                return self._pairs(item)
            case "essay":
                if item.data.get("model_answer"):
                    self.lost.part(item, _("its model answer"))
                return ""
        return None

    def _options(self, item: ReadItem) -> str:
        if item.kind == "choice" and [option["id"] for option in item.data["options"]] == [
            "true",
            "false",
        ]:
            return self._true_false(item)
        if not item.data.get("is_shuffled", True):
            self.lost.part(item, _("that its answers keep their order"))
        if item.data.get("max_choices"):
            self.lost.part(item, _("how many answers may be chosen"))
        lines = []
        for option, mark in zip(item.data["options"], marks_of(item, self.lost), strict=True):
            if item.kind == "choice" and mark == 1:
                sign = "="
            else:
                sign = f"~%{percent(mark)}%" if mark else "~"
            lines.append(
                f"{sign}{self.html(option['text'])}{self.feedback(option.get('feedback', ''))}"
            )
        return "\n".join(lines)

    def _true_false(self, item: ReadItem) -> str:
        options = item.data["options"]
        is_true = Decimal(options[0]["mark"]) > 0
        right, wrong = options if is_true else reversed(options)
        texts = [each.get("feedback", "") for each in (wrong, right)]
        written = "".join(f"#{self.html(text)}" for text in texts) if any(texts) else ""
        return ("TRUE" if is_true else "FALSE") + written

    def _texts(self, item: ReadItem) -> str | None:
        lines = []
        for answer in item.data["answers"]:
            if answer["how"] == "pattern":
                self.lost.part(item, _("the pattern “%(text)s”") % {"text": answer["text"]})
                continue
            text = (
                answer["text"]
                if answer["how"] == "wildcard"
                else answer["text"].replace("*", "\\*")
            )
            if answer["how"] == "exact":
                self.lost.part(
                    item, _("that “%(text)s” must be written just so") % {"text": answer["text"]}
                )
            mark = Decimal(answer["mark"])
            sign = "=" if mark == 1 else f"=%{percent(mark)}%"
            lines.append(f"{sign}{escape(text)}{self.feedback(answer.get('feedback', ''))}")
        if item.data.get("is_case_sensitive"):
            self.lost.part(item, _("that capitals count"))
        return "\n".join(lines) or None

    def _numbers(self, item: ReadItem) -> str | None:
        lines = []
        for answer in item.data["answers"]:
            told = number_told(answer)
            if told is None:
                self.lost.part(
                    item, _("how exact the number %(value)s must be") % {"value": answer["value"]}
                )
                told = answer["value"]
            mark = Decimal(answer["mark"])
            sign = "=" if mark == 1 else f"=%{percent(mark)}%"
            lines.append(f"{sign}{told}{self.feedback(answer.get('feedback', ''))}")
        if item.data.get("units") or item.data.get("unit"):
            self.lost.part(item, _("its units"))
        return "#" + "\n".join(lines)

    def _pairs(self, item: ReadItem) -> str | None:
        data = item.data
        if data.get("is_many") or len({pair["source"] for pair in data["pairs"]}) < len(
            data["pairs"]
        ):
            return None
        if data.get("method", "partial") != "partial" or data.get("look") == "grid":
            self.lost.part(
                item, _("how it looks and scores: pairs are a list, each counts by itself.")
            )
        return "\n".join(
            f"={self.html(left)} -> {self.html(right)}" for left, right in rows_of(data)
        )


def rows_of(data: dict) -> list[tuple[str, str]]:
    """Return (left, right) of a match's pairs; an empty left is before a right that fits nowhere."""
    lefts = {each["id"]: each["text"] for each in data["sources"]}
    rights = {each["id"]: each["text"] for each in data["targets"]}
    rows = [(lefts[pair["source"]], rights[pair["target"]]) for pair in data["pairs"]]
    used = {pair["target"] for pair in data["pairs"]}
    return rows + [("", text) for identifier, text in rights.items() if identifier not in used]


def number_told(answer: dict) -> str | None:
    """Return `value:tolerance` or `low..high` with an absolute tolerance, or None where it has none."""
    if answer.get("low") and answer.get("high"):
        return f"{answer['low']}..{answer['high']}"
    tolerance = Decimal(answer.get("tolerance") or "0")
    if answer.get("how") == "relative":
        tolerance = abs(Decimal(answer["value"])) * tolerance
    elif answer.get("how") == "significant":
        return None
    return f"{answer['value']}:{plain_number(tolerance)}"


def write_gift(items: list[ReadItem], files: Files, lost: Lost) -> bytes:
    """Write items as GIFT."""
    writer = _Writer(files, lost)
    parts, category = [], ""
    for item in items:
        if lost.has_variables(item):
            continue
        answers = writer.answers(item)
        if answers is None:
            lost.item(item)
            continue
        lost.common(item)
        if item.category != category:
            category = item.category
            parts.append(f"$CATEGORY: {category}")
        marks = "".join(f" [tag:{tag.replace(']', chr(92) + ']')}]" for tag in item.tags)
        general = item.data.get("feedback", "")
        if general:
            answers += f"\n####{writer.html(general)}"
        title = f"::{escape(item.title)}::" if item.title else ""
        question = f"{title}[html]{writer.html(item.data['prompt'])} {{{answers}}}"
        parts.append(f"// [id:{item.identifier}]{marks}\n{question}")
    return ("\n\n".join(parts) + "\n").encode()
