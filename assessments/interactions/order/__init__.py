"""QTI orderInteraction."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.order.block import OrderBlock, from_block, to_block
from assessments.interactions.order.body import OrderBody
from assessments.interactions.order.form import field
from assessments.interactions.order.scoring import best, explain, remark, score, solution

ORDER = Interaction(
    name="order",
    label=_("Put in order"),
    instruction=_("Choose a place for each; leave out what does not belong."),
    icon="list-ol",
    body=OrderBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=OrderBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
)
