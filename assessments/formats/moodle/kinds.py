"""Moodle's question types, each made into one of our kinds. Names are those of Moodle's `question/type/*`."""

import re
from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from assessments.formats.gift import pairs, true_false
from assessments.formats.moodle import calculated, pictures
from assessments.formats.moodle.cloze import (
    accepted_number,
    accepted_text,
    decimal_of,
    plain_number,
    read_cloze,
    share,
)
from assessments.formats.moodle.question import Question, inner_text
from assessments.formats.records import NotReadableError, NotSupportedError
from assessments.formats.text import to_plain

KindAndData = tuple[str, dict]

_NOT_OURS = {
    "random": gettext_lazy("It draws a question at random. Make a quiz that draws from the bank instead."),
    "randomsamatch": gettext_lazy("It makes pairs of other questions at random. Write a matching question instead."),
    "stack": gettext_lazy("STACK questions need a computer algebra system, which is not here."),
    "coderunner": gettext_lazy("CodeRunner questions run programs. Make a lab of it instead."),
    "formulas": gettext_lazy("Its formulas are a programming language of their own. Write a number question with variables."),
    "description": gettext_lazy("This is a text without a question. Put it before the questions that it belongs to."),
    "missingtype": gettext_lazy("Moodle itself did not know its type when it was exported."),
}  # fmt: skip


def _feedback(question: Question, answer: etree._Element) -> str:
    return question.html(answer.find("feedback"))


def _fraction(answer: etree._Element) -> str:
    return share(answer.get("fraction") or "0")


def options(question: Question) -> list[dict]:
    """Return the options of a choice, their marks as shares of the points."""
    return [
        {
            "id": str(number),
            "text": question.label(answer),
            "mark": _fraction(answer),
            "feedback": _feedback(question, answer),
        }
        for number, answer in enumerate(question.all("answer"), 1)
    ]


def multichoice(question: Question) -> KindAndData:
    data: dict = {
        "options": options(question),
        "is_shuffled": question.is_set("shuffleanswers", default=True),
    }
    if question.is_set("single", default=True):
        return "choice", data
    return "choices", {**data, "method": "marks"}


def multichoiceset(question: Question) -> KindAndData:
    """All-or-nothing multiple choice, a plugin of Moodle's."""
    kind_and = {"options": options(question), "is_shuffled": question.is_set("shuffleanswers")}
    return "choices", {**kind_and, "method": "all_or_nothing"}


def truefalse(question: Question) -> KindAndData:
    answers = {inner_text(each).lower(): each for each in question.all("answer")}
    if not {"true", "false"} <= set(answers):
        raise NotReadableError(
            _("A true or false question needs both answers, “true” and “false”.")
        )
    is_true = Decimal(_fraction(answers["true"])) > 0
    texts = {f"if_{name}": _feedback(question, answers[name]) for name in ("true", "false")}
    return "choice", true_false(is_true=is_true, **texts)


def shortanswer(question: Question) -> KindAndData:
    accepted = [
        accepted_text(inner_text(each), _fraction(each), _feedback(question, each))
        for each in question.all("answer")
    ]
    return "text", {"answers": accepted, "is_case_sensitive": question.is_set("usecase")}


def numerical(question: Question) -> KindAndData:
    answers = []
    for each in question.all("answer"):
        text = inner_text(each)
        tolerance = each.findtext("tolerance", "0").strip() or "0"
        answer = accepted_number(
            text if text == "*" else f"{text}:{tolerance}", _fraction(each), ""
        )
        answers.append({**answer, "feedback": _feedback(question, each)})
    return "number", {"answers": answers, **units(question)}


def units(question: Question) -> dict:
    """Return what a number question says of its units (unitgradingtype 0: they do not count; showunits 3: hidden)."""
    found = [
        (
            unit.findtext("unit_name", "").strip(),
            decimal_of(unit.findtext("multiplier", "1") or "1"),
        )
        for unit in question.all("units/unit")
    ]
    found = [(symbol, factor) for symbol, factor in found if symbol and factor]
    if not found or question.value("showunits", "0") == "3":
        return {}
    if question.value("unitgradingtype", "0") == "0" and len(found) == 1:
        return {"unit": found[0][0]}
    # Moodle multiplies the answer to get the unit; we multiply what is in the unit to get the answer's.
    listed = [
        {"symbol": symbol, "factor": str((1 / factor).normalize())} for symbol, factor in found
    ]
    counts = question.value("unitgradingtype", "0") != "0"
    penalty = question.value("unitpenalty", "0.1") if counts else "0"
    return {"units": listed, "unit_penalty": plain_number(decimal_of(penalty))}


def matching(question: Question) -> KindAndData:
    rows = [
        (question.label(each), to_html_label(inner_text(each.find("answer"))))
        for each in question.all("subquestion")
        if each.find("answer") is not None
    ]
    rows = [(left, right) for left, right in rows if left or right]
    return "match", {**pairs(rows), "is_shuffled": question.is_set("shuffleanswers", default=True)}


def to_html_label(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;") if not re.search(r"<\w", text) else text


def cloze(question: Question) -> KindAndData:
    text, gaps = read_cloze(question.text)
    if not gaps:
        raise NotReadableError(_("The text has no gap, such as {1:SHORTANSWER:=Nairobi}."))
    return "gaps", {"prompt": "", "text": text, "gaps": gaps, "is_shuffled": "_S:" in question.text}


def essay(question: Question) -> KindAndData:
    guide = {"model_answer": question.html(question.element.find("graderinfo"))}
    files = int(question.value("attachments", "0") or 0)
    if question.value("responseformat") == "noinline":
        return "upload", {**guide, "max_files": max(1, min(10, files if files > 0 else 10))}
    if files:
        question.notes.append(
            _("Files could be handed in besides the text; only the text is asked now.")
        )
    template = question.element.find("responsetemplate")
    return "essay", {
        **guide,
        "lines": max(1, min(60, int(question.value("responsefieldlines", "8") or 8))),
        "min_words": int(question.value("minwordlimit", "0") or 0),
        "max_words": int(question.value("maxwordlimit", "0") or 0),
        "template": "" if template is None else to_plain(inner_text(template)),
    }


def _choices_by_group(question: Question, tag: str) -> list[tuple[str, str]]:
    """Return (text, group) of what may be put into gaps, counted from 1 in Moodle's text."""
    return [
        (inner_text(each), each.findtext("group", "1").strip() or "1") for each in question.all(tag)
    ]


def _gap_numbers(text: str, count: int) -> list[int]:
    numbers = [int(number) for number in re.findall(r"\[\[(\d+)\]\]", text)]
    if not numbers:
        raise NotReadableError(_("The text has no gap, such as [[1]]."))
    if max(numbers) > count or min(numbers) < 1:
        raise NotReadableError(
            _("The text has a gap [[%(number)d]], but there are %(count)d choices.")
            % {"number": max(numbers), "count": count}
        )
    return numbers


def _named_gaps(text: str) -> str:
    """Return a text whose gaps are g1, g2… in their order; in Moodle's they bear the number of the right choice."""
    count = iter(range(1, 1000))
    return re.sub(r"\[\[\d+\]\]", lambda _match: f"[[g{next(count)}]]", text)


def gapselect(question: Question) -> KindAndData:
    choices = _choices_by_group(question, "selectoption")
    text = question.text
    gaps = []
    for place, number in enumerate(_gap_numbers(text, len(choices)), 1):
        group = choices[number - 1][1]
        members = [(n, label) for n, (label, of) in enumerate(choices, 1) if of == group]
        gaps.append(
            {
                "id": f"g{place}",
                "how": "dropdown",
                "options": [{"id": str(n), "text": to_html_label(label)} for n, label in members],
                "accepted": [{"text": str(number), "how": "exact"}],
            }
        )
    is_shuffled = question.is_set("shuffleanswers")
    return "gaps", {
        "prompt": "",
        "text": _named_gaps(text),
        "gaps": gaps,
        "is_shuffled": is_shuffled,
    }


def ddwtos(question: Question) -> KindAndData:
    boxes = question.all("dragbox")
    text = question.text
    numbers = _gap_numbers(text, len(boxes))
    if len({group for _text, group in _choices_by_group(question, "dragbox")}) > 1:
        question.notes.append(
            _("The groups of words were put together: any word may be put into any gap.")
        )
    words = [
        {
            "id": str(n),
            "text": to_html_label(inner_text(box)),
            "uses": 0 if box.find("infinite") is not None else max(1, numbers.count(n)),
        }
        for n, box in enumerate(boxes, 1)
    ]
    gaps = [{"id": f"g{place}", "words": [str(n)]} for place, n in enumerate(numbers, 1)]
    is_shuffled = question.is_set("shuffleanswers")
    data = {"text": _named_gaps(text), "gaps": gaps, "words": words, "is_shuffled": is_shuffled}
    return "gap_match", {"prompt": "", **data}


def ordering(question: Question) -> KindAndData:
    """Answers stand in their right order. gradingtype 0…: relative to neighbours or to the absolute place."""
    things = [
        {"id": f"t{n}", "text": question.label(each)}
        for n, each in enumerate(question.all("answer"), 1)
    ]
    grading = question.value("gradingtype", "0").upper()
    methods = {
        "-1": "all_or_nothing",
        "ALL_OR_NOTHING": "all_or_nothing",
        "0": "places",
        "ABSOLUTE_POSITION": "places",
    }
    method = methods.get(grading, "neighbours")
    if question.value("selecttype", "0").upper() not in {"0", "ALL"}:
        question.notes.append(_("Only some of its things were shown to each learner; now all are."))
    return "order", {"things": things, "order": [each["id"] for each in things], "method": method}


def matrix(question: Question) -> KindAndData:
    """kprime and mtf: rows that are each true or false, told by weights of rows and columns."""
    rows = sorted(question.all("row"), key=lambda row: int(row.get("number", 0)))
    columns = sorted(question.all("column"), key=lambda column: int(column.get("number", 0)))
    found = [
        (weight.get("rownumber"), weight.get("columnnumber"))
        for weight in question.all("weight")
        if decimal_of(weight.findtext("value", "0")) > 0
    ]
    method = question.value("scoringmethod").lower()
    return "match", {
        "sources": [
            {"id": f"r{row.get('number')}", "text": question.label(row.find("optiontext"))}
            for row in rows
        ],
        "targets": [
            {"id": f"c{column.get('number')}", "text": question.label(column.find("responsetext"))}
            for column in columns
        ],
        "pairs": [{"source": f"r{row}", "target": f"c{column}"} for row, column in found],
        "look": "grid",
        "is_shuffled": False,
        "method": {"kprime": "kprim", "kprimeonezero": "all_or_nothing"}.get(method, "partial"),
    }


_KINDS: dict[str, Callable[[Question], KindAndData]] = {
    "multichoice": multichoice,
    "multichoiceset": multichoiceset,
    "truefalse": truefalse,
    "shortanswer": shortanswer,
    "numerical": numerical,
    "matching": matching,
    "match": matching,
    "ddmatch": matching,
    "cloze": cloze,
    "multianswer": cloze,
    "essay": essay,
    "essayautograde": essay,
    "gapselect": gapselect,
    "ddwtos": ddwtos,
    "ddmarker": pictures.ddmarker,
    "ddimageortext": pictures.ddimageortext,
    "ordering": ordering,
    "kprime": matrix,
    "mtf": matrix,
    "calculated": calculated.calculated,
    "calculatedsimple": calculated.calculated,
}


def kind_and_data(question: Question) -> KindAndData:
    """Return one of our kinds and its body's JSON, or raise NotSupportedError."""
    if question.kind == "calculatedmulti":
        return calculated.calculatedmulti(question, multichoice)
    if question.kind not in _KINDS:
        raise NotSupportedError(
            str(_NOT_OURS.get(question.kind, ""))
            or _("Questions of Moodle's type “%(kind)s” are not supported.")
            % {"kind": question.kind}
        )
    return _KINDS[question.kind](question)
