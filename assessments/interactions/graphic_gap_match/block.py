"""The author's form of labels for a picture."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, PictureBlock, Raw, RegionBlock
from assessments.interactions.graphic_gap_match.body import GraphicGapMatchBody
from assessments.interactions.graphic_gap_match.scoring import best, score


def from_block(raw: Raw) -> GraphicGapMatchBody:
    labels = authoring.entries(raw["labels"])
    ids = [identifier for identifier, _value in labels]
    return GraphicGapMatchBody(
        **authoring.common(raw),
        picture=authoring.picture(raw["picture"]),
        labels=[
            {"id": identifier, "text": authoring.inline(value["text"]), "uses": value["uses"]}
            for identifier, value in labels
        ],
        spots=[
            {
                "id": identifier,
                "label": authoring.inline(value["label"]),
                **authoring.region(value),
                "labels": authoring.numbers_to_ids(value["labels"], ids),
            }
            for identifier, value in authoring.entries(raw["spots"])
        ],
    )


def to_block(body: GraphicGapMatchBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "picture": authoring.raw_picture(body.picture),
        "labels": authoring.children(
            (label.id, {"text": label.text, "uses": label.uses}) for label in body.labels
        ),
        "spots": authoring.children(
            (
                spot.id,
                {
                    "label": spot.label,
                    **authoring.raw_region(spot),
                    "labels": authoring.ids_to_numbers(spot.labels, body.labels),
                },
            )
            for spot in body.spots
        ),
    }


class LabelBlock(blocks.StructBlock):
    text = authoring.label_block(_("Label"))
    uses = blocks.IntegerBlock(
        label=_("How often it may be used"),
        min_value=0,
        default=1,
        help_text=_("0: as often as one likes."),
    )


class SpotBlock(RegionBlock):
    label = authoring.label_block(
        _("What it is called"),
        required=False,
        help_text=_("Needed by those who cannot see the picture; do not give the answer away."),
    )
    labels = blocks.CharBlock(
        label=_("Right labels"),
        required=False,
        default="",
        max_length=4000,
        help_text=_("The label's number in the list, several as 1, 3; empty where none belongs."),
    )


class GraphicGapMatchBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    picture = PictureBlock(label=_("Picture"))
    labels = blocks.ListBlock(LabelBlock(), min_num=1, max_num=100, label=_("Labels"))
    spots = blocks.ListBlock(SpotBlock(), min_num=1, max_num=50, label=_("Places on the picture"))

    class Meta:
        icon = "tag"
        label = _("Labels onto a picture")
        description = _("Labels to put at the numbered places of a picture")
