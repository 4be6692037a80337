"""A grid of radio buttons: a row for each statement, a column for each point."""

from functools import partial
from typing import Any

from django import forms

from assessments.interactions.choice.form import options
from assessments.interactions.fields import (
    AnswerField,
    AnswerWidget,
    clean_one,
    clean_table,
    tabled,
)
from assessments.interactions.markup import rich
from assessments.interactions.reading import table_of
from assessments.interactions.scale.body import ScaleBody
from assessments.interactions.shapes import Value


class ScaleWidget(AnswerWidget):
    template_name = "assessments/kinds/match.html"

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        given, points = table_of(value), [point.id for point in self.body.points]
        return {
            "rows": [
                {
                    "name": f"{name}-{statement.id}",
                    "id": f"{identifier}-{number}",
                    "text": rich(statement.text),
                    "cells": options(
                        self.body.points,
                        points,
                        f"{identifier}-{number}",
                        [str(given.get(statement.id))],
                    ),
                }
                for number, statement in enumerate(self.body.statements)
            ],
            "columns": [rich(point.text) for point in self.body.points],
            "input_type": "radio",
            "is_grid": True,
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return tabled(data, name, [statement.id for statement in self.body.statements])


def field(body: ScaleBody, seed: str) -> forms.Field:
    offered = [point.id for point in body.points]
    parts = {statement.id: partial(clean_one, offered=offered) for statement in body.statements}
    return AnswerField(ScaleWidget(body, seed), lambda value: clean_table(value, parts))
