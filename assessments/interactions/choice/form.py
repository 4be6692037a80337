"""Radio buttons and boxes, their labels with pictures and formatting."""

from typing import Any

from django import forms

from assessments.interactions.choice.body import ChoiceBody, ChoicesBody
from assessments.interactions.fields import (
    AnswerField,
    AnswerWidget,
    at_most,
    clean_many,
    clean_one,
    in_order,
    listed,
)
from assessments.interactions.markup import rich
from assessments.interactions.reading import ids_of
from assessments.interactions.shapes import Value, shuffled


class OptionsWidget(AnswerWidget):
    template_name = "assessments/kinds/options.html"
    input_type = "radio"

    def chosen(self, value: Value) -> list[str]:
        return [value] if isinstance(value, str) else []

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        ids = [option.id for option in self.body.options]
        order = shuffled(ids, self.seed) if self.body.is_shuffled else ids
        return {"options": options(self.body.options, order, identifier, self.chosen(value))} | {
            "input_type": self.input_type
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return data.get(name) or ""


class BoxesWidget(OptionsWidget):
    input_type = "checkbox"

    def chosen(self, value: Value) -> list[str]:
        return ids_of(value, [option.id for option in self.body.options])

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return listed(data, name)


def options(sides: Any, order: list[str], identifier: str, chosen: list[str]) -> list[dict]:
    """What the template of options needs of each."""
    return [
        {
            "value": side.id,
            "id": f"{identifier}-{number}",
            "text": rich(side.text),
            "is_chosen": side.id in chosen,
        }
        for number, side in enumerate(in_order(sides, order))
    ]


def one_field(body: ChoiceBody, seed: str) -> forms.Field:
    ids = [option.id for option in body.options]
    return AnswerField(OptionsWidget(body, seed), lambda value: clean_one(value, ids))


def several_field(body: ChoicesBody, seed: str) -> forms.Field:
    ids = [option.id for option in body.options]
    return AnswerField(
        BoxesWidget(body, seed),
        lambda value: clean_many(value, ids),
        help_text=at_most(body.max_choices),
    )
