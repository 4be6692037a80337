"""The author's form of pairs and matrices."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, Raw
from assessments.interactions.match.body import MatchBody
from assessments.interactions.match.scoring import best, score


def from_block(raw: Raw) -> MatchBody:
    targets = authoring.sides(raw["targets"])
    ids = [target["id"] for target in targets]
    sources = authoring.entries(raw["sources"])
    return MatchBody(
        **authoring.common(raw),
        sources=[
            {"id": identifier, "text": authoring.inline(value["text"])}
            for identifier, value in sources
        ],
        targets=targets,
        pairs=[
            {"source": identifier, "target": target}
            for identifier, value in sources
            for target in authoring.numbers_to_ids(value["targets"], ids)
        ],
        look=raw["look"],
        is_many=raw["is_many"],
        is_shuffled=raw["is_shuffled"],
        method=raw["method"],
    )


def to_block(body: MatchBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "sources": authoring.children(
            (
                source.id,
                {
                    "text": source.text,
                    "targets": authoring.ids_to_numbers(
                        (pair.target for pair in body.pairs if pair.source == source.id),
                        body.targets,
                    ),
                },
            )
            for source in body.sources
        ),
        "targets": authoring.side_children(body.targets),
        "look": body.look,
        "is_many": body.is_many,
        "is_shuffled": body.is_shuffled,
        "method": body.method,
    }


class SourceBlock(blocks.StructBlock):
    text = authoring.label_block(_("Thing"))
    targets = blocks.CharBlock(
        label=_("Belongs to"),
        required=False,
        default="",
        max_length=4000,
        help_text=_("The number of its choice in the list below, several as 1, 3."),
    )


class MatchBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    sources = blocks.ListBlock(SourceBlock(), min_num=1, max_num=50, label=_("Things, or rows"))
    targets = blocks.ListBlock(
        authoring.label_block(_("Choice")), min_num=2, max_num=50, label=_("Choices, or columns")
    )
    look = blocks.ChoiceBlock(
        label=_("Shown as"),
        choices=[("lists", _("A list for each thing")), ("grid", _("A grid of rows and columns"))],
        default="lists",
    )
    is_many = blocks.BooleanBlock(
        label=_("A thing may belong to several choices"), required=False, default=False
    )
    method = blocks.ChoiceBlock(
        label=_("Scored by"),
        choices=[
            ("partial", _("The share of right pairs")),
            ("all_or_nothing", _("All right, or nothing")),
            ("kprim", _("All rows right, or half for all but one")),
        ],
        default="partial",
    )
    is_shuffled = authoring.shuffle_block()

    class Meta:
        icon = "link"
        label = _("Match")
        description = _("Pairs to put together, things to sort, or a matrix")
        preview_value = {
            "prompt": "<p>Which law covers what?</p>",
            "sources": [
                {"text": "A patient's file", "targets": "1"},
                {"text": "A tender", "targets": "2"},
            ],
            "targets": ["Data protection", "Public procurement"],
            "look": "lists",
            "method": "partial",
        }
