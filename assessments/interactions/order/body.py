"""QTI orderInteraction: things put in order; with indents, Parsons' programming puzzles."""

from typing import Literal

from pydantic import Field

from assessments.interactions.shapes import Body, Identifier, Private, Side


class OrderBody(Body):
    """`things` are listed by id, which tells nothing; those that `order` leaves out belong nowhere.

    Value: {"places": {id: place from 1, as text, "" for none}, "indents": {id: steps, as text}}.
    `method`: the share at their right place; the share of neighbours in the right order; all or nothing.
    """

    things: list[Side] = Field(min_length=2, max_length=50)
    max_indent: int = Field(default=0, ge=0, le=8)  # 0: no indents are asked
    order: Private[list[Identifier]] = Field(min_length=2, max_length=50)
    indents: Private[dict[Identifier, int]] = {}
    method: Private[Literal["places", "neighbours", "all_or_nothing"]] = "places"
