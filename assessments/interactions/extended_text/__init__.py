"""QTI extendedTextInteraction."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.extended_text.block import EssayBlock, from_block, to_block
from assessments.interactions.extended_text.body import EssayBody
from assessments.interactions.extended_text.form import field
from assessments.interactions.extended_text.scoring import best, explain, remark, score, solution

ESSAY = Interaction(
    name="essay",
    label=_("Essay"),
    instruction=_("Write your answer."),
    icon="doc-full",
    body=EssayBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=EssayBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
    scored_by="person",
)
