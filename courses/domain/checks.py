"""Check questions in a lesson: answered inline, without a score; some must be answered before the lesson is done."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.models import CheckAnswer, Enrolment
from lms.core.errors import Refused


@dataclass(frozen=True)
class Reply:
    """What a lesson says to the newest answer to one of its questions."""

    answer: str
    feedback: str
    is_right: bool


def _questions(body) -> dict:
    return {block.id: block.value for block in body if block.block_type == "check"}


def answer_check(enrolment: Enrolment, key: str, body, block_id: str, choice: str) -> CheckAnswer:
    """Keep an answer to a question of the lesson's `body`; every answer is kept, the newest is shown.

    Refuses a question that is not there, and an answer that is none of its choices.
    """
    question = _questions(body).get(block_id)
    if question is None:
        raise Refused(_("This question is not in the lesson any more."), code="no_such_check")
    if not choice.isdecimal() or int(choice) >= len(question["options"]):
        raise Refused(
            _("Choose one of the answers, then press the button below them."), code="no_choice"
        )
    return CheckAnswer.objects.create(
        enrolment=enrolment,
        activity_key=key,
        block_id=block_id,
        choice=int(choice),
        is_right=question["options"][int(choice)]["is_right"],
    )


def newest_answers(enrolment: Enrolment, entry: dict) -> dict[str, CheckAnswer]:
    """{block: newest answer} of a lesson; no query where it has no questions."""
    if not entry.get("checks"):
        return {}
    answers = CheckAnswer.objects.filter(enrolment=enrolment, activity_key=entry["key"])
    return {answer.block_id: answer for answer in answers}


def replies(body, answers: dict[str, CheckAnswer]) -> dict[str, Reply]:
    """{block: Reply} to the answers that the lesson's present words still know."""
    found = {}
    for block_id, question in _questions(body).items():
        answer = answers.get(block_id)
        if answer and answer.choice < len(question["options"]):
            option = question["options"][answer.choice]
            found[block_id] = Reply(option["text"], option["feedback"], option["is_right"])
    return found


def first_missing(enrolment: Enrolment, entry: dict) -> str | None:
    """The block of the first question that must be answered and was not, or None."""
    required = [check["id"] for check in entry.get("checks", []) if check["is_required"]]
    answered = newest_answers(enrolment, entry) if required else {}
    return next((block_id for block_id in required if block_id not in answered), None)
