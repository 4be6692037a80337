"""A word or a few, compared with those that are accepted."""

from collections.abc import Sequence

from assessments.interactions.base import UNANSWERED, Line, Score, exact, judged, share, verdict_of
from assessments.interactions.markup import rich, typed
from assessments.interactions.reading import example_of, first_fit, text_of
from assessments.interactions.shapes import Accepted, Value
from assessments.interactions.text_entry.body import TextBody


def _sensitive(body: TextBody) -> dict[str, bool]:
    return {
        "is_case_sensitive": body.is_case_sensitive,
        "is_accent_sensitive": body.is_accent_sensitive,
    }


def best_text(answers: Sequence[Accepted], **sensitive: bool) -> str | None:
    """A text that scores most by `answers`; None where only patterns do, and none tells an example."""
    top = max(answer.mark for answer in answers)
    candidates = [answer for answer in answers if answer.mark == top]
    for answer in candidates:
        text = example_of(answer)
        if text.strip() and first_fit(answers, text, **sensitive) is answer:
            return text
    return next((answer.text for answer in candidates if answer.how != "pattern"), None)


@exact
def score(body: TextBody, value: Value) -> Score:
    text = text_of(value)
    if not text.strip():
        return UNANSWERED
    answer = first_fit(body.answers, text, **_sensitive(body))
    if answer is None:
        return judged(share(0, 1))
    return judged(answer.mark / max(each.mark for each in body.answers))


def best(body: TextBody) -> Value:
    return best_text(body.answers, **_sensitive(body))


def explain(body: TextBody, value: Value) -> list[Line]:
    text = text_of(value)
    if not text.strip():
        return []
    answer = first_fit(body.answers, text, **_sensitive(body))
    verdict = verdict_of(score(body, value).fraction)
    return [Line(typed(text), verdict, rich(answer.feedback) if answer else "")]


def solution(body: TextBody) -> list[str]:
    return told_answers(body.answers)


def told_answers(answers: Sequence[Accepted]) -> list[str]:
    """The answers that score most, those in plain words before patterns."""
    top = max(answer.mark for answer in answers)
    best_answers = [answer for answer in answers if answer.mark == top]
    words = [answer for answer in best_answers if answer.how in {"folded", "exact"}]
    return [typed(example_of(answer)) for answer in words or best_answers]
