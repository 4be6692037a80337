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
from assessments.models.statistics import (
    CalibrationRun,
    ItemStatistics,
    OptionStatistics,
    QuizStatistics,
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
    "CalibrationRun",
    "Change",
    "Comment",
    "Counts",
    "Item",
    "ItemBank",
    "ItemImport",
    "ItemKey",
    "ItemStatistics",
    "ItemTag",
    "ItemVersion",
    "Mark",
    "Navigation",
    "OptionStatistics",
    "Outcome",
    "QuizPage",
    "QuizStatistics",
    "Regrade",
    "RegradeState",
    "Response",
    "ResponseType",
    "Review",
    "Sitting",
    "Stimulus",
]
