"""QTI gapMatchInteraction: words put into the gaps of a text."""

from pydantic import Field

from assessments.interactions.shapes import Body, Html, Identifier, Inline, Private, Shape


class Word(Shape):
    """A word to put in; `uses` is how often it may be used, 0 for as often as one likes."""

    id: Identifier
    text: Inline
    uses: int = Field(default=1, ge=0)


class WordGap(Shape):
    id: Identifier
    words: Private[list[Identifier]] = []  # any of them is right


class GapMatchBody(Body):
    """`text` holds `[[id]]` where each gap stands. Value: {gap id: word id}."""

    text: Html
    gaps: list[WordGap] = Field(min_length=1, max_length=50)
    words: list[Word] = Field(min_length=1, max_length=100)
    is_shuffled: bool = True
