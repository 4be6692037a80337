"""Boxes that stand in a running text as words to be selected."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assessments.interactions.fields import AnswerField, AnswerWidget, at_most, clean_many, listed
from assessments.interactions.hottext.body import HottextBody
from assessments.interactions.markup import rich, with_gaps
from assessments.interactions.reading import ids_of
from assessments.interactions.shapes import Value


class HottextWidget(AnswerWidget):
    template_name = "assessments/kinds/gaps.html"

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        chosen = ids_of(value, [span.id for span in self.body.spans])
        spans = {
            span.id: format_html(
                '<label class="hot" for="{}"><input type="checkbox" name="{}" value="{}" id="{}"{}><span>{}</span></label>',
                f"{identifier}-{number}",
                name,
                span.id,
                f"{identifier}-{number}",
                SafeString(" checked") if span.id in chosen else "",
                rich(span.text),
            )
            for number, span in enumerate(self.body.spans)
        }
        return {"text": with_gaps(self.body.text, spans)}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return listed(data, name)


def field(body: HottextBody, seed: str) -> forms.Field:
    ids = [span.id for span in body.spans]
    return AnswerField(
        HottextWidget(body, seed),
        lambda value: clean_many(value, ids),
        help_text=at_most(body.max_choices),
    )
