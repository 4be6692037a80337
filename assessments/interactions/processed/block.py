"""The author's form: the text, and the parts and rules as they came."""

import json

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from assessments.interactions import authoring
from assessments.interactions.authoring import ItemBlock, Raw
from assessments.interactions.processed.body import ProcessedBody
from assessments.interactions.processed.scoring import best, score


class JsonBlock(blocks.TextBlock):
    def clean(self, value):
        value = super().clean(value)
        try:
            json.loads(value or "null")
        except ValueError as error:
            raise ValidationError(_("This is no JSON: %(fault)s") % {"fault": error}) from error
        return value


def from_block(raw: Raw) -> ProcessedBody:
    return ProcessedBody(
        **authoring.common(raw),
        text=authoring.html(raw["text"]),
        parts=json.loads(raw["parts"]),
        rules=raw["rules"],
    )


def to_block(body: ProcessedBody) -> Raw:
    return {
        **authoring.raw_common(body),
        "text": body.text,
        "parts": json.dumps([part.model_dump(mode="json") for part in body.parts], indent=1),
        "rules": body.rules,
    }


_EXAMPLE_PARTS = [
    {
        "id": "RESPONSE",
        "kind": "text",
        "data": {"prompt": "", "answers": [{"text": "*", "how": "wildcard"}]},
    }
]
_EXAMPLE_RULES = (
    '<item><responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"><correctResponse>'
    '<value>Nairobi</value></correctResponse></responseDeclaration><outcomeDeclaration identifier="SCORE" '
    'cardinality="single" baseType="float"/><responseProcessing template="match_correct"/></item>'
)


class ProcessedBlock(ItemBlock):
    from_raw, best, score = from_block, best, score

    text = authoring.rich_block(
        gettext_lazy("Text"), help_text=gettext_lazy("[[id]] stands where each part is asked.")
    )
    parts = JsonBlock(label=gettext_lazy("Parts, as JSON"))
    rules = blocks.TextBlock(label=gettext_lazy("Rules of QTI, as XML"))

    class Meta:
        icon = "cogs"
        label = gettext_lazy("Several parts with rules of their own")
        description = gettext_lazy(
            "An item of QTI that came from elsewhere, scored by its own rules"
        )
        preview_value = {
            "prompt": "<p>Complete the sentence.</p>",
            "text": "<p>The capital is [[RESPONSE]].</p>",
            "parts": json.dumps(_EXAMPLE_PARTS),
            "rules": _EXAMPLE_RULES,
        }
