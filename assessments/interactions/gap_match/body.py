"""QTI gapMatchInteraction: words put into the gaps of a text."""

from pydantic import Field, model_validator

from assessments.interactions.shapes import (
    Body,
    Html,
    Identifier,
    Inline,
    Private,
    Shape,
    check_gaps,
    check_ids,
    check_known,
)


class Word(Shape):
    """A word to put in; `uses` is how often it may be used, 0 for as often as one likes."""

    id: Identifier
    text: Inline
    uses: int = Field(default=1, ge=0)


class WordGap(Shape):
    id: Identifier
    words: Private[list[Identifier]] = []  # any of them is right; with none it stays empty


class GapMatchBody(Body):
    """`text` holds `[[id]]` where each gap stands. Value: {gap id: word id}."""

    text: Html
    gaps: list[WordGap] = Field(min_length=1, max_length=50)
    words: list[Word] = Field(min_length=1, max_length=100)
    is_shuffled: bool = True

    @model_validator(mode="after")
    def _parts_agree(self):
        check_ids(self.gaps, self.words)
        check_gaps(self.text, self.gaps)
        check_known((word for gap in self.gaps for word in gap.words), self.words)
        if not any(gap.words for gap in self.gaps):
            raise ValueError("no gap has a right word")
        return self
