"""The item bank, quizzes as authored, and the ledger of attempts at them."""

from assessments.models.assessments import (
    Allowance,
    Behaviour,
    Counts,
    Navigation,
    QuizPage,
    Review,
    Sitting,
)
from assessments.models.attempts import (
    AnswerFile,
    Attempt,
    AttemptDevice,
    AttemptItem,
    AttemptState,
    Outcome,
    Response,
    ResponseType,
)
from assessments.models.items import (
    UNSUPPORTED,
    Item,
    ItemBank,
    ItemKey,
    ItemTag,
    ItemVersion,
    Stimulus,
)

__all__ = [
    "UNSUPPORTED",
    "Allowance",
    "AnswerFile",
    "Attempt",
    "AttemptDevice",
    "AttemptItem",
    "AttemptState",
    "Behaviour",
    "Counts",
    "Item",
    "ItemBank",
    "ItemKey",
    "ItemTag",
    "ItemVersion",
    "Navigation",
    "Outcome",
    "QuizPage",
    "Response",
    "ResponseType",
    "Review",
    "Sitting",
    "Stimulus",
]
