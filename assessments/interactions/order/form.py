"""A place to choose for each thing, and its indent where indents are asked."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from assessments.interactions.fields import (
    AnswerField,
    AnswerWidget,
    clean_one,
    clean_table,
    in_order,
    select,
    tabled,
)
from assessments.interactions.markup import plain, rich
from assessments.interactions.order.body import OrderBody
from assessments.interactions.order.scoring import indents_of, places_of
from assessments.interactions.shapes import Value, shuffled

Numbers = list[tuple[str, str]]


def _numbers(first: int, last: int) -> Numbers:
    return [(str(number), str(number)) for number in range(first, last + 1)]


class OrderWidget(AnswerWidget):
    """Places are sent as name-id, indents as name-id-indent."""

    template_name = "assessments/kinds/order.html"

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        body = self.body
        places, indents = places_of(body, value), indents_of(body, value)
        numbers = _numbers(1, len(body.things))
        rows = []
        order = shuffled([thing.id for thing in body.things], self.seed)
        for number, thing in enumerate(in_order(body.things, order)):
            row = {
                "text": rich(thing.text),
                "id": f"{identifier}-{number}",
                "place": select(
                    f"{name}-{thing.id}",
                    f"{identifier}-{number}",
                    "",
                    numbers,
                    str(places.get(thing.id, "")),
                ),
            }
            if body.max_indent:
                row["indent"] = select(
                    f"{name}-{thing.id}-indent",
                    f"{identifier}-{number}-indent",
                    _("Indent of: %(name)s") % {"name": plain(thing.text)},
                    _numbers(1, body.max_indent),
                    str(indents[thing.id] or ""),
                )
            rows.append(row)
        return {"rows": rows, "has_indents": bool(body.max_indent)}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        things = [thing.id for thing in self.body.things]
        value = {"places": tabled(data, name, things)}
        if self.body.max_indent:
            sent = {thing: data.get(f"{name}-{thing}-indent") or "" for thing in things}
            value["indents"] = {thing: indent for thing, indent in sent.items() if indent}
        return value


def _clean(body: OrderBody, value: Value) -> dict[str, Value]:
    """Every thing with its place, "" for none; nothing at all where none has one."""
    things = [thing.id for thing in body.things]
    places = [number for number, _name in _numbers(1, len(things))]
    steps = [number for number, _name in _numbers(0, body.max_indent)]
    place_of = {thing: partial(clean_one, offered=places) for thing in things}
    indent_of = {thing: partial(clean_one, offered=steps) for thing in things}
    parts = clean_table(
        value,
        {
            "places": lambda table: clean_table(table, place_of),
            "indents": lambda table: clean_table(table, indent_of),
        },
    )
    if not parts:
        return {}
    cleaned = {"places": {thing: parts.get("places", {}).get(thing, "") for thing in things}}
    if body.max_indent:
        indents = parts.get("indents", {})
        cleaned["indents"] = {thing: indents.get(thing, "0") for thing in things}
    return cleaned if any(cleaned["places"].values()) or parts.get("indents") else {}


def field(body: OrderBody, seed: str) -> forms.Field:
    return AnswerField(OrderWidget(body, seed), lambda value: _clean(body, value))
