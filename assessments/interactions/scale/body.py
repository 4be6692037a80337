"""A scale or a poll: asked, never scored. In QTI a choiceInteraction or matchInteraction without a key."""

from pydantic import Field

from assessments.interactions.shapes import Body, Side


class ScaleBody(Body):
    """`points` from one end to the other, for each of `statements`. Value: {statement id: point id}."""

    statements: list[Side] = Field(min_length=1, max_length=50)
    points: list[Side] = Field(min_length=2, max_length=11)
