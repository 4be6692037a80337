"""The author's form of a number."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import AcceptedNumberBlock, ItemBlock, Raw
from assessments.interactions.number.body import NumberBody
from assessments.interactions.number.scoring import best, score


def from_block(raw: Raw) -> NumberBody:
    return NumberBody(
        **authoring.common(raw),
        unit=raw["unit"],
        units=authoring.values(raw["units"]),
        unit_penalty=raw["unit_penalty"],
        answers=authoring.accepted(raw["answers"]),
    )


def to_block(body: NumberBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "unit": body.unit,
        "units": authoring.nameless_children(
            {"symbol": unit.symbol, "factor": authoring.number(unit.factor)} for unit in body.units
        ),
        "unit_penalty": authoring.number(body.unit_penalty),
        "answers": authoring.raw_numbers(body.answers),
    }


class UnitBlock(blocks.StructBlock):
    symbol = blocks.CharBlock(label=_("Unit"), max_length=4000)
    factor = blocks.DecimalBlock(
        label=_("Factor"),
        default=Decimal(1),
        help_text=_("1 for the unit of the answers; 0.001 for grams where those are kilograms."),
    )


class NumberBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    answers = blocks.ListBlock(
        AcceptedNumberBlock(),
        min_num=1,
        max_num=50,
        label=_("Accepted numbers"),
        help_text=_("The first that fits counts."),
    )
    unit = blocks.CharBlock(
        label=_("Unit printed behind the box"), required=False, default="", max_length=4000
    )
    units = blocks.ListBlock(
        UnitBlock(), max_num=20, default=[], label=_("Units to choose from"),
        help_text=_("Leave empty where the unit is not asked."),
    )  # fmt: skip
    unit_penalty = blocks.DecimalBlock(
        label=_("What a wrong unit costs"),
        min_value=0,
        max_value=1,
        default=Decimal(1),
        help_text=_("A share of the points: 1 for all of them."),
    )

    class Meta:
        icon = "decimal"
        label = _("A number")
        description = _("A number within a tolerance or a range, with or without a unit")
        preview_value = {
            "prompt": "<p>What is 5 per cent of 10,000 cases?</p>",
            "answers": [{"value": "500", "tolerance": "0", "how": "absolute", "mark": "1"}],
            "unit": "cases",
        }
