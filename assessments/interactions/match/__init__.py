"""QTI matchInteraction and associateInteraction."""

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.match.block import MatchBlock, from_block, to_block
from assessments.interactions.match.body import MatchBody, Pair
from assessments.interactions.match.form import field
from assessments.interactions.match.scoring import best, explain, remark, score, solution
from assessments.interactions.shapes import Side

MATRIX = MatchBody(
    prompt="",
    sources=[Side(id=f"row-{number}", text=f"Statement {number}") for number in (1, 2, 3, 4)],
    targets=[Side(id="true", text="True"), Side(id="false", text="False")],
    pairs=[Pair(source=f"row-{number}", target="true") for number in (1, 2, 3, 4)],
    look="grid",
    method="kprim",
    is_shuffled=False,
)
MATCH = Interaction(
    name="match",
    label=_("Match"),
    instruction=_("Choose what belongs to each."),
    icon="link",
    body=MatchBody,
    score=score,
    field=field,
    explain=explain,
    solution=solution,
    best=best,
    block=MatchBlock(),
    from_block=from_block,
    to_block=to_block,
    remark=remark,
    presets=((_("A matrix of true and false"), MATRIX),),
)
