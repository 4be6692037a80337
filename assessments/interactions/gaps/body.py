"""QTI inlineChoiceInteraction and textEntryInteraction in a running text: Moodle's cloze and missing words."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from assessments.interactions.shapes import (
    Accepted,
    AcceptedNumber,
    Body,
    Html,
    Identifier,
    Private,
    Shape,
    Side,
)


class Gap(Shape):
    """One gap. A dropdown's right options are those that `accepted` names by their id."""

    id: Identifier
    how: Literal["text", "number", "dropdown"]
    options: list[Side] = Field(default=[], max_length=50)  # of a dropdown
    width: int = Field(default=12, ge=1, le=100)
    accepted: Private[list[Accepted]] = []
    numbers: Private[list[AcceptedNumber]] = []
    weight: Private[Decimal] = Field(default=Decimal(1), gt=0)


class GapsBody(Body):
    """`text` holds `[[id]]` where each gap stands. Value: {gap id: typed text or option id}."""

    text: Html
    gaps: list[Gap] = Field(min_length=1, max_length=50)
    is_shuffled: bool = False  # the options of dropdowns
    is_case_sensitive: Private[bool] = False
    is_accent_sensitive: Private[bool] = False
