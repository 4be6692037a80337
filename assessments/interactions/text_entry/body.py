"""QTI textEntryInteraction: a word or a few."""

from pydantic import Field

from assessments.interactions.shapes import Accepted, Body, Private


class TextBody(Body):
    """Value: what was typed. The first of `answers` that fits counts; one that scores 0 carries feedback only."""

    width: int = Field(default=20, ge=1, le=200)  # letters that the box shows
    answers: Private[list[Accepted]] = Field(min_length=1, max_length=100)
    is_case_sensitive: Private[bool] = False
    is_accent_sensitive: Private[bool] = False
