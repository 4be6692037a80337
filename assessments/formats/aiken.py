"""Aiken: a question, its options as `A.` or `A)`, and `ANSWER: A`. https://docs.moodle.org/en/Aiken_format."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from assessments.formats.records import NotReadableError, Package, ReadItem, take
from assessments.formats.text import name_by_content, title_from, to_html

_OPTION = re.compile(r"([A-Za-z])[).](?!\w\.)\s*(\S.*)")
_ANSWER = re.compile(r"ANSWER:\s*(.*)", re.IGNORECASE)


@dataclass
class _Question:
    line: int
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str | None = None

    @property
    def raw(self) -> str:
        options = [f"{letter}. {text}" for letter, text in self.options]
        answer = [] if self.answer is None else [f"ANSWER: {self.answer}"]
        return "\n".join([*self.stem, *options, *answer])

    def item(self) -> ReadItem:
        letters = [letter for letter, _text in self.options]
        if not self.stem:
            raise NotReadableError(
                _("There is no question before the options. Write it in a line above them.")
            )
        if len(letters) < 2:  # noqa: PLR2004  said by the words beside it
            raise NotReadableError(
                _("There are fewer than two options. Write each in a line, as “A. Nairobi”.")
            )
        if self.answer is None:
            raise NotReadableError(
                _("The right answer is missing. Write “ANSWER: A” in the line behind the options.")
            )
        if letters != sorted(set(letters)):
            raise NotReadableError(
                _("The letters of the options are not in their order. Write A, B, C and so on.")
            )
        if self.answer.upper() not in letters:
            raise NotReadableError(
                _("“ANSWER: %(letter)s” names no option. Write the letter of one of them.")
                % {"letter": self.answer[:20]}
            )
        prompt = to_html("\n".join(self.stem), "plain")
        options = [
            {
                "id": letter,
                "text": to_html(text, "plain"),
                "mark": str(int(letter == self.answer.upper())),
            }
            for letter, text in self.options
        ]
        return ReadItem(
            identifier=name_by_content(self.raw),
            kind="choice",
            title=title_from(prompt),
            data={"prompt": prompt, "options": options},
            raw_format="aiken",
        )


def _questions(text: str):
    question = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        question = question or _Question(number)
        answer, option = _ANSWER.fullmatch(line.strip()), _OPTION.fullmatch(line.strip())
        if answer:
            question.answer = answer.group(1)
            yield question
            question = None
        elif option and question.stem:
            question.options.append((option.group(1).upper(), option.group(2)))
        elif question.options:  # the answer was forgotten, and the next question begins
            yield question
            question = _Question(number, [line.strip()])
        else:
            question.stem.append(line.strip())
    if question:
        yield question


def is_aiken(text: str) -> bool:
    return (
        re.search(r"^[ \t]*ANSWER:[ \t]*[A-Za-z][ \t]*$", text, re.MULTILINE | re.IGNORECASE)
        is not None
    )


def read_aiken(text: str) -> Package:
    """Read an Aiken file. Each item, and each refusal, has the line at which its question begins."""
    package = Package()
    for question in _questions(text):
        take(package, question.item, kind="choice", line=question.line, raw=question.raw)
    return package
