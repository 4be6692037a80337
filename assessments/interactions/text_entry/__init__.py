"""QTI textEntryInteraction: a word or a few."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.text_entry.block import TextBlock, from_block, to_block
from assessments.interactions.text_entry.body import TextBody
from assessments.interactions.text_entry.form import field
from assessments.interactions.text_entry.scoring import best, explain, score, solution

TEXT = Interaction(
    name="text",
    label=_("A word or a few"),
    instruction=_("Write a word or a few."),
    icon="edit",
    body=TextBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=TextBlock(),
    from_block=from_block,
    to_block=to_block,
)
