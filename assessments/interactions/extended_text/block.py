"""The author's form of an essay."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import CriterionBlock, ItemBlock, Raw
from assessments.interactions.extended_text.body import EssayBody
from assessments.interactions.extended_text.scoring import best, score


def from_block(raw: Raw) -> EssayBody:
    return EssayBody(
        **authoring.common(raw),
        min_words=raw["min_words"],
        max_words=raw["max_words"],
        lines=raw["lines"],
        template=raw["template"],
        rubric=authoring.rubric(raw["rubric"]),
        model_answer=authoring.html(raw["model_answer"]),
    )


def to_block(body: EssayBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "min_words": body.min_words,
        "max_words": body.max_words,
        "lines": body.lines,
        "template": body.template,
        "rubric": authoring.raw_rubric(body.rubric),
        "model_answer": body.model_answer,
    }


class EssayBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    min_words = authoring.count_block(_("Words at least"))
    max_words = authoring.count_block(_("Words at most"), help_text=_("0: no limit."))
    lines = blocks.IntegerBlock(
        label=_("Lines that the box shows"), min_value=1, max_value=60, default=8
    )
    template = blocks.TextBlock(
        label=_("What the box holds at first"), required=False, default="", max_length=4000
    )
    rubric = blocks.ListBlock(
        CriterionBlock(),
        max_num=30,
        default=[],
        label=_("Rubric"),
        help_text=_("What the person who marks it looks for."),
    )
    model_answer = authoring.rich_block(_("Model answer"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Essay")
        description = _("A longer text, marked by a person")
        preview_value = {
            "prompt": "<p>Advise a county on sharing its land records.</p>",
            "min_words": 150,
            "max_words": 300,
            "lines": 12,
        }
