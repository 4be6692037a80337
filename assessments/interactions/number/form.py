"""A box for a number, with its unit printed or to choose."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from assessments.interactions.fields import (
    AnswerField,
    AnswerWidget,
    clean_one,
    clean_table,
    clean_text,
    select,
    tabled,
)
from assessments.interactions.number.body import NumberBody
from assessments.interactions.reading import table_of, text_of
from assessments.interactions.shapes import Value


class NumberWidget(AnswerWidget):
    template_name = "assessments/kinds/number.html"
    use_fieldset = False

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        given = table_of(value) or {"number": text_of(value)}
        units = [(unit.symbol, unit.symbol) for unit in self.body.units]
        chosen = text_of(given.get("unit"))
        return {
            "number": text_of(given.get("number")),
            "unit": self.body.unit,
            "units": units
            and select(f"{name}-unit", f"{identifier}-units", _("Unit"), units, chosen),
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return tabled(data, name, ["number", "unit"])

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_


def field(body: NumberBody, seed: str) -> forms.Field:
    symbols = [unit.symbol for unit in body.units]
    return AnswerField(
        NumberWidget(body, seed),
        lambda value: clean_table(
            value, {"number": clean_text, "unit": lambda unit: clean_one(unit, symbols)}
        ),
    )
