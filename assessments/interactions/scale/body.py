"""A scale or a poll: asked, never scored. In QTI a choiceInteraction or matchInteraction without a key."""

from pydantic import Field, model_validator

from assessments.interactions.shapes import Body, Side, check_ids


class ScaleBody(Body):
    """`points` from one end to the other, for each of `statements`. Value: {statement id: point id}."""

    statements: list[Side] = Field(min_length=1, max_length=50)
    points: list[Side] = Field(min_length=2, max_length=11)

    @model_validator(mode="after")
    def _ids_differ(self):
        check_ids(self.statements, self.points)
        return self
