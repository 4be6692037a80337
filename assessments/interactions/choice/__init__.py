"""QTI choiceInteraction: one or several of a list."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.interactions.base import Content, Interaction, ItemBlock, Value, shuffled


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=gettext_lazy("Answer"), max_length=400)
    correct = blocks.BooleanBlock(label=gettext_lazy("Right"), required=False)
    feedback = blocks.CharBlock(label=gettext_lazy("Why"), required=False, max_length=500)


class SingleChoiceBlock(ItemBlock):
    options = blocks.ListBlock(OptionBlock(), min_num=2, max_num=8, label=gettext_lazy("Answers"))

    def clean(self, value):
        value = super().clean(value)
        if sum(bool(option["correct"]) for option in value["options"]) != 1:
            raise blocks.StructBlockValidationError(
                non_block_errors=[ValidationError(_("Mark exactly one answer as right."))]
            )
        return value

    class Meta:
        icon = "radio-empty"
        label = gettext_lazy("One answer")


class MultipleChoiceBlock(ItemBlock):
    options = blocks.ListBlock(OptionBlock(), min_num=2, max_num=8, label=gettext_lazy("Answers"))

    def clean(self, value):
        value = super().clean(value)
        if not any(option["correct"] for option in value["options"]):
            raise blocks.StructBlockValidationError(
                non_block_errors=[ValidationError(_("Mark at least one answer as right."))]
            )
        return value

    class Meta:
        icon = "list-ul"
        label = gettext_lazy("Several answers")


def _choices(content: Content, seed: str) -> list[tuple[str, str]]:
    """Options by their place in the authored list: the value stays valid when a text is corrected."""
    numbers = [str(number) for number in range(len(content["options"]))]
    return [(number, content["options"][int(number)]["text"]) for number in shuffled(numbers, seed)]


def _single_field(content: Content, seed: str) -> forms.Field:
    return forms.ChoiceField(
        choices=_choices(content, seed), widget=forms.RadioSelect, required=False
    )


def _multiple_field(content: Content, seed: str) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=_choices(content, seed), widget=forms.CheckboxSelectMultiple, required=False
    )


def _key(content: Content) -> set[str]:
    return {str(number) for number, option in enumerate(content["options"]) if option["correct"]}


def _chosen(value: Value) -> set[str]:
    if isinstance(value, str):
        return {value} if value else set()
    return {str(item) for item in value} if isinstance(value, list) else set()


def score_single(content: Content, value: Value) -> Decimal:
    return Decimal(_chosen(value) == _key(content))


def score_multiple(content: Content, value: Value) -> Decimal:
    """Right choices minus wrong ones, over the number of right ones; never below 0."""
    key, chosen = _key(content), _chosen(value)
    return max(Decimal(0), Decimal(len(chosen & key) - len(chosen - key)) / Decimal(len(key)))


def explain(content: Content, value: Value) -> list[tuple[str, bool, str]]:
    chosen = _chosen(value)
    return [
        (option["text"], bool(option["correct"]), option["feedback"])
        for number, option in enumerate(content["options"])
        if str(number) in chosen
    ]


SINGLE = Interaction(
    "choice",
    SingleChoiceBlock(),
    _single_field,
    score_single,
    explain,
    gettext_lazy("Choose one answer."),
)
MULTIPLE = Interaction(
    "choices",
    MultipleChoiceBlock(),
    _multiple_field,
    score_multiple,
    explain,
    gettext_lazy("Choose all that apply."),
)
