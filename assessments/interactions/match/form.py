"""A list for each thing, or a grid of all."""

from functools import partial
from typing import Any

from django import forms

from assessments.interactions.choice.form import options
from assessments.interactions.fields import (
    AnswerField,
    AnswerWidget,
    clean_many,
    clean_table,
    in_order,
    listed,
    named,
    select,
)
from assessments.interactions.markup import rich
from assessments.interactions.match.body import MatchBody
from assessments.interactions.reading import ids_of, table_of
from assessments.interactions.shapes import Value, shuffled


class MatchWidget(AnswerWidget):
    """A value of one part is sent as name-source; several as often as there are."""

    template_name = "assessments/kinds/match.html"

    def order(self) -> tuple[list[str], list[str]]:
        sources = [source.id for source in self.body.sources]
        targets = [target.id for target in self.body.targets]
        if self.body.is_shuffled:
            targets = shuffled(targets, f"{self.seed}:targets")
            if self.body.look == "lists":
                sources = shuffled(sources, f"{self.seed}:sources")
        return sources, targets

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        body, given = self.body, table_of(value)
        sources, targets = self.order()
        things = in_order(body.targets, targets)
        rows = []
        for number, source in enumerate(in_order(body.sources, sources)):
            chosen = ids_of(given.get(source.id), targets)
            row: dict[str, Any] = {
                "name": f"{name}-{source.id}",
                "id": f"{identifier}-{number}",
                "text": rich(source.text),
                "cells": options(body.targets, targets, f"{identifier}-{number}", chosen),
            }
            if body.look == "lists" and not body.is_many:
                row["select"] = select(
                    row["name"], row["id"], "", named(things), chosen[0] if chosen else ""
                )
            rows.append(row)
        return {
            "rows": rows,
            "columns": [rich(target.text) for target in things],
            "input_type": "checkbox" if body.is_many else "radio",
            "is_grid": body.look == "grid",
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        sent = {
            source.id: [each for each in listed(data, f"{name}-{source.id}") if each]
            for source in self.body.sources
        }
        return {source: targets for source, targets in sent.items() if targets}


def field(body: MatchBody, seed: str) -> forms.Field:
    offered = [target.id for target in body.targets]
    parts = {source.id: partial(clean_many, offered=offered) for source in body.sources}
    return AnswerField(MatchWidget(body, seed), lambda value: clean_table(value, parts))
