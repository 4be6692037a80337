"""QTI choiceInteraction: one or several of a list."""

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from assessments.interactions.shapes import (
    Body,
    Html,
    Identifier,
    Inline,
    Mark,
    Private,
    Shape,
    check_ids,
)


class Option(Shape):
    """`mark` is the share of the item's points that choosing it brings, -1…1."""

    id: Identifier
    text: Inline
    mark: Private[Mark] = Decimal(0)
    feedback: Private[Html] = ""


class ChoiceBody(Body):
    """One of `options`. Value: the option's id. Marks count as shares of the highest one."""

    options: list[Option] = Field(min_length=2, max_length=50)
    is_shuffled: bool = True

    @model_validator(mode="after")
    def _ids_differ(self):
        check_ids(self.options)
        return self

    @model_validator(mode="after")
    def _has_right_answer(self):
        if max(option.mark for option in self.options) <= 0:
            raise ValueError("no option is right")
        return self


class ChoicesBody(ChoiceBody):
    """Any of `options`; those with a mark above 0 are right. Value: a list of ids.

    `method`: all right ones and no wrong one, or nothing; the sum of the marks; or right ones minus wrong ones
    over the number of right ones. No method goes below 0 unless marks are below it. Marks count as shares of what the
    best choice brings; more than `max_choices` score nothing.
    """

    method: Private[Literal["all_or_nothing", "marks", "right_minus_wrong"]] = "right_minus_wrong"
    max_choices: int = Field(default=0, ge=0)  # 0: as many as one likes
