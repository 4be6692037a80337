"""The author's form of choices."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, Raw
from assessments.interactions.choice.body import ChoiceBody, ChoicesBody
from assessments.interactions.choice.scoring import (
    best_one,
    best_several,
    score_one,
    score_several,
)


class OptionBlock(blocks.StructBlock):
    text = authoring.label_block(_("Answer"))
    mark = authoring.mark_block("0")
    feedback = authoring.feedback_block()


def _common(raw: Raw) -> Raw:
    return {
        **authoring.common(raw),
        "options": [
            {
                "id": identifier,
                "text": authoring.inline(value["text"]),
                "mark": value["mark"],
                "feedback": authoring.html(value["feedback"]),
            }
            for identifier, value in authoring.entries(raw["options"])
        ],
        "is_shuffled": raw["is_shuffled"],
    }


def one_from_block(raw: Raw) -> ChoiceBody:
    return ChoiceBody(**_common(raw))


def several_from_block(raw: Raw) -> ChoicesBody:
    return ChoicesBody(**_common(raw), method=raw["method"], max_choices=raw["max_choices"])


def one_to_block(body: ChoiceBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "options": authoring.children(
            (
                option.id,
                {
                    "text": option.text,
                    "mark": authoring.number(option.mark),
                    "feedback": option.feedback,
                },
            )
            for option in body.options
        ),
        "is_shuffled": body.is_shuffled,
    }


def several_to_block(body: ChoicesBody) -> Raw:
    return {**one_to_block(body), "method": body.method, "max_choices": body.max_choices}


def _example(*options: tuple[str, str]) -> list[Any]:
    return [{"text": text, "mark": mark, "feedback": ""} for text, mark in options]


class ChoiceBlock(ItemBlock):
    from_raw, best, score = one_from_block, best_one, score_one

    options = blocks.ListBlock(
        OptionBlock(),
        min_num=2,
        max_num=50,
        label=_("Answers"),
        help_text=_("One of them is right."),
    )
    is_shuffled = authoring.shuffle_block()

    class Meta:
        icon = "radio-full"
        label = _("One answer")
        description = _("Several answers to choose one from; also true or false")
        preview_value = {
            "prompt": "<p>A circular may be quoted from memory.</p>",
            "options": _example(("True", "0"), ("False", "1")),
            "is_shuffled": False,
        }


class ChoicesBlock(ItemBlock):
    from_raw, best, score = several_from_block, best_several, score_several

    options = blocks.ListBlock(
        OptionBlock(),
        min_num=2,
        max_num=50,
        label=_("Answers"),
        help_text=_("Those with a share above 0 are right."),
    )
    method = blocks.ChoiceBlock(
        label=_("Scored by"),
        choices=[
            ("right_minus_wrong", _("Right ones less wrong ones")),
            ("all_or_nothing", _("All right ones and no other, or nothing")),
            ("marks", _("The sum of the shares")),
        ],
        default="right_minus_wrong",
    )
    max_choices = authoring.most_block()
    is_shuffled = authoring.shuffle_block()

    class Meta:
        icon = "tasks"
        label = _("Several answers")
        description = _("Several answers to choose all the right ones from")
        preview_value = {
            "prompt": "<p>Which of these are personal data?</p>",
            "options": _example(("A phone number", "1"), ("A land title", "1"), ("A holiday", "0")),
            "method": "right_minus_wrong",
            "max_choices": 0,
            "is_shuffled": True,
        }
