"""QTI graphicGapMatchInteraction: labels put onto a picture."""

from pydantic import Field, ValidationInfo, field_validator, model_validator

from assessments.interactions.gap_match.body import Word
from assessments.interactions.shapes import (
    Area,
    Body,
    Identifier,
    Picture,
    Private,
    check_ids,
    check_known,
    in_order_of,
)


class Spot(Area):
    labels: Private[list[Identifier]] = []  # any of them is right; with none it stays empty


class GraphicGapMatchBody(Body):
    """Value: {spot id: label id}. A label's text may be a picture, as Wagtail embeds it."""

    picture: Picture
    labels: list[Word] = Field(min_length=1, max_length=100)
    spots: list[Spot] = Field(min_length=1, max_length=50)

    @field_validator("spots")
    @classmethod
    def _listed(cls, spots: list[Spot], info: ValidationInfo) -> list[Spot]:
        labels = info.data.get("labels", [])
        return [
            spot.model_copy(update={"labels": in_order_of(labels, spot.labels)}) for spot in spots
        ]

    @model_validator(mode="after")
    def _parts_agree(self):
        check_ids(self.spots, self.labels)
        check_known((label for spot in self.spots for label in spot.labels), self.labels)
        if not any(spot.labels for spot in self.spots):
            raise ValueError("no spot has a right label")
        return self
