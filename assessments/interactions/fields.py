"""What the form fields of all kinds are made of.

A field's cleaned value is JSON. Whatever an honest person entered is kept; only what no page offered is refused.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments.interactions.markup import plain
from assessments.interactions.reading import MAX_TEXT, tidy
from assessments.interactions.shapes import Side, Value

Clean = Callable[[Value], Value]


def not_offered() -> ValidationError:
    """For what a page's own controls cannot send."""
    return ValidationError(
        _("This answer is not one that was offered. Load the page again and choose anew."),
        code="not_offered",
    )


def clean_text(value: Value, longest: int = MAX_TEXT) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise not_offered()
    if len(value) > longest:
        raise ValidationError(
            _("This is longer than %(longest)d letters. Shorten it.") % {"longest": longest},
            code="too_long",
        )
    return tidy(value)


def clean_one(value: Value, offered: Iterable[str]) -> str:
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or value not in set(offered):
        raise not_offered()
    return value


def clean_many(value: Value, offered: Iterable[str]) -> list[str]:
    """The ids chosen, each once, in the order of `offered`."""
    if value in (None, ""):
        return []
    offered = list(offered)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise not_offered()
    if set(value) - set(offered):
        raise not_offered()
    return [each for each in offered if each in value]


def clean_table(value: Value, parts: Mapping[str, Clean]) -> dict[str, Value]:
    """Each part by its own rule; empty ones are left out."""
    if value in (None, "", []):
        return {}
    if not isinstance(value, dict) or set(value) - set(parts):
        raise not_offered()
    cleaned = {name: clean(value.get(name)) for name, clean in parts.items()}
    return {name: part for name, part in cleaned.items() if part not in ("", [], {})}


class AnswerField(forms.Field):
    """Asks with `widget`; `clean_value` refuses what was not offered."""

    def __init__(self, widget: forms.Widget, clean_value: Clean, **kwargs: Any) -> None:
        super().__init__(required=False, widget=widget, **kwargs)
        self.clean_value = clean_value

    def clean(self, value: Value) -> Value:
        return self.clean_value(value)


class AnswerWidget(forms.Widget):
    """Draws controls with a template of its kind; several of them make a group with a legend."""

    use_fieldset = True

    def __init__(self, body: Any, seed: str) -> None:
        super().__init__()
        self.body, self.seed = body, seed

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        """What the template needs beside the usual."""
        raise NotImplementedError

    def get_context(self, name: str, value: Value, attrs: dict | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        identifier = context["widget"]["attrs"].get("id") or f"id_{name}"
        context["widget"] |= {
            "id": identifier,
            "described_by": context["widget"]["attrs"].get("aria-describedby", ""),
            "labelled_by": context["widget"]["attrs"].get("aria-labelledby", ""),
            "is_invalid": context["widget"]["attrs"].get("aria-invalid", ""),
            **self.drawn(name, identifier, value),
        }
        return context

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # boxes that are not ticked are not sent

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""


def at_most(count: int) -> str:
    """How many may be chosen, in a sentence; 0 is as many as one likes."""
    return _("Choose %(most)d at most.") % {"most": count} if count > 1 else ""


def listed(data: Any, name: str) -> list[str]:
    """All values sent under `name`."""
    if hasattr(data, "getlist"):
        return data.getlist(name)
    value = data.get(name, [])
    return value if isinstance(value, list) else [value]


def tabled(data: Any, name: str, parts: Iterable[str]) -> dict[str, str]:
    """The values sent under `name-part`, empty ones left out."""
    sent = {part: data.get(f"{name}-{part}") or "" for part in parts}
    return {part: value for part, value in sent.items() if value}


def select(
    name: str, identifier: str, label: str, choices: Sequence[tuple[str, str]], chosen: str
) -> SafeString:
    """A list to choose from, named by `label` where no label element does it."""
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, SafeString(" selected") if value == chosen else "", text)
            for value, text in [("", "—"), *choices]
        ),
    )
    named = format_html(' aria-label="{}"', label) if label else ""
    return format_html('<select name="{}" id="{}"{}>{}</select>', name, identifier, named, options)


def named(sides: Iterable[Side]) -> list[tuple[str, str]]:
    """Choices of a list, as plain words."""
    return [(side.id, plain(side.text)) for side in sides]


def in_order(things: Iterable[Any], ids: Sequence[str]) -> list[Any]:
    """`things` in the order of `ids`."""
    by_id = {thing.id: thing for thing in things}
    return [by_id[each] for each in ids]
