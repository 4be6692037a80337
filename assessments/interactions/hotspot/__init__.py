"""QTI hotspotInteraction and selectPointInteraction."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.hotspot.block import HotspotBlock, from_block, to_block
from assessments.interactions.hotspot.body import HotspotBody
from assessments.interactions.hotspot.form import field
from assessments.interactions.hotspot.scoring import best, explain, remark, score, solution

HOTSPOT = Interaction(
    name="hotspot",
    label=_("Mark on a picture"),
    instruction=_("Choose what is asked for on the picture."),
    icon="view",
    body=HotspotBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=HotspotBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
)
