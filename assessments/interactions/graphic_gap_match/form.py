"""A list of the labels for each numbered place of a picture."""

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
from assessments.interactions.gap_match.form import bank
from assessments.interactions.graphic_gap_match.body import GraphicGapMatchBody
from assessments.interactions.graphic_gap_match.scoring import spot_names
from assessments.interactions.markup import picture
from assessments.interactions.overlay import overlay
from assessments.interactions.reading import table_of, text_of
from assessments.interactions.shapes import Value, shuffled


class LabelsWidget(AnswerWidget):
    template_name = "assessments/kinds/labels.html"

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        body, given, names = self.body, table_of(value), spot_names(self.body)
        labels = in_order(body.labels, shuffled([label.id for label in body.labels], self.seed))
        return {
            "picture": picture(body.picture),
            "overlay": overlay(body.picture, body.spots),
            "bank": bank(labels),
            "rows": [
                {
                    "id": f"{identifier}-{spot.id}",
                    "text": names[spot.id],
                    "select": select(
                        f"{name}-{spot.id}",
                        f"{identifier}-{spot.id}",
                        "",
                        named(labels),
                        text_of(given.get(spot.id)),
                    ),
                }
                for spot in body.spots
            ],
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return tabled(data, name, [spot.id for spot in self.body.spots])


def field(body: GraphicGapMatchBody, seed: str) -> forms.Field:
    offered = [label.id for label in body.labels]
    parts = {spot.id: partial(clean_one, offered=offered) for spot in body.spots}
    return AnswerField(LabelsWidget(body, seed), lambda value: clean_table(value, parts))
