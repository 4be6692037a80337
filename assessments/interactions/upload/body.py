"""QTI uploadInteraction: documents, photographs or a recording, marked by a person."""

from typing import Literal

from pydantic import Field

from assessments.interactions.shapes import Body, Criterion, Html, Private


class UploadBody(Body):
    """Value: a list of {"name", "sha256", "bytes", "media_type"} of files that were taken in."""

    accepts: list[Literal["document", "picture", "sound", "table"]] = Field(
        default=["document", "picture"], min_length=1
    )
    max_files: int = Field(default=1, ge=1, le=10)
    max_megabytes: int = Field(default=5, ge=1, le=50)  # each
    rubric: Private[list[Criterion]] = Field(default=[], max_length=30)
    model_answer: Private[Html] = ""
