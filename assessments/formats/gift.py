r"""GIFT, Moodle's text format of questions: https://docs.moodle.org/en/GIFT_format.

First `parse` reads each question as it is written, with its line; then `read_gift` makes one of our kinds of it.
A bad question is refused with its line, and the next one is read.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.formats.markup import Files, all_with_media
from assessments.formats.moodle.cloze import (
    accepted_number,
    accepted_text,
    is_gap,
    read_cloze,
    share,
)
from assessments.formats.records import (
    NotReadableError,
    NotSupportedError,
    Package,
    ReadItem,
    take,
)
from assessments.formats.text import name_by_content, name_from, title_from, to_html, unwrap

# Escaped characters are put out of the way while the text is divided.
_ESCAPES = {"~": "~", "=": "=", "#": "#", "{": "{", "}": "}", ":": ":", "n": "\n", "\\": "\\"}
_HIDDEN = {letter: chr(0xE000 + n) for n, letter in enumerate(_ESCAPES)}
_SHOWN = str.maketrans({hidden: _ESCAPES[letter] for letter, hidden in _HIDDEN.items()})
_AS_WRITTEN = str.maketrans({hidden: f"\\{letter}" for letter, hidden in _HIDDEN.items()})
_FORMAT = re.compile(r"\s*\[(html|moodle|markdown|plain)\]", re.IGNORECASE)
_ANSWER = re.compile(r"([=~])([^=~]*)")
_WEIGHT = re.compile(r"\s*%(-?\d+(?:[.,]\d+)?)%")
_TRUE_FALSE = re.compile(r"(T|F|TRUE|FALSE)\s*(?:#(.*))?", re.DOTALL | re.IGNORECASE)
_FULL = Decimal(100)


@dataclass(frozen=True)
class Text:
    """A text as written, escapes undone, with its format."""

    text: str
    form: str = "moodle"

    @property
    def html(self) -> str:
        return to_html(self.text, self.form)


@dataclass(frozen=True)
class Answer:
    """`sign` is = or ~, `weight` a percentage where one was written, `pair` the right side of a match."""

    sign: str
    weight: Decimal | None
    text: Text
    feedback: Text | None = None
    pair: str | None = None

    @property
    def mark(self) -> str:
        return share(
            str((_FULL if self.sign == "=" else 0) if self.weight is None else self.weight)
        )


@dataclass(frozen=True)
class Question:
    """A question of a GIFT file. `kind` is the format's own word for it."""

    line: int
    kind: str = "description"
    identifier: str = ""
    title: str = ""
    tags: list[str] = field(default_factory=list)
    category: str = ""
    stem: Text = Text("")
    answers: list[Answer] = field(default_factory=list)
    is_true: bool = False
    feedback: Text | None = None
    has_missing_word: bool = False


def _hide(text: str) -> str:
    return re.sub(r"\\([~=#{}:n\\])", lambda match: _HIDDEN[match.group(1)], text)


def _show(text: str) -> str:
    return re.sub(r"[ \t]*\n[ \t]*", "\n", text.translate(_SHOWN)).strip()


def _text(text: str, default: str) -> Text:
    form = _FORMAT.match(text)
    if form:
        return Text(_show(text[form.end() :]), form.group(1).lower())
    return Text(_show(text), default)


def _with_feedback(text: str, default: str) -> tuple[str, Text | None]:
    answer, _hash, feedback = text.partition("#")
    return answer, _text(feedback, default) if feedback.strip() else None


def _answers(body: str, form: str) -> list[Answer]:
    first = re.search(r"[=~]", body)
    if first is None:
        raise NotReadableError(
            _(
                "The answers have neither “=” nor “~”. Write “=” before a right answer and “~” before a wrong one."
            )
        )
    if body[: first.start()].strip():
        raise NotReadableError(
            _("“%(text)s” stands before the first answer. Write “=” or “~” before it.")
            % {"text": _show(body[: first.start()])[:40]}
        )
    answers = []
    for sign, rest in _ANSWER.findall(body):
        weight = _WEIGHT.match(rest)
        share_of = Decimal(weight.group(1).replace(",", ".")) if weight else None
        text, feedback = _with_feedback(rest[weight.end() :] if weight else rest, form)
        answers.append(Answer(sign, share_of, _text(text, form), feedback))
    return answers


def _numerical(body: str, form: str) -> list[Answer]:
    body = body.strip()
    if body[:1] not in {"=", "~"}:
        body = "=" + body
    return _answers(body, form)


def _matching(body: str, form: str) -> list[Answer]:
    pairs = []
    for answer in _answers(body, form):
        text, _arrow, pair = answer.text.text.partition("->")
        pairs.append(replace(answer, text=Text(text.strip(), answer.text.form), pair=pair.strip()))
    return pairs


def _true_false(match: re.Match, form: str) -> dict:
    """Moodle shows the first feedback to who answered wrong, the second to who answered right."""
    is_true = match.group(1)[0].upper() == "T"
    wrong, _hash, right = (match.group(2) or "").partition("#")
    texts = [_text(part, form) if part.strip() else None for part in (right, wrong)]
    answers = [
        Answer("=", None, Text("true" if is_true else "false"), texts[0]),
        Answer("~", None, Text("false" if is_true else "true"), texts[1]),
    ]
    return {"kind": "truefalse", "is_true": is_true, "answers": answers}


def _answered(body: str, form: str) -> dict:
    """Return what the inside of the braces says: a kind and its answers."""
    body = body.strip()
    if not body:
        return {"kind": "essay"}
    true_false = _TRUE_FALSE.fullmatch(body)
    if true_false:
        return _true_false(true_false, form)
    if body.startswith("#"):
        return {"kind": "numerical", "answers": _numerical(body[1:], form)}
    if re.fullmatch(r"[^=~\n]{1,100}", body):  # `{One}`, the short way to write `{=One}`
        body = "=" + body
    answers = _answers(body, form)
    are_right = all(answer.sign == "=" for answer in answers)
    if are_right and all("->" in answer.text.text for answer in answers):
        if len(answers) < 2:  # noqa: PLR2004  said by the words beside it
            raise NotReadableError(_("A matching question needs two pairs or more."))
        return {"kind": "matching", "answers": _matching(body, form)}
    if are_right:
        return {"kind": "shortanswer", "answers": answers}
    return {"kind": "multichoice", "answers": answers}


def _blocks(text: str) -> list[tuple[int, int]]:
    """Return where each `{…}` of a question begins and ends."""
    spans, start = [], -1
    for n, letter in enumerate(text):
        if letter == "{" and start < 0:
            start = n
        elif letter == "}" and start >= 0:
            spans.append((start, n))
            start = -1
        elif letter == "}":
            raise NotReadableError(
                _("There is a “}” without a “{”. Write “\\}” where the sign itself is meant.")
            )
    if start >= 0:
        raise NotReadableError(_("The answers are not closed: write “}” behind the last one."))
    return spans


def _question(source: str, line: int, category: str) -> Question | None:
    found = {"line": line, "category": category, "identifier": "", "tags": []}
    for comment in re.findall(r"^[ \t]*//(.*)$", source, re.MULTILINE):
        marked = re.search(r"\[id:((?:\\\]|[^\]])+)\]", comment)
        if marked:
            found["identifier"] = marked.group(1).replace("\\]", "]").strip()
        tags = re.findall(r"\[tag:((?:\\\]|[^\]])+)\]", comment)
        found["tags"] += [tag.replace("\\]", "]").strip() for tag in tags]
    text = _hide(re.sub(r"^[ \t]*//.*\n?", "", source, flags=re.MULTILINE)).strip()
    if not text:
        return None
    title = re.match(r"::(.*?)::", text, re.DOTALL)
    if title:
        found["title"] = re.sub(r"\s+", " ", _show(title.group(1)))
        text = text[title.end() :]
    stem = _text(text, "moodle")
    marked = _FORMAT.match(text)
    text = text[marked.end() :] if marked else text
    blocks = _blocks(text)
    if not blocks:
        return Question(**found, stem=stem)
    if len(blocks) > 1 or is_gap(text[blocks[0][0] + 1 : blocks[0][1]].translate(_AS_WRITTEN)):
        return Question(
            **found, kind="gaps", stem=Text(_gapped(text, blocks, stem.form), stem.form)
        )
    (start, end), tail = blocks[0], text[blocks[0][1] + 1 :]
    has_missing_word = bool(tail.strip())
    stem = Text(_show(text[:start] + ("_____" + tail if has_missing_word else "")), stem.form)
    body, _mark, feedback = text[start + 1 : end].partition("####")
    return Question(
        **found,
        **_answered(body, stem.form),
        stem=stem,
        feedback=_text(feedback, stem.form) if feedback.strip() else None,
        has_missing_word=has_missing_word,
    )


def _gapped(text: str, blocks: list[tuple[int, int]], form: str) -> str:
    """Return a question with several `{…}` in the notation of embedded answers."""
    parts, end = [], 0
    for start, close in blocks:
        inner = text[start + 1 : close]
        if is_gap(inner.translate(_AS_WRITTEN)):
            gap = inner.translate(_AS_WRITTEN)
        else:
            kind = _answered(inner.partition("####")[0], form)["kind"]
            words = {"shortanswer": "SA", "multichoice": "MC", "numerical": "NM"}
            if kind not in words:
                raise NotReadableError(
                    _(
                        "A question with several places to answer may hold words, numbers and choices only."
                    )
                )
            gap = f"1:{words[kind]}:{_as_gap(inner.partition('####')[0])}"
        parts += [_show(text[end:start].replace("\n", "\ue0ff")), "{" + gap + "}"]
        end = close + 1
    return " ".join(part for part in [*parts, _show(text[end:])] if part).replace("\ue0ff", "\n")


def _as_gap(inner: str) -> str:
    bare = re.sub(r"^[ \t]*#", "", inner)
    return re.sub(r"(?<!^)=", "~=", bare.strip().lstrip("~")).translate(_AS_WRITTEN)


def _sources(text: str):
    """Yield (line, category, source) of each question: they are parted by empty lines outside of braces."""
    lines: list[str] = []
    category, start, depth = "", 1, 0
    for number, line in enumerate(text.split("\n"), 1):
        is_comment = line.lstrip().startswith("//")
        if not line.strip() and depth <= 0:
            yield start, category, "\n".join(lines)
            lines, depth = [], 0
            continue
        marked = re.match(r"\s*\$CATEGORY:\s*(.*)", line)
        if marked and depth <= 0:
            yield start, category, "\n".join(lines)
            category, lines, depth = category_path(marked.group(1).translate(_SHOWN)), [], 0
            continue
        has_lost_brace = depth > 0 and lines and not lines[-1].strip()
        if has_lost_brace and re.match(r"\s*::.*::", line):  # a title begins the next question
            yield start, category, "\n".join(lines)
            lines, depth = [], 0
        if not lines or (all(each.lstrip().startswith("//") for each in lines) and not is_comment):
            start = number
        lines.append(line)
        if not is_comment:
            bare = re.sub(r"\\.", "", line)
            depth += bare.count("{") - bare.count("}")
    yield start, category, "\n".join(lines)


def category_path(path: str) -> str:
    """Return a category of Moodle's without what only Moodle means by it."""
    steps = [step.strip() for step in re.split(r"(?<!/)/(?!/)", path.replace("\\n", " "))]
    return "/".join(
        step.replace("//", "/")
        for step in steps
        if step and step != "top" and not re.fullmatch(r"\$\w+\$", step)
    )


def parse(text: str) -> tuple[list[Question], list[tuple[int, str, str]]]:
    """Return the questions of a GIFT text, and (line, source, reason) of those that cannot be read."""
    questions, faults = [], []
    for line, category, source in _sources(text):
        try:
            question = _question(source, line, category)
        except NotReadableError as error:
            faults.append((line, source, str(error)))
        else:
            if question:
                questions.append(question)
    return questions, faults


def _html(text: Text | None) -> str:
    return text.html if text else ""


def _option(number: int, answer: Answer) -> dict:
    text = unwrap(answer.text.html)
    return {
        "id": str(number),
        "text": text,
        "mark": answer.mark,
        "feedback": _html(answer.feedback),
    }


def _choice(question: Question) -> tuple[str, dict]:
    options = [_option(n, answer) for n, answer in enumerate(question.answers, 1)]
    if any(answer.sign == "=" for answer in question.answers):
        return "choice", {"options": options}
    if all(Decimal(option["mark"]) <= 0 for option in options):
        raise NotReadableError(_("No answer is right. Write “=” before the right one."))
    return "choices", {"options": options, "method": "marks"}


def true_false(*, is_true: bool, if_true: str = "", if_false: str = "") -> dict:
    """Return the options of a question that is either true or false."""
    return {
        "options": [
            {"id": "true", "text": _("True"), "mark": str(int(is_true)), "feedback": if_true},
            {
                "id": "false",
                "text": _("False"),
                "mark": str(int(not is_true)),
                "feedback": if_false,
            },
        ],
        "is_shuffled": False,
    }


def pairs(rows: list[tuple[str, str]]) -> dict:
    """Return the sides and pairs of a match from (left, right); an empty left is a right that fits nowhere."""
    targets: dict[str, str] = {}
    for _left, right in rows:
        targets.setdefault(right, f"t{len(targets) + 1}")
    if len(targets) < 2:  # noqa: PLR2004  said by the sentence
        raise NotReadableError(
            _(
                "All pairs have the same right side. Write another one, or one that fits nowhere, as “= -> Kigali”."
            )
        )
    sources = [(left, targets[right]) for left, right in rows if left]
    return {
        "sources": [{"id": f"s{n}", "text": text} for n, (text, _target) in enumerate(sources, 1)],
        "targets": [{"id": identifier, "text": text} for text, identifier in targets.items()],
        "pairs": [
            {"source": f"s{n}", "target": target} for n, (_text, target) in enumerate(sources, 1)
        ],
    }


def _number(question: Question) -> dict:
    answers = []
    for answer in question.answers:
        text = "*" if answer.sign == "~" and not answer.text.text else answer.text.text
        answers.append(accepted_number(text, answer.mark, _html(answer.feedback)))
    return {"answers": answers}


def _kind_and_data(question: Question) -> tuple[str, dict]:  # noqa: PLR0911  one for each kind
    answers = question.answers
    match question.kind:
        case "essay":
            return "essay", {}
        case "truefalse":
            right, wrong = answers if question.is_true else reversed(answers)
            texts = {"if_true": _html(right.feedback), "if_false": _html(wrong.feedback)}
            return "choice", true_false(is_true=question.is_true, **texts)
        case "numerical":
            return "number", _number(question)
        case "matching":
            rows = [
                (unwrap(answer.text.html), unwrap(Text(answer.pair or "", answer.text.form).html))
                for answer in answers
            ]
            return "match", pairs(rows)
        case "shortanswer":
            accepted = [
                accepted_text(answer.text.text, answer.mark, _html(answer.feedback))
                for answer in answers
            ]
            return "text", {"answers": accepted}
        case "gaps":
            text, gaps = read_cloze(question.stem.html)
            return "gaps", {"text": text, "gaps": gaps}
    return _choice(question)


def _item(question: Question, files: Files) -> ReadItem:
    if question.kind == "description":
        raise NotSupportedError(
            _(
                "This is a text without a question. If questions belong to it, write “{” and “}” with their answers behind it."
            )
        )
    kind, data = _kind_and_data(question)
    prompt = question.stem.html
    notes = []
    if question.kind == "gaps":
        prompt = ""
        notes.append(_("Several places to answer were read as one text with gaps."))
    return ReadItem(
        identifier=name_from(question.identifier, question.title)
        if question.identifier or question.title
        else name_by_content(prompt + str(data)),
        kind=kind,
        title=question.title or title_from(prompt or data.get("text", "")),
        data=all_with_media(
            {"prompt": prompt, "feedback": _html(question.feedback), **data}, files, notes
        ),
        tags=question.tags,
        category=question.category,
        raw_format="gift",
        notes=notes,
    )


def read_gift(text: str) -> Package:
    """Read a GIFT file. Each item, and each refusal, has the line of its question."""
    package, files = Package(), Files()
    for line, category, source in _sources(text):

        def read(line=line, category=category, source=source):
            question = _question(source, line, category)
            return _item(question, files) if question else None

        title = re.search(r"^[ \t]*::(.*?)::", source, re.MULTILINE | re.DOTALL)
        name = name_from(title.group(1)) if title else ""
        kind = "" if "{" in source else "description"
        take(package, read, identifier=name, kind=kind, line=line, raw=source)
    package.files = files.by_key
    return package
