"""QTI hotspotInteraction and selectPointInteraction: marks on a picture."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from assessments.interactions.shapes import Area, Body, Identifier, Picture, Private, Shape


class Target(Shape):
    """Where a mark scores `mark`, in pixels of the picture; shapes as in Area."""

    shape: Literal["rect", "circle", "poly"]
    coords: list[float] = Field(min_length=3, max_length=200)
    mark: Decimal = Field(default=Decimal(1), ge=-1, le=1)


class HotspotBody(Body):
    """With `areas`, choose among them; value: a list of area ids, and `right` is the key.

    Without, mark points; value: a list of [x, y] in pixels of the picture, and `targets` is the key. A target counts
    once. Either way wrong marks beyond the number of right ones take away.
    """

    picture: Picture
    areas: list[Area] = Field(default=[], max_length=100)
    max_choices: int = Field(default=1, ge=0, le=100)
    right: Private[list[Identifier]] = []
    targets: Private[list[Target]] = []
