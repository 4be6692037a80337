"""QTI textEntryInteraction, for a number."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions.base import Content, Interaction, ItemBlock, Value

MAX_LENGTH = 40


class NumberBlock(ItemBlock):
    answer = blocks.DecimalBlock(label=_("Right number"))
    tolerance = blocks.DecimalBlock(label=_("May be off by"), default=0, min_value=0)
    unit = blocks.CharBlock(label=_("Unit"), required=False, max_length=40)

    class Meta:
        icon = "order"
        label = _("A number")


def read_number(text: Value) -> Decimal | None:
    """Return the number that a person wrote, with spaces or commas for thousands, or None."""
    cleaned = (
        str(text if text is not None else "")
        .replace(" ", "")
        .replace("\u00a0", "")
        .replace(",", "")
    )
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


class NumberField(forms.CharField):
    """Keeps what was typed, and asks again where it is no number."""

    def validate(self, value):
        super().validate(value)
        if value and read_number(value) is None:
            raise forms.ValidationError(_("Write digits, such as 12 or 0.5."))


def _field(content: Content, seed: str) -> forms.Field:
    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}
    )
    return NumberField(
        required=False, max_length=MAX_LENGTH, widget=widget, help_text=content["unit"]
    )


def score(content: Content, value: Value) -> Decimal:
    number = read_number(value)
    if number is None:
        return Decimal(0)
    return Decimal(
        abs(number - Decimal(str(content["answer"]))) <= Decimal(str(content["tolerance"]))
    )


def explain(content: Content, value: Value) -> list[tuple[str, bool, str]]:
    return [(f"{value} {content['unit']}".strip(), score(content, value) == 1, "")] if value else []


NUMBER = Interaction("number", NumberBlock(), _field, score, explain, _("Write a number."))
