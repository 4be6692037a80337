"""QTI matchInteraction and associateInteraction: pairs, categories, and a matrix of rows and columns."""

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from assessments.interactions.shapes import (
    Body,
    Identifier,
    Private,
    Shape,
    Side,
    check_ids,
    check_known,
)


class Pair(Shape):
    source: Identifier
    target: Identifier


class MatchBody(Body):
    """Value: {source id: [target ids]}.

    `look`: a list for each source, or a grid. `method`: the share of right pairs, less the share of wrong ones beyond
    as many as a source has right ones; all or nothing; or Kprim, full marks for all rows, half for all but one, nothing
    below. Unless `is_many`, any of a source's targets is right for it, and a source without one stays empty.
    """

    sources: list[Side] = Field(min_length=1, max_length=50)
    targets: list[Side] = Field(min_length=2, max_length=50)
    look: Literal["lists", "grid"] = "lists"
    is_many: bool = False  # several targets may belong to one source
    is_shuffled: bool = True  # the targets, and the sources of lists
    pairs: Private[list[Pair]] = Field(min_length=1, max_length=500)
    method: Private[Literal["partial", "all_or_nothing", "kprim"]] = "partial"

    @field_validator("pairs")
    @classmethod
    def _listed(cls, pairs: list[Pair], info: ValidationInfo) -> list[Pair]:
        sources = [source.id for source in info.data.get("sources", [])]
        targets = [target.id for target in info.data.get("targets", [])]
        return sorted(
            {(pair.source, pair.target): pair for pair in pairs}.values(),
            key=lambda pair: (
                sources.index(pair.source) if pair.source in sources else len(sources),
                targets.index(pair.target) if pair.target in targets else len(targets),
            ),
        )

    @model_validator(mode="after")
    def _parts_agree(self):
        check_ids(self.sources, self.targets)
        check_known((pair.source for pair in self.pairs), self.sources)
        check_known((pair.target for pair in self.pairs), self.targets)
        return self
