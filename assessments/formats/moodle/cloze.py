r"""Moodle's embedded answers ("cloze"): `{1:SHORTANSWER:=Nairobi#Yes~%50%Mombasa}` in a running text.

Grammar as in Moodle's documentation, "Embedded Answers (Cloze) question type": `{weight:TYPE:answers}`, answers parted
by `~`, each with `=` or `%share%` before it and `#feedback` behind it; `\` escapes `}`, `~`, `#`, `=`, `/`, `"` and `\`.
"""

import re
from decimal import Decimal, InvalidOperation
from html import unescape

from django.utils.translation import gettext as _

from assessments.formats.records import NotReadableError, NotSupportedError
from assessments.formats.text import to_plain

_OPENING = re.compile(
    r"\{(\d*):(NUMERICAL|NM|SHORTANSWER_C|SHORTANSWER|SAC|SA|MWC|MW"
    r"|MULTICHOICE_[VH]S?|MULTICHOICE_S|MULTICHOICE|MC[VH]S?|MCS|MC"
    r"|MULTIRESPONSE_HS|MULTIRESPONSE_[HS]|MULTIRESPONSE|MRHS|MR[HS]|MR):",
    re.IGNORECASE,
)
_NUMERICAL = {"NUMERICAL", "NM"}
_CASE_SENSITIVE = {"SHORTANSWER_C", "SAC", "MWC"}
ANYTHING = {"low": "-1000000000000000", "high": "1000000000000000"}  # any number: carries feedback


def decimal_of(text: str) -> Decimal:
    """Return the number that `text` tells, with a point or a comma, or raise NotReadableError."""
    bare = re.sub(r"\s", "", unescape(text))
    if "," in bare and "." not in bare:
        bare = bare.replace(",", ".", 1)
    bare = re.sub(r"[x×*]10\^?\(?([+-]?\d+)\)?$", r"e\1", bare)  # noqa: RUF001  as it is written
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise NotReadableError(
            _("“%(text)s” is no number. Write it with figures and a point, as in 3.14.")
            % {"text": text.strip()[:40]}
        ) from None
    if not number.is_finite() or abs(number.adjusted()) > 100:  # noqa: PLR2004  said by the words beside it
        raise NotReadableError(_("“%(text)s” is too large or too small.") % {"text": text[:40]})
    return number


def share(percent: str) -> str:
    """Return a percentage as a mark, at most 1 either way; 33.33333 becomes a third of ten places."""
    mark = max(Decimal(-100), min(Decimal(100), decimal_of(percent))) / 100
    return plain_number(mark)


def plain_number(number: Decimal) -> str:
    """Return `number` without an exponent or zeros that say nothing."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _parted(text: str, separator: str) -> list[str]:
    r"""Split at each `separator` that no `\` stands before."""
    parts, part, escaped = [], [], False
    for letter in text:
        if letter == separator and not escaped:
            parts.append("".join(part))
            part = []
        else:
            part.append(letter)
        escaped = letter == "\\" and not escaped
    return [*parts, "".join(part)]


def _bare(text: str) -> str:
    return re.sub(r"\\([}~#=/\"\\{:])", r"\1", text).strip()


def _alternatives(inner: str) -> list[tuple[str, str, str]]:
    """Return (mark, text, feedback) for each answer of a gap."""
    found = []
    for part in _parted(inner, "~"):
        answer, *feedback = _parted(part.strip(), "#")
        answer = answer.strip()
        mark = "0"
        weight = re.match(r"%(-?[\d.,]+)%", answer)
        if answer.startswith("="):
            mark, answer = "1", answer[1:]
        elif weight:
            mark, answer = share(weight.group(1)), answer[weight.end() :]
        answer = _bare(answer)
        if answer or mark != "0":
            found.append((mark, answer, _bare("#".join(feedback))))
    return found


def accepted_number(text: str, mark: str, feedback: str) -> dict:
    """Return AcceptedNumber's JSON for GIFT's and cloze's `5`, `5:0.1`, `4.9..5.1` or `*`."""
    text = text.strip()
    common = {"mark": mark, "feedback": feedback}
    if text == "*":
        return {**ANYTHING, **common}
    if ".." in text:
        low, high = (decimal_of(part) for part in text.split("..", 1))
        low, high = min(low, high), max(low, high)
        return {"low": plain_number(low), "high": plain_number(high), **common}
    value, _colon, tolerance = text.partition(":")
    number = plain_number(decimal_of(value))
    tolerance = plain_number(abs(decimal_of(tolerance))) if tolerance.strip() else "0"
    return {"value": number, "tolerance": tolerance, **common}


def accepted_text(text: str, mark: str, feedback: str) -> dict:
    r"""Return Accepted's JSON; `*` is a wildcard, `\*` a star."""
    has_wildcard = re.search(r"(?<!\\)\*", text) is not None
    text = text if has_wildcard else text.replace("\\*", "*")
    how = "wildcard" if has_wildcard else "folded"
    return {"text": text, "how": how, "mark": mark, "feedback": feedback}


def read_gap(identifier: str, weight: str, kind: str, inner: str) -> dict:
    """Return a Gap's JSON from the parts of `{weight:kind:inner}`."""
    kind = kind.upper()
    answers = _alternatives(inner)
    if kind.startswith(("MULTIRESPONSE", "MR")):
        raise NotSupportedError(
            _(
                "Several boxes to tick in a running text are not supported. Make it a question of its own."
            )
        )
    if not any(Decimal(mark) > 0 for mark, _text, _feedback in answers):
        raise NotReadableError(
            _("A gap has no right answer. Write “=” before the right one: %(gap)s")
            % {"gap": inner[:80]}
        )
    gap: dict = {"id": identifier, "weight": weight if weight and int(weight) else "1"}
    if kind in _NUMERICAL:
        numbers = [accepted_number(to_plain(text), mark, note) for mark, text, note in answers]
        return gap | {"how": "number", "numbers": numbers}
    if kind.startswith("M") and kind not in {"MW", "MWC"}:
        options = [
            {"id": f"{identifier}.{n}", "text": text} for n, (_m, text, _f) in enumerate(answers, 1)
        ]
        accepted = [
            {"text": f"{identifier}.{n}", "how": "exact", "mark": mark, "feedback": feedback}
            for n, (mark, _text, feedback) in enumerate(answers, 1)
            if Decimal(mark) or feedback
        ]
        return gap | {"how": "dropdown", "options": options, "accepted": accepted}
    accepted = [accepted_text(to_plain(text), mark, note) for mark, text, note in answers]
    if kind in _CASE_SENSITIVE:
        accepted = [
            each | {"how": "exact"} if each["how"] == "folded" else each for each in accepted
        ]
    width = max(len(each["text"]) for each in accepted)
    return gap | {"how": "text", "accepted": accepted, "width": max(6, min(60, width + 2))}


def read_cloze(text: str) -> tuple[str, list[dict]]:
    """Return `text` with `[[1]]`, `[[2]]`… for its gaps, and the gaps as JSON of Gap."""
    parts, gaps, end = [], [], 0
    for opening in _OPENING.finditer(text):
        if opening.start() < end:
            continue
        close = re.compile(r"(?:\\.|[^}\\])*").match(text, opening.end()).end()
        if close >= len(text):
            raise NotReadableError(
                _("A gap is not closed: there is no “}” behind %(gap)s")
                % {"gap": text[opening.start() : opening.start() + 60]},
            )
        identifier = str(len(gaps) + 1)
        inner = text[opening.end() : close]
        gaps.append(read_gap(identifier, opening.group(1), opening.group(2), inner))
        parts += [text[end : opening.start()], f"[[{identifier}]]"]
        end = close + 1
    return "".join([*parts, text[end:]]), gaps


def is_gap(inner: str) -> bool:
    """Whether `inner`, the inside of braces, is an embedded answer."""
    return _OPENING.match("{" + inner) is not None
