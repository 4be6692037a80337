"""The author's form of marks on a picture."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, PictureBlock, Raw, RegionBlock
from assessments.interactions.hotspot.body import HotspotBody
from assessments.interactions.hotspot.scoring import best, score


def from_block(raw: Raw) -> HotspotBody:
    areas = authoring.entries(raw["areas"])
    return HotspotBody(
        **authoring.common(raw),
        picture=authoring.picture(raw["picture"]),
        areas=[
            {
                "id": identifier,
                "label": authoring.inline(value["label"]),
                **authoring.region(value),
            }
            for identifier, value in areas
        ],
        right=[identifier for identifier, value in areas if value["is_right"]],
        targets=[
            {"mark": value["mark"], **authoring.region(value)}
            for value in authoring.values(raw["targets"])
        ],
        max_choices=raw["max_choices"],
    )


def to_block(body: HotspotBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "picture": authoring.raw_picture(body.picture),
        "areas": authoring.children(
            (
                area.id,
                {
                    "label": area.label,
                    **authoring.raw_region(area),
                    "is_right": area.id in body.right,
                },
            )
            for area in body.areas
        ),
        "targets": authoring.nameless_children(
            {**authoring.raw_region(target), "mark": authoring.number(target.mark)}
            for target in body.targets
        ),
        "max_choices": body.max_choices,
    }


class AreaBlock(RegionBlock):
    label = authoring.label_block(
        _("What it is called"),
        required=False,
        help_text=_(
            "Needed by those who cannot see the picture; say what is there, not whether it is right."
        ),
    )
    is_right = blocks.BooleanBlock(label=_("Right"), required=False, default=False)


class TargetBlock(RegionBlock):
    mark = authoring.mark_block()


class HotspotBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    picture = PictureBlock(label=_("Picture"))
    areas = blocks.ListBlock(
        AreaBlock(),
        max_num=100,
        default=[],
        label=_("Areas to choose from"),
        help_text=_("They are outlined and numbered. Leave empty to have any place marked."),
    )
    targets = blocks.ListBlock(
        TargetBlock(),
        max_num=100,
        default=[],
        label=_("Targets"),
        help_text=_("Where a mark is right, if there are no areas. They are not shown."),
    )
    max_choices = authoring.most_block()

    class Meta:
        icon = "view"
        label = _("Mark on a picture")
        description = _("Areas or points of a picture to choose")
