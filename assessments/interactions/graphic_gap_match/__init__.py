"""QTI graphicGapMatchInteraction."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.graphic_gap_match.block import (
    GraphicGapMatchBlock,
    from_block,
    to_block,
)
from assessments.interactions.graphic_gap_match.body import GraphicGapMatchBody
from assessments.interactions.graphic_gap_match.form import field
from assessments.interactions.graphic_gap_match.scoring import (
    best,
    explain,
    remark,
    score,
    solution,
)

GRAPHIC_GAP_MATCH = Interaction(
    name="graphic_gap_match",
    label=_("Labels onto a picture"),
    instruction=_("Choose a label for each place on the picture."),
    icon="tag",
    body=GraphicGapMatchBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=GraphicGapMatchBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
)
