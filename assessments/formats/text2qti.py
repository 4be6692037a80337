"""Quizzes as plain text, as text2qti writes them: numbered questions, `*a)` for the right option.

    1.  Where is parliament?          2. Which border Nairobi?     3. Counties?      4. Capital?
    *a) Nairobi                       [*] Kiambu                   = 47 +- 1         * Nairobi
    b)  Kisumu                        [ ] Mombasa
    ... what to say to who chose b

`____` asks for an essay, `^^^^` for a file. `Title:` and `Points:` stand before a question; `...`, `+` and `-` behind
it are feedback to all, to who was right, and to who was wrong. https://github.com/gpoore/text2qti
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.formats.moodle.cloze import accepted_number, accepted_text, decimal_of
from assessments.formats.records import NotReadableError, Package, ReadItem, take
from assessments.formats.text import name_by_content, title_from, to_html, unwrap

_START = re.compile(r"(\d+)\.\s+(.*)")
_CHOICE = re.compile(r"(\*?)([a-zA-Z])\)\s+(.*)")
_BOX = re.compile(r"\[([ *]?)\]\s+(.*)")
_WORD = re.compile(r"\*\s+(.*)")
_NUMBER = re.compile(r"=\s+(.*)")
_FEEDBACK = re.compile(r"(\.\.\.|\+|-)\s+(.*)")
_SETTING = re.compile(r"(title|points):\s*(.*)", re.IGNORECASE)


@dataclass
class _Question:
    line: int
    title: str = ""
    points: str = "1"
    stem: list[str] = field(default_factory=list)
    options: list[dict] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    kind: str = ""
    raw: list[str] = field(default_factory=list)

    def item(self) -> ReadItem:
        prompt = to_html("\n".join(self.stem), "markdown")
        kind, data = self._kind_and_data()
        return ReadItem(
            identifier=name_by_content("\n".join(self.raw)),
            kind=kind,
            title=self.title or title_from(prompt),
            data={"prompt": prompt, "feedback": "<br>".join(self.feedback), **data},
            max_score=max(decimal_of(self.points), Decimal("0.01")),
            raw_format="text2qti",
        )

    def _kind_and_data(self) -> tuple[str, dict]:
        match self.kind:
            case "choice" | "choices":
                options = [
                    {**option, "id": str(number)} for number, option in enumerate(self.options, 1)
                ]
                return self.kind, {"options": options, "is_shuffled": False}
            case "text":
                return "text", {"answers": [accepted_text(word, "1", "") for word in self.words]}
            case "number":
                return "number", {"answers": [_number(text) for text in self.numbers]}
            case "essay" | "upload":
                return self.kind, {}
        raise NotReadableError(
            _(
                "The question has no answers. Write them below it, as “*a) Nairobi” for the right one."
            )
        )


def _number(text: str) -> dict:
    """Return `47`, `47 +- 1`, `47 +- 2%` or `[46, 48]` as an AcceptedNumber."""
    bounds = re.fullmatch(r"\[([^,]*),([^,]*)\]", text.strip())
    if bounds:
        return accepted_number(f"{bounds[1]}..{bounds[2]}", "1", "")
    value, _sign, tolerance = text.partition("+-")
    if tolerance.strip().endswith("%"):
        share = decimal_of(tolerance.strip().rstrip("%")) / 100
        return {"value": str(decimal_of(value)), "tolerance": str(share), "how": "relative"}
    return accepted_number(f"{value.strip()}:{tolerance.strip()}", "1", "")


def _add(question: _Question, line: str) -> None:
    """Add a line to the question that it belongs to."""
    question.raw.append(line)
    choice, box = _CHOICE.fullmatch(line), _BOX.fullmatch(line)
    word, number, said = _WORD.fullmatch(line), _NUMBER.fullmatch(line), _FEEDBACK.fullmatch(line)
    if choice or box:
        text, is_right = (choice[3], choice[1]) if choice else (box[2], box[1].strip())
        question.kind = "choice" if choice else "choices"
        label = unwrap(to_html(text, "markdown"))
        question.options.append({"text": label, "mark": str(int(bool(is_right))), "feedback": ""})
    elif word:
        question.kind = "text"
        question.words.append(word[1].strip())
    elif number:
        question.kind = "number"
        question.numbers.append(number[1])
    elif re.fullmatch(r"_{3,}", line):
        question.kind = "essay"
    elif re.fullmatch(r"\^{3,}", line):
        question.kind = "upload"
    elif said and question.options:
        question.options[-1]["feedback"] = to_html(said[2], "markdown")
    elif said:
        question.feedback.append(to_html(said[2], "markdown"))
    elif question.options:
        question.options[-1]["text"] += f" {unwrap(to_html(line, 'markdown'))}"
    else:
        question.stem.append(line)


def _questions(text: str):
    question, coming = None, {}
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        start, setting = _START.fullmatch(bare), _SETTING.fullmatch(bare)
        if start:
            if question:
                yield question
            question = _Question(number, stem=[start[2]], raw=[bare], **coming)
            coming = {}
        elif setting:
            coming[setting[1].lower()] = setting[2].strip()
        elif bare and question:
            _add(question, bare)
    if question:
        yield question


def is_text2qti(text: str) -> bool:
    has_answer = re.search(
        r"^[ \t]*(?:\*[a-zA-Z]\)|\[\*\]|=\s+[-\d\[]|\*\s+\S|_{4,}$|\^{4,}$)", text, re.MULTILINE
    )
    return (
        has_answer is not None and re.search(r"^[ \t]*\d+\.\s+\S", text, re.MULTILINE) is not None
    )


def read_text2qti(text: str) -> Package:
    """Read a quiz as plain text. Each item, and each refusal, has the line of its number."""
    package = Package()
    title = re.search(r"^Quiz title:\s*(.*)$", text, re.MULTILINE | re.IGNORECASE)
    package.titles = [title[1].strip()] if title else []
    for question in _questions(text):
        raw = "\n".join(question.raw)
        take(package, question.item, kind=question.kind, line=question.line, raw=raw)
    return package
