"""QTI graphicGapMatchInteraction: labels put onto a picture."""

from pydantic import Field, model_validator

from assessments.interactions.gap_match.body import Word
from assessments.interactions.shapes import (
    Area,
    Body,
    Identifier,
    Picture,
    Private,
    check_ids,
    check_known,
)


class Spot(Area):
    labels: Private[list[Identifier]] = []  # any of them is right; with none it stays empty


class GraphicGapMatchBody(Body):
    """Value: {spot id: label id}. A label's text may be a picture, as Wagtail embeds it."""

    picture: Picture
    spots: list[Spot] = Field(min_length=1, max_length=50)
    labels: list[Word] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _parts_agree(self):
        check_ids(self.spots, self.labels)
        check_known((label for spot in self.spots for label in spot.labels), self.labels)
        if not any(spot.labels for spot in self.spots):
            raise ValueError("no spot has a right label")
        return self
