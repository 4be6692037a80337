"""QTI choiceInteraction: one or several of a list."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from assessments.interactions.base import Interaction
from assessments.interactions.choice.block import (
    ChoiceBlock,
    ChoicesBlock,
    one_from_block,
    one_to_block,
    several_from_block,
    several_to_block,
)
from assessments.interactions.choice.body import ChoiceBody, ChoicesBody, Option
from assessments.interactions.choice.form import one_field, several_field
from assessments.interactions.choice.scoring import (
    best_one,
    best_several,
    explain_one,
    explain_several,
    remark_several,
    score_one,
    score_several,
    solution_one,
    solution_several,
)

TRUE_FALSE = ChoiceBody(
    prompt="",
    options=[
        Option(id="true", text="True", mark=Decimal(1)),
        Option(id="false", text="False"),
    ],
    is_shuffled=False,
)
CHOICE = Interaction(
    name="choice",
    label=_("One answer"),
    instruction=_("Choose one answer."),
    icon="radio-full",
    body=ChoiceBody,
    score=score_one,
    field=one_field,
    explain=explain_one,
    solution=solution_one,
    best=best_one,
    block=ChoiceBlock(),
    from_block=one_from_block,
    to_block=one_to_block,
    presets=((_("True or false"), TRUE_FALSE),),
)
CHOICES = Interaction(
    name="choices",
    label=_("Several answers"),
    instruction=_("Choose all that apply."),
    icon="tasks",
    body=ChoicesBody,
    score=score_several,
    field=several_field,
    explain=explain_several,
    solution=solution_several,
    best=best_several,
    block=ChoicesBlock(),
    from_block=several_from_block,
    to_block=several_to_block,
    remark=remark_several,
)
