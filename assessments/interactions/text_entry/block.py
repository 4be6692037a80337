"""The author's form of a short text."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import AcceptedBlock, ItemBlock, Raw
from assessments.interactions.text_entry.body import TextBody
from assessments.interactions.text_entry.scoring import best, score


def from_block(raw: Raw) -> TextBody:
    return TextBody(
        **authoring.common(raw),
        width=raw["width"],
        answers=authoring.accepted(raw["answers"]),
        is_case_sensitive=raw["is_case_sensitive"],
        is_accent_sensitive=raw["is_accent_sensitive"],
    )


def to_block(body: TextBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "width": body.width,
        "answers": authoring.raw_accepted(body.answers),
        "is_case_sensitive": body.is_case_sensitive,
        "is_accent_sensitive": body.is_accent_sensitive,
    }


class TextBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    answers = blocks.ListBlock(
        AcceptedBlock(),
        min_num=1,
        max_num=100,
        label=_("Accepted answers"),
        help_text=_(
            "The first that fits counts. A last one of * with 0 can say why others are wrong."
        ),
    )
    width = blocks.IntegerBlock(
        label=_("Letters that the box shows"), min_value=1, max_value=200, default=20
    )
    is_case_sensitive = blocks.BooleanBlock(
        label=_("Capital letters matter"), required=False, default=False
    )
    is_accent_sensitive = blocks.BooleanBlock(
        label=_("Accents matter"), required=False, default=False
    )

    class Meta:
        icon = "edit"
        label = _("A word or a few")
        description = _("A short answer to write, compared with those you accept")
        preview_value = {
            "prompt": "<p>What is the capital of Kenya?</p>",
            "answers": [{"text": "Nairobi", "how": "folded", "mark": "1", "feedback": ""}],
            "width": 20,
        }
