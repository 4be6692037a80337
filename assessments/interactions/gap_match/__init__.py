"""QTI gapMatchInteraction."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.gap_match.block import GapMatchBlock, from_block, to_block
from assessments.interactions.gap_match.body import GapMatchBody
from assessments.interactions.gap_match.form import field
from assessments.interactions.gap_match.scoring import best, explain, remark, score, solution

GAP_MATCH = Interaction(
    name="gap_match",
    label=_("Words into gaps"),
    instruction=_("Choose a word for each gap."),
    icon="form",
    body=GapMatchBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=GapMatchBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
)
