"""QTI inlineChoiceInteraction and textEntryInteraction in a running text: Moodle's cloze and missing words."""

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from assessments.interactions.shapes import (
    Accepted,
    AcceptedNumber,
    Body,
    Html,
    Identifier,
    Private,
    Shape,
    Side,
    check_gaps,
    check_ids,
    check_known,
)


class Gap(Shape):
    """One gap. A dropdown's right options are those that `accepted` names by their id."""

    id: Identifier
    how: Literal["text", "number", "dropdown"]
    options: list[Side] = Field(default=[], max_length=50)  # of a dropdown
    width: int = Field(default=12, ge=1, le=100)
    accepted: Private[list[Accepted]] = []
    numbers: Private[list[AcceptedNumber]] = []
    weight: Private[Decimal] = Field(default=Decimal(1), gt=0, le=1000)

    @model_validator(mode="after")
    def _has_right_answer(self):
        key = self.numbers if self.how == "number" else self.accepted
        if max((answer.mark for answer in key), default=Decimal(0)) <= 0:
            raise ValueError("a gap has no right answer")
        if self.how == "dropdown":
            check_ids(self.options)
            check_known((answer.text for answer in self.accepted), self.options)
        return self


class GapsBody(Body):
    """`text` holds `[[id]]` where each gap stands. Value: {gap id: typed text or option id}."""

    text: Html
    gaps: list[Gap] = Field(min_length=1, max_length=50)
    is_shuffled: bool = False  # the options of dropdowns
    is_case_sensitive: Private[bool] = False
    is_accent_sensitive: Private[bool] = False

    @model_validator(mode="after")
    def _text_holds_the_gaps(self):
        check_ids(self.gaps)
        check_gaps(self.text, self.gaps)
        return self
