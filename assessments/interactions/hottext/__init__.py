"""QTI hottextInteraction."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.hottext.block import HottextBlock, from_block, to_block
from assessments.interactions.hottext.body import HottextBody
from assessments.interactions.hottext.form import field
from assessments.interactions.hottext.scoring import best, explain, remark, score, solution

HOTTEXT = Interaction(
    name="hottext",
    label=_("Select in a text"),
    instruction=_("Select the right words in the text."),
    icon="crosshairs",
    body=HottextBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=HottextBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
)
