"""QTI matchInteraction: each thing on the left with one on the right, by lists to choose from."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions.base import Content, Interaction, ItemBlock, Value, shuffled


class PairBlock(blocks.StructBlock):
    left = blocks.CharBlock(label=_("Left"), max_length=300)
    right = blocks.CharBlock(label=_("Belongs to"), max_length=300)


class MatchBlock(ItemBlock):
    pairs = blocks.ListBlock(PairBlock(), min_num=2, max_num=8, label=_("Pairs"))
    distractors = blocks.ListBlock(
        blocks.CharBlock(max_length=300), label=_("Choices that belong to nothing"), default=[]
    )

    class Meta:
        icon = "link"
        label = _("Match")


class MatchWidget(forms.MultiWidget):
    template_name = "assessments/match_widget.html"

    def __init__(self, lefts, choices):
        self.lefts = lefts
        super().__init__([forms.Select(choices=choices) for _left in lefts])

    def decompress(self, value):
        return value or [None] * len(self.lefts)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for left, part in zip(self.lefts, context["widget"]["subwidgets"], strict=True):
            part["left"] = left
        return context


class MatchField(forms.MultiValueField):
    def compress(self, data_list):
        return list(data_list)


def _rights(content: Content) -> list[str]:
    """Distinct right-hand sides, in authored order."""
    return list(
        dict.fromkeys([pair["right"] for pair in content["pairs"]] + list(content["distractors"]))
    )


def _field(content: Content, seed: str) -> forms.Field:
    rights = _rights(content)
    choices = [("", "—")] + [(str(rights.index(right)), right) for right in shuffled(rights, seed)]
    fields = [forms.ChoiceField(choices=choices, required=False) for _pair in content["pairs"]]
    widget = MatchWidget([pair["left"] for pair in content["pairs"]], choices)
    return MatchField(fields, require_all_fields=False, required=False, widget=widget)


def _rows(content: Content, value: Value) -> list[tuple[dict, str]]:
    """Pairs with what the learner chose for each, "" for nothing."""
    rights = _rights(content)
    chosen = value if isinstance(value, list) else []
    texts = [
        rights[int(item)] if str(item).isdecimal() and int(item) < len(rights) else ""
        for item in chosen
    ]
    return list(zip(content["pairs"], texts + [""] * len(content["pairs"]), strict=False))


def score(content: Content, value: Value) -> Decimal:
    rows = _rows(content, value)
    return Decimal(sum(chosen == pair["right"] for pair, chosen in rows)) / Decimal(len(rows))


def explain(content: Content, value: Value) -> list[tuple[str, bool, str]]:
    return [
        (f"{pair['left']} → {chosen}", chosen == pair["right"], "")
        for pair, chosen in _rows(content, value)
        if chosen
    ]


MATCH = Interaction(
    "match", MatchBlock(), _field, score, explain, _("Choose what belongs to each.")
)
