"""QTI hotspotInteraction and selectPointInteraction: marks on a picture."""

from decimal import Decimal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from assessments.interactions.shapes import (
    Area,
    Body,
    Identifier,
    Mark,
    Picture,
    Private,
    Region,
    check_ids,
    check_known,
    in_order_of,
)


class Target(Region):
    """Where a mark scores `mark`."""

    mark: Mark = Decimal(1)


class HotspotBody(Body):
    """With `areas`, choose among them; value: a list of area ids, and `right` is the key.

    Without, mark points; value: a list of [x, y] in pixels of the picture, and `targets` is the key. A target counts
    once. Either way wrong marks beyond the number of right ones take away, and more than `max_choices` score nothing.
    """

    picture: Picture
    areas: list[Area] = Field(default=[], max_length=100)
    max_choices: int = Field(default=1, ge=0, le=100)
    right: Private[list[Identifier]] = []
    targets: Private[list[Target]] = Field(default=[], max_length=100)

    @field_validator("right")
    @classmethod
    def _listed(cls, right: list[str], info: ValidationInfo) -> list[str]:
        return in_order_of(info.data.get("areas", []), right)

    @model_validator(mode="after")
    def _parts_agree(self):
        check_ids(self.areas)
        check_known(self.right, self.areas)
        if not (self.right if self.areas else any(target.mark > 0 for target in self.targets)):
            raise ValueError("nothing is right")
        return self
