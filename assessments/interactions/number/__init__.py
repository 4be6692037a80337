"""QTI textEntryInteraction with a number."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.number.block import NumberBlock, from_block, to_block
from assessments.interactions.number.body import NumberBody
from assessments.interactions.number.form import field
from assessments.interactions.number.scoring import best, explain, remark, score, solution

NUMBER = Interaction(
    name="number",
    label=_("A number"),
    instruction=_("Write a number."),
    icon="decimal",
    body=NumberBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=NumberBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
)
