"""The author's form of a scale."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, Raw
from assessments.interactions.scale.body import ScaleBody
from assessments.interactions.scale.scoring import best, score


def from_block(raw: Raw) -> ScaleBody:
    return ScaleBody(
        **authoring.common(raw),
        statements=authoring.sides(raw["statements"]),
        points=authoring.sides(raw["points"]),
    )


def to_block(body: ScaleBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "statements": authoring.side_children(body.statements),
        "points": authoring.side_children(body.points),
    }


class ScaleBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    statements = blocks.ListBlock(
        authoring.label_block(_("Statement")), min_num=1, max_num=50, label=_("Statements")
    )
    points = blocks.ListBlock(
        authoring.label_block(_("Point")),
        min_num=2,
        max_num=11,
        label=_("Points of the scale"),
        help_text=_("From one end to the other, each in words."),
    )

    class Meta:
        icon = "success"
        label = _("Scale or poll")
        description = _("Opinions or habits, asked and never scored")
        preview_value = {
            "prompt": "<p>How sure are you?</p>",
            "statements": ["I can explain what a model has seen."],
            "points": ["Not yet", "Partly", "Yes"],
        }
