"""QTI orderInteraction: things put in order by choosing a place for each."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions.base import Content, Interaction, ItemBlock, Value, shuffled
from assessments.interactions.match import MatchField, MatchWidget


class OrderBlock(ItemBlock):
    items = blocks.ListBlock(
        blocks.CharBlock(max_length=300), min_num=3, max_num=8, label=_("In the right order")
    )

    class Meta:
        icon = "list-ol"
        label = _("Put in order")


def _field(content: Content, seed: str) -> forms.Field:
    items = list(content["items"])
    choices = [("", "—")] + [(str(place), str(place)) for place in range(1, len(items) + 1)]
    shown = shuffled(items, seed)
    fields = [forms.ChoiceField(choices=choices, required=False) for _item in items]
    return OrderField(items, shown, fields, choices)


class OrderField(MatchField):
    """Asks for a place for each item as shown; its value lists the places in authored order."""

    def __init__(self, items, shown, fields, choices):
        self.authored, self.shown = items, shown
        super().__init__(
            fields, require_all_fields=False, required=False, widget=MatchWidget(shown, choices)
        )

    def clean(self, value):
        value = super().clean(value)
        taken = [place for place in value if place]
        if len(taken) > len(set(taken)):
            raise forms.ValidationError(_("Two things have the same place. Give each its own."))
        return value

    def compress(self, data_list):
        places = dict(zip(self.shown, data_list, strict=False))
        return [places.get(item, "") for item in self.authored]

    def prepare_value(self, value):
        if not isinstance(value, list) or len(value) != len(self.authored):
            return None
        places = dict(zip(self.authored, value, strict=True))
        return [places[item] for item in self.shown]


def score(content: Content, value: Value) -> Decimal:
    """The share of items that stand in their right place."""
    places = value if isinstance(value, list) else []
    right = sum(
        str(place) == str(number)
        for number, place in enumerate(places[: len(content["items"])], start=1)
    )
    return Decimal(right) / Decimal(len(content["items"]))


def explain(content: Content, value: Value) -> list[tuple[str, bool, str]]:
    places = value if isinstance(value, list) else []
    return [
        (f"{place}. {item}", str(place) == str(number), "")
        for number, (item, place) in enumerate(zip(content["items"], places, strict=False), start=1)
        if place
    ]


ORDER = Interaction("order", OrderBlock(), _field, score, explain, _("Choose a place for each."))
