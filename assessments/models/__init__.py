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
    ItemImport,
    ItemKey,
    ItemTag,
    ItemVersion,
    Stimulus,
)
from assessments.models.regrades import Change, Comment, Mark, Regrade, RegradeState

__all__ = [
    "UNSUPPORTED",
    "Allowance",
    "AnswerFile",
    "Attempt",
    "AttemptDevice",
    "AttemptItem",
    "AttemptState",
    "Behaviour",
    "Change",
    "Comment",
    "Counts",
    "Item",
    "ItemBank",
    "ItemImport",
    "ItemKey",
    "ItemTag",
    "ItemVersion",
    "Mark",
    "Navigation",
    "Outcome",
    "QuizPage",
    "Regrade",
    "RegradeState",
    "Response",
    "ResponseType",
    "Review",
    "Sitting",
    "Stimulus",
]
