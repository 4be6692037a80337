"""The shape of an item that is scored by QTI's rules."""

from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from assessments.interactions.processed.interpreter import (
    MAX_SIZE,
    key,
    max_score,
    parse_program,
    score,
)
from assessments.interactions.processed.parts import PARTS
from assessments.interactions.processed.values import UnsupportedRuleError
from assessments.interactions.shapes import (
    Body,
    Html,
    Identifier,
    Private,
    Shape,
    check_gaps,
    check_ids,
)


class Part(Shape):
    """Something that is asked: `data` is a body of `kind` whose key tells nothing; `id` is the response's name."""

    id: Identifier
    kind: str
    is_inline: bool = False  # a list to choose from, within a sentence
    data: dict[str, Any]

    @model_validator(mode="after")
    def _is_a_body(self):
        if self.kind not in PARTS:
            raise ValueError(f"{self.kind} cannot be a part")
        _ = self.body
        return self

    @cached_property
    def body(self) -> Body:
        return PARTS[self.kind].body.model_validate(self.data)


class ProcessedBody(Body):
    """`text` holds `[[id]]` where each of `parts` stands. Value: {part id: that kind's value}.

    `rules` are QTI's declarations and response processing, as XML. SCORE over what the right responses score is the
    fraction.
    """

    text: Html
    parts: list[Part] = Field(min_length=1, max_length=20)
    rules: Private[str] = Field(max_length=MAX_SIZE)

    @model_validator(mode="after")
    def _rules_can_be_run(self):
        check_ids(self.parts)
        check_gaps(self.text, self.parts)
        try:
            program = parse_program(self.rules)
        except UnsupportedRuleError as error:
            raise ValueError(str(error)) from error
        if missing := {part.id for part in self.parts} - set(program.responses):
            raise ValueError(f"the rules do not declare {min(missing)}")
        right = score(self.rules, key(self.rules))
        if right is None or right <= 0 or max_score(self.rules) != right:
            raise ValueError("the right responses do not score fully by the rules")
        return self
