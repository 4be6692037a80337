"""The author's form of files to hand in."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import CriterionBlock, ItemBlock, Raw
from assessments.interactions.upload.body import UploadBody
from assessments.interactions.upload.scoring import best, score


def from_block(raw: Raw) -> UploadBody:
    return UploadBody(
        **authoring.common(raw),
        accepts=raw["accepts"],
        max_files=raw["max_files"],
        max_megabytes=raw["max_megabytes"],
        rubric=authoring.rubric(raw["rubric"]),
        model_answer=authoring.html(raw["model_answer"]),
    )


def to_block(body: UploadBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "accepts": list(body.accepts),
        "max_files": body.max_files,
        "max_megabytes": body.max_megabytes,
        "rubric": authoring.raw_rubric(body.rubric),
        "model_answer": body.model_answer,
    }


class UploadBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    accepts = blocks.MultipleChoiceBlock(
        label=_("What may be handed in"),
        choices=[
            ("document", _("Documents")),
            ("picture", _("Pictures")),
            ("sound", _("Sound recordings")),
            ("table", _("Tables")),
        ],
        default=["document", "picture"],
    )
    max_files = blocks.IntegerBlock(label=_("Files at most"), min_value=1, max_value=10, default=1)
    max_megabytes = blocks.IntegerBlock(
        label=_("Megabytes of each at most"), min_value=1, max_value=50, default=5
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
        icon = "upload"
        label = _("Files to hand in")
        description = _("Documents, photographs or a recording, marked by a person")
        preview_value = {
            "prompt": "<p>Hand in your office's retention schedule.</p>",
            "accepts": ["document", "picture"],
            "max_files": 1,
            "max_megabytes": 5,
        }
