"""QTI hottextInteraction: words selected in a text."""

from pydantic import Field, ValidationInfo, field_validator, model_validator

from assessments.interactions.shapes import (
    Body,
    Html,
    Identifier,
    Private,
    Side,
    check_gaps,
    check_ids,
    check_known,
    in_order_of,
)


class HottextBody(Body):
    """`text` holds `[[id]]` where each of `spans` stands. Value: a list of span ids.

    Scores right ones minus wrong ones over the number of right ones; more than `max_choices` score nothing.
    """

    text: Html
    spans: list[Side] = Field(min_length=1, max_length=200)
    max_choices: int = Field(default=0, ge=0)  # 0: as many as one likes
    right: Private[list[Identifier]] = Field(min_length=1)

    @field_validator("right")
    @classmethod
    def _listed(cls, right: list[str], info: ValidationInfo) -> list[str]:
        return in_order_of(info.data.get("spans", []), right)

    @model_validator(mode="after")
    def _parts_agree(self):
        check_ids(self.spans)
        check_gaps(self.text, self.spans)
        check_known(self.right, self.spans)
        return self
