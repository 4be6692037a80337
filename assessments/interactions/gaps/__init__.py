"""QTI inlineChoiceInteraction and textEntryInteraction in a running text."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.gaps.block import GapsBlock, from_block, to_block
from assessments.interactions.gaps.body import GapsBody
from assessments.interactions.gaps.form import field
from assessments.interactions.gaps.scoring import best, explain, remark, score, solution

GAPS = Interaction(
    name="gaps",
    label=_("Gaps to fill in"),
    instruction=_("Fill in the gaps."),
    icon="pilcrow",
    body=GapsBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=GapsBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
)
