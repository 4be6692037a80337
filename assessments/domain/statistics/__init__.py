"""What answers say of quizzes and of questions: reads them, reckons, and keeps what came out.

Only the first finished attempt of each person counts, and only when it is marked. Everything is reckoned over all
organisations, for only numbers leave here; who may see them is a matter of the pages.
"""

from assessments.domain.statistics.alike import Look, attempts_alike
from assessments.domain.statistics.banks import banks_of, calibrate_bank
from assessments.domain.statistics.quizzes import (
    analyse_quiz,
    labels_of,
    quizzes_to_analyse,
    request_statistics,
)

__all__ = [
    "Look",
    "analyse_quiz",
    "attempts_alike",
    "banks_of",
    "calibrate_bank",
    "labels_of",
    "quizzes_to_analyse",
    "request_statistics",
]
