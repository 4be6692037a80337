"""Boxes and lists inside a running text."""

from functools import partial
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.interactions.fields import (
    AnswerField,
    AnswerWidget,
    Clean,
    clean_one,
    clean_table,
    clean_text,
    in_order,
    named,
    select,
    tabled,
)
from assessments.interactions.gaps.body import Gap, GapsBody
from assessments.interactions.markup import with_gaps
from assessments.interactions.reading import table_of, text_of
from assessments.interactions.shapes import Value, gap_ids, shuffled

LONGEST = 400


class GapsWidget(AnswerWidget):
    template_name = "assessments/kinds/gaps.html"

    def control(self, gap: Gap, name: str, identifier: str, label: str, entered: str) -> SafeString:
        if gap.how == "dropdown":
            ids = [option.id for option in gap.options]
            order = shuffled(ids, f"{self.seed}:{gap.id}") if self.body.is_shuffled else ids
            return select(name, identifier, label, named(in_order(gap.options, order)), entered)
        mode = "decimal" if gap.how == "number" else "text"
        return format_html(
            '<input type="text" name="{}" id="{}" aria-label="{}" value="{}" size="{}" maxlength="{}"'
            ' inputmode="{}" autocomplete="off" autocapitalize="none" spellcheck="false">',
            name, identifier, label, entered, gap.width, LONGEST, mode,
        )  # fmt: skip

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        given, places = table_of(value), gap_ids(self.body.text)
        controls = {
            gap.id: self.control(
                gap,
                f"{name}-{gap.id}",
                f"{identifier}-{gap.id}",
                gap_label(places, gap.id),
                text_of(given.get(gap.id)),
            )
            for gap in self.body.gaps
        }
        return {"text": with_gaps(self.body.text, controls)}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return tabled(data, name, [gap.id for gap in self.body.gaps])


def gap_label(places: list[str], gap: str) -> str:
    """What a gap is called: its place among those of the text."""
    return _("Gap %(number)d of %(total)d") % {
        "number": places.index(gap) + 1,
        "total": len(places),
    }


def _clean_of(gap: Gap) -> Clean:
    if gap.how == "dropdown":
        return partial(clean_one, offered=[option.id for option in gap.options])
    return clean_text


def field(body: GapsBody, seed: str) -> forms.Field:
    parts = {gap.id: _clean_of(gap) for gap in body.gaps}
    return AnswerField(GapsWidget(body, seed), lambda value: clean_table(value, parts))
