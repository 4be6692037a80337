"""A scale or a poll."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.scale.block import ScaleBlock, from_block, to_block
from assessments.interactions.scale.body import ScaleBody
from assessments.interactions.scale.form import field
from assessments.interactions.scale.scoring import best, explain, score, solution

SCALE = Interaction(
    name="scale",
    label=_("Scale or poll"),
    instruction=_("Choose a point for each statement. There is no right answer."),
    icon="success",
    body=ScaleBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=ScaleBlock(),
    from_block=from_block,
    to_block=to_block,
    scored_by="nobody",
)
