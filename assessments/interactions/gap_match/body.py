"""QTI gapMatchInteraction: words put into the gaps of a text."""

from pydantic import Field, ValidationInfo, field_validator, model_validator

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
    gap_ids,
    in_order_of,
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
    """`text` holds `[[id]]` where each gap stands. Value: {gap id: word id}.

    Gaps are listed as they stand in the text, and their right words as in `words`.
    """

    text: Html
    words: list[Word] = Field(min_length=1, max_length=100)
    gaps: list[WordGap] = Field(min_length=1, max_length=50)
    is_shuffled: bool = True

    @field_validator("gaps")
    @classmethod
    def _listed(cls, gaps: list[WordGap], info: ValidationInfo) -> list[WordGap]:
        if "text" not in info.data or "words" not in info.data:
            return gaps  # they are refused themselves
        places = gap_ids(info.data["text"])
        words = info.data["words"]
        sorted_gaps = [WordGap(id=gap.id, words=in_order_of(words, gap.words)) for gap in gaps]
        return sorted(
            sorted_gaps, key=lambda gap: places.index(gap.id) if gap.id in places else len(places)
        )

    @model_validator(mode="after")
    def _parts_agree(self):
        check_ids(self.gaps, self.words)
        check_gaps(self.text, self.gaps)
        check_known((word for gap in self.gaps for word in gap.words), self.words)
        if not any(gap.words for gap in self.gaps):
            raise ValueError("no gap has a right word")
        return self
