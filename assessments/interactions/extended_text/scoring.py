"""An essay: a person scores it."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.interactions.base import UNANSWERED, UNSCORED, Line, Score
from assessments.interactions.extended_text.body import EssayBody
from assessments.interactions.markup import rich, typed
from assessments.interactions.shapes import Value


def _written(body: EssayBody, value: Value) -> str:
    """What was written; the template alone is nothing."""
    text = value if isinstance(value, str) else ""
    return "" if text.split() == body.template.split() else text


def words_in(text: str) -> int:
    return len(re.findall(r"\w+(?:[-'\u2019]\w+)*", text))


def score(body: EssayBody, value: Value) -> Score:
    return UNSCORED if _written(body, value).strip() else UNANSWERED


def best(body: EssayBody) -> Value:
    return None


def explain(body: EssayBody, value: Value) -> list[Line]:
    text = _written(body, value).strip()
    return [Line(typed(text), "unscored")] if text else []


def solution(body: EssayBody) -> list[str]:
    return [rich(body.model_answer)] if body.model_answer else []


def remark(body: EssayBody, value: Value) -> str:
    count = words_in(_written(body, value))
    if count and count < body.min_words:
        return ngettext(
            "You wrote %(count)d word; %(least)d are asked for.",
            "You wrote %(count)d words; %(least)d are asked for.",
            count,
        ) % {"count": count, "least": body.min_words}
    if body.max_words and count > body.max_words:
        return _("You wrote %(count)d words; %(most)d are the most.") % {
            "count": count,
            "most": body.max_words,
        }
    return ""
