"""QTI uploadInteraction."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.upload.block import UploadBlock, from_block, to_block
from assessments.interactions.upload.body import UploadBody
from assessments.interactions.upload.form import field
from assessments.interactions.upload.scoring import best, explain, score, solution

UPLOAD = Interaction(
    name="upload",
    label=_("Files to hand in"),
    instruction=_("Hand in your files."),
    icon="upload",
    body=UploadBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=UploadBlock(),
    from_block=from_block,
    to_block=to_block,
    scored_by="person",
)
