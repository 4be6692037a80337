"""QTI textEntryInteraction: a word or a few."""

from decimal import Decimal

from pydantic import Field, model_validator

from assessments.interactions.shapes import Accepted, Body, Private


class TextBody(Body):
    """Value: what was typed. The first of `answers` that fits counts; one that scores 0 carries feedback only."""

    width: int = Field(default=20, ge=1, le=200)  # letters that the box shows
    answers: Private[list[Accepted]] = Field(min_length=1, max_length=100)
    is_case_sensitive: Private[bool] = False
    is_accent_sensitive: Private[bool] = False

    @model_validator(mode="after")
    def _has_right_answer(self):
        if max(answer.mark for answer in self.answers) <= Decimal(0):
            raise ValueError("no answer is right")
        return self
