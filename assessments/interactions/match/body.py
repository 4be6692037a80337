"""QTI matchInteraction and associateInteraction: pairs, categories, and a matrix of rows and columns."""

from typing import Literal

from pydantic import Field

from assessments.interactions.shapes import Body, Identifier, Private, Shape, Side


class Pair(Shape):
    source: Identifier
    target: Identifier


class MatchBody(Body):
    """Value: {source id: [target ids]}.

    `look`: a list for each source, or a grid. `method`: the share of right pairs less the share of wrong ones beyond
    one a source; all or nothing; or Kprim, full marks for all rows, half for all but one, nothing below.
    """

    sources: list[Side] = Field(min_length=1, max_length=50)
    targets: list[Side] = Field(min_length=2, max_length=50)
    look: Literal["lists", "grid"] = "lists"
    is_many: bool = False  # several targets may belong to one source
    is_shuffled: bool = True  # the targets, and the sources of lists
    pairs: Private[list[Pair]] = Field(min_length=1, max_length=500)
    method: Private[Literal["partial", "all_or_nothing", "kprim"]] = "partial"
