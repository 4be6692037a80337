"""QTI graphicGapMatchInteraction: labels put onto a picture."""

from pydantic import Field

from assessments.interactions.gap_match.body import Word
from assessments.interactions.shapes import Area, Body, Identifier, Picture, Private


class Spot(Area):
    labels: Private[list[Identifier]] = []  # any of them is right


class GraphicGapMatchBody(Body):
    """Value: {spot id: label id}. A label's text may be a picture, as Wagtail embeds it."""

    picture: Picture
    spots: list[Spot] = Field(min_length=1, max_length=50)
    labels: list[Word] = Field(min_length=1, max_length=100)
