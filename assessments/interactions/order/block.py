"""The author's form of things to order."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, Raw
from assessments.interactions.order.body import OrderBody
from assessments.interactions.order.scoring import best, score


def from_block(raw: Raw) -> OrderBody:
    things, extras = authoring.entries(raw["things"]), authoring.sides(raw["extras"])
    ordered: list[Any] = [
        {"id": identifier, "text": authoring.inline(value["text"])} for identifier, value in things
    ]
    return OrderBody(
        **authoring.common(raw),
        things=[*ordered, *extras],
        order=[identifier for identifier, _value in things],
        indents={identifier: value["indent"] for identifier, value in things},
        max_indent=raw["max_indent"],
        method=raw["method"],
    )


def to_block(body: OrderBody) -> Raw:
    texts = {thing.id: thing.text for thing in body.things}
    return {
        **authoring.raw_common(body),
        "things": authoring.children(
            (thing, {"text": texts[thing], "indent": body.indents.get(thing, 0)})
            for thing in body.order
        ),
        "extras": authoring.side_children(
            thing for thing in body.things if thing.id not in body.order
        ),
        "max_indent": body.max_indent,
        "method": body.method,
    }


class ThingBlock(blocks.StructBlock):
    text = authoring.label_block(_("Thing"))
    indent = authoring.count_block(_("Indent"), help_text=_("Of lines of code; 0 for none."))


class OrderBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    things = blocks.ListBlock(ThingBlock(), min_num=2, max_num=50, label=_("In the right order"))
    extras = blocks.ListBlock(
        authoring.label_block(_("Thing")), default=[], label=_("Those that belong nowhere")
    )
    max_indent = authoring.count_block(
        _("Deepest indent that may be chosen"),
        max_value=8,
        help_text=_("0: indents are not asked."),
    )
    method = blocks.ChoiceBlock(
        label=_("Scored by"),
        choices=[
            ("places", _("Things at their right place")),
            ("neighbours", _("Things that follow each other rightly")),
            ("all_or_nothing", _("All right, or nothing")),
        ],
        default="places",
    )

    class Meta:
        icon = "list-ol"
        label = _("Put in order")
        description = _("Steps, dates or lines of code to put in order")
        preview_value = {
            "prompt": "<p>What comes first?</p>",
            "things": [{"text": "Stop the loss"}, {"text": "Tell the officer"}],
            "method": "places",
        }
