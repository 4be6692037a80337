"""QTI hottextInteraction: words selected in a text."""

from pydantic import Field

from assessments.interactions.shapes import Body, Html, Identifier, Private, Side


class HottextBody(Body):
    """`text` holds `[[id]]` where each of `spans` stands. Value: a list of span ids."""

    text: Html
    spans: list[Side] = Field(min_length=1, max_length=200)
    max_choices: int = Field(default=0, ge=0)  # 0: as many as one likes
    right: Private[list[Identifier]] = Field(min_length=1)
