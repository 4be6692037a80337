"""Pages of assessments."""

from assessments.views.taking import (
    answer_file,
    attempt,
    file,
    file_upload,
    overview,
    quiz,
    review,
    submit,
)

__all__ = [
    "answer_file",
    "attempt",
    "file",
    "file_upload",
    "overview",
    "quiz",
    "review",
    "submit",
]
