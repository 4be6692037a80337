"""The author's form of gaps in a text."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import AcceptedBlock, AcceptedNumberBlock, ItemBlock, Raw
from assessments.interactions.gaps.body import Gap, GapsBody
from assessments.interactions.gaps.scoring import best, score


def _gap(identifier: str, raw: Raw) -> Raw:
    """A gap; authors name a dropdown's right options by their numbers."""
    options = authoring.sides(raw["options"])
    accepted = authoring.accepted(raw["accepted"])
    if raw["how"] == "dropdown":
        ids = [option["id"] for option in options]
        for answer in accepted:
            answer["text"] = (authoring.numbers_to_ids(answer["text"], ids) or [""])[0]
    return {
        "id": identifier,
        "how": raw["how"],
        "options": options,
        "width": raw["width"],
        "accepted": accepted,
        "numbers": authoring.accepted(raw["numbers"]),
        "weight": raw["weight"],
    }


def _raw_gap(gap: Gap) -> Raw:
    accepted = authoring.raw_accepted(gap.accepted)
    if gap.how == "dropdown":
        for answer in accepted:
            answer["value"]["text"] = authoring.ids_to_numbers(
                [answer["value"]["text"]], gap.options
            )
    return {
        "how": gap.how,
        "options": authoring.side_children(gap.options),
        "width": gap.width,
        "accepted": accepted,
        "numbers": authoring.raw_numbers(gap.numbers),
        "weight": authoring.number(gap.weight),
    }


def from_block(raw: Raw) -> GapsBody:
    gaps = authoring.entries(raw["gaps"])
    return GapsBody(
        **authoring.common(raw),
        text=authoring.gaps_to_ids(authoring.html(raw["text"]), [gap for gap, _value in gaps]),
        gaps=[_gap(identifier, value) for identifier, value in gaps],
        is_shuffled=raw["is_shuffled"],
        is_case_sensitive=raw["is_case_sensitive"],
        is_accent_sensitive=raw["is_accent_sensitive"],
    )


def to_block(body: GapsBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "text": authoring.gaps_to_numbers(body.text, body.gaps),
        "gaps": authoring.children((gap.id, _raw_gap(gap)) for gap in body.gaps),
        "is_shuffled": body.is_shuffled,
        "is_case_sensitive": body.is_case_sensitive,
        "is_accent_sensitive": body.is_accent_sensitive,
    }


class GapBlock(blocks.StructBlock):
    how = blocks.ChoiceBlock(
        label=_("How it is filled"),
        choices=[
            ("text", _("With words")),
            ("number", _("With a number")),
            ("dropdown", _("From a list")),
        ],
        default="text",
    )
    accepted = blocks.ListBlock(
        AcceptedBlock(),
        default=[],
        label=_("Accepted answers"),
        help_text=_("Of words; of a list, the numbers of its right options: 1, 2 and so on."),
    )
    numbers = blocks.ListBlock(AcceptedNumberBlock(), default=[], label=_("Accepted numbers"))
    options = blocks.ListBlock(
        authoring.label_block(_("Option")), max_num=50, default=[], label=_("List")
    )
    width = blocks.IntegerBlock(
        label=_("Letters that the box shows"), min_value=1, max_value=100, default=12
    )
    weight = blocks.DecimalBlock(
        label=_("Weight"),
        default=Decimal(1),
        max_value=1000,
        help_text=_("2 makes it count as much as two others."),
    )


class GapsBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    text = authoring.rich_block(
        _("Text"), help_text=_("Write [[1]] where the first gap belongs, [[2]] for the second.")
    )
    gaps = blocks.ListBlock(
        GapBlock(), min_num=1, max_num=50, label=_("Gaps, in their numbers' order")
    )
    is_shuffled = authoring.shuffle_block(default=False)
    is_case_sensitive = blocks.BooleanBlock(
        label=_("Capital letters matter"), required=False, default=False
    )
    is_accent_sensitive = blocks.BooleanBlock(
        label=_("Accents matter"), required=False, default=False
    )

    class Meta:
        icon = "pilcrow"
        label = _("Gaps to fill in")
        description = _("A text with gaps for words, numbers or a choice from a list")
        preview_value = {
            "prompt": "<p>Fill in the gap.</p>",
            "text": "<p>A record kept for [[1]] years may be destroyed.</p>",
            "gaps": [{"how": "number", "numbers": [{"value": "7", "mark": "1"}]}],
        }
