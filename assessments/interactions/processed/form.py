"""The fields of the parts, each at its place in the text."""

from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessments.interactions.fields import AnswerField, AnswerWidget, clean_table, named, select
from assessments.interactions.markup import with_gaps
from assessments.interactions.processed.body import Part, ProcessedBody
from assessments.interactions.processed.parts import PARTS
from assessments.interactions.reading import table_of, text_of
from assessments.interactions.shapes import Value


def _fields(body: ProcessedBody, seed: str) -> dict[str, forms.Field]:
    return {part.id: PARTS[part.kind].field(part.body, f"{seed}:{part.id}") for part in body.parts}


class PartsWidget(AnswerWidget):
    template_name = "assessments/kinds/gaps.html"

    def __init__(self, body: ProcessedBody, seed: str) -> None:
        super().__init__(body, seed)
        self.fields = _fields(body, seed)

    def _control(
        self, part: Part, name: str, identifier: str, value: Value, label: str
    ) -> SafeString:
        if part.is_inline:
            return select(name, identifier, label, named(part.body.options), text_of(value))
        field = self.fields[part.id]
        attrs = {"id": identifier, "aria-label": label}
        html = field.widget.render(name, field.prepare_value(value), attrs)
        return mark_safe(html)  # noqa: S308  drawn by the kind's own widget

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        given = table_of(value)
        controls = {}
        for number, part in enumerate(self.body.parts, 1):
            label = _("Part %(number)d of %(total)d") % {
                "number": number,
                "total": len(self.body.parts),
            }
            controls[part.id] = self._control(
                part, f"{name}-{part.id}", f"{identifier}-{part.id}", given.get(part.id), label
            )
        return {"text": with_gaps(self.body.text, controls)}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        sent = {
            part: field.widget.value_from_datadict(data, files, f"{name}-{part}")
            for part, field in self.fields.items()
        }
        return {part: value for part, value in sent.items() if value not in (None, "", [], {})}


def field(body: ProcessedBody, seed: str) -> forms.Field:
    parts = {name: each.clean for name, each in _fields(body, seed).items()}
    return AnswerField(PartsWidget(body, seed), lambda value: clean_table(value, parts))
