"""The author's form of words to select in a text."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, Raw
from assessments.interactions.hottext.body import HottextBody
from assessments.interactions.hottext.scoring import best, score


def from_block(raw: Raw) -> HottextBody:
    spans = authoring.entries(raw["spans"])
    return HottextBody(
        **authoring.common(raw),
        text=authoring.gaps_to_ids(authoring.html(raw["text"]), [span for span, _value in spans]),
        spans=[
            {"id": identifier, "text": authoring.inline(value["text"])}
            for identifier, value in spans
        ],
        right=[identifier for identifier, value in spans if value["is_right"]],
        max_choices=raw["max_choices"],
    )


def to_block(body: HottextBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "text": authoring.gaps_to_numbers(body.text, body.spans),
        "spans": authoring.children(
            (span.id, {"text": span.text, "is_right": span.id in body.right}) for span in body.spans
        ),
        "max_choices": body.max_choices,
    }


class SpanBlock(blocks.StructBlock):
    text = authoring.label_block(_("Words"))
    is_right = blocks.BooleanBlock(label=_("Right"), required=False, default=False)


class HottextBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    text = authoring.rich_block(
        _("Text"),
        help_text=_("Write [[1]] where the first words that can be selected stand, and so on."),
    )
    spans = blocks.ListBlock(
        SpanBlock(), min_num=1, max_num=200, label=_("Words that can be selected")
    )
    max_choices = authoring.most_block()

    class Meta:
        icon = "crosshairs"
        label = _("Select in a text")
        description = _("Words or sentences to select in a running text")
        preview_value = {
            "prompt": "<p>Select what names a person.</p>",
            "text": "<p>On [[1]], [[2]] came to the office.</p>",
            "spans": [
                {"text": "Monday", "is_right": False},
                {"text": "Achieng Otieno", "is_right": True},
            ],
        }
