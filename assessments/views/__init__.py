"""Pages of assessments."""

from assessments.views.taking import (
    answer_file,
    attempt,
    file,
    file_upload,
    overview,
    quiz,
    review,
    service_worker,
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
    "service_worker",
    "submit",
]
