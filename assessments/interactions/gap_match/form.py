"""A list of the words in each gap of a running text; the words stand above it."""

from functools import partial
from typing import Any

from django import forms

from assessments.interactions.fields import (
    AnswerField,
    AnswerWidget,
    clean_one,
    clean_table,
    in_order,
    named,
    select,
    tabled,
)
from assessments.interactions.gap_match.body import GapMatchBody
from assessments.interactions.gaps.form import gap_label
from assessments.interactions.markup import rich, with_gaps
from assessments.interactions.reading import table_of, text_of
from assessments.interactions.shapes import Value, gap_ids, shuffled


class WordsWidget(AnswerWidget):
    template_name = "assessments/kinds/gaps.html"

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        body, given = self.body, table_of(value)
        ids = [word.id for word in body.words]
        words = in_order(body.words, shuffled(ids, self.seed) if body.is_shuffled else ids)
        places = gap_ids(body.text)
        controls = {
            gap.id: select(
                f"{name}-{gap.id}",
                f"{identifier}-{gap.id}",
                gap_label(places, gap.id),
                named(words),
                text_of(given.get(gap.id)),
            )
            for gap in body.gaps
        }
        return {
            "text": with_gaps(body.text, controls),
            "bank": bank(words),
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return tabled(data, name, [gap.id for gap in self.body.gaps])


def bank(words: Any) -> list[dict[str, Any]]:
    """What the template needs of each word that may be used."""
    return [{"id": word.id, "text": rich(word.text), "uses": word.uses} for word in words]


def field(body: GapMatchBody, seed: str) -> forms.Field:
    offered = [word.id for word in body.words]
    parts = {gap.id: partial(clean_one, offered=offered) for gap in body.gaps}
    return AnswerField(WordsWidget(body, seed), lambda value: clean_table(value, parts))
