"""QTI orderInteraction: things put in order; with indents, Parsons' programming puzzles."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from assessments.interactions.shapes import (
    Body,
    Identifier,
    Private,
    Side,
    check_ids,
    check_known,
)


class OrderBody(Body):
    """`things` are listed by id, which tells nothing; those that `order` leaves out belong nowhere.

    Value: {"places": {id: place from 1, as text, "" for none}, "indents": {id: steps, as text}}.
    `method`: the share at their right place; the share of neighbours that follow each other; all or nothing. Things
    that share a place score nothing; those placed beyond the number of right ones take away; a right place needs its
    right indent too.
    """

    things: list[Side] = Field(min_length=2, max_length=50)
    max_indent: int = Field(default=0, ge=0, le=8)  # 0: no indents are asked
    order: Private[list[Identifier]] = Field(min_length=2, max_length=50)
    indents: Private[dict[Identifier, Annotated[int, Field(ge=0)]]] = {}
    method: Private[Literal["places", "neighbours", "all_or_nothing"]] = "places"

    @field_validator("things")
    @classmethod
    def _by_id(cls, things: list[Side]) -> list[Side]:
        return sorted(things, key=lambda thing: thing.id)

    @field_validator("indents")
    @classmethod
    def _deeper_than_nothing(cls, indents: dict[str, int], info: ValidationInfo) -> dict[str, int]:
        order = info.data.get("order", [])
        return {thing: steps for thing, steps in indents.items() if steps and thing in order}

    @model_validator(mode="after")
    def _parts_agree(self):
        check_ids(self.things)
        check_known([*self.order, *self.indents], self.things)
        if len(set(self.order)) < len(self.order):
            raise ValueError("a thing stands twice in the order")
        if max(self.indents.values(), default=0) > self.max_indent:
            raise ValueError("an indent is deeper than may be chosen")
        return self
