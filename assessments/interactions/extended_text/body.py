"""QTI extendedTextInteraction: an essay, marked by a person."""

from pydantic import Field

from assessments.interactions.shapes import Body, Criterion, Html, Private, Text


class EssayBody(Body):
    """Value: what was written. `template` is what the box holds at first."""

    min_words: int = Field(default=0, ge=0)
    max_words: int = Field(default=0, ge=0)  # 0: no limit
    lines: int = Field(default=8, ge=1, le=60)
    template: Text = ""
    rubric: Private[list[Criterion]] = Field(default=[], max_length=30)
    model_answer: Private[Html] = ""
