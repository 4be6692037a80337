"""Items of QTI whose parts or rules are no single kind of ours: shown part by part, scored by their own rules."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.processed.block import ProcessedBlock, from_block, to_block
from assessments.interactions.processed.body import ProcessedBody
from assessments.interactions.processed.form import field
from assessments.interactions.processed.scoring import best, explain, score, solution

PROCESSED = Interaction(
    name="processed",
    label=_("Several parts with rules of their own"),
    instruction=_("Answer each part."),
    icon="cogs",
    body=ProcessedBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=ProcessedBlock(),
    from_block=from_block,
    to_block=to_block,
)
