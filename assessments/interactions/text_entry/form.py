"""A box for a word or a few."""

from django import forms

from assessments.interactions.fields import AnswerField, clean_text
from assessments.interactions.text_entry.body import TextBody

LONGEST = 1_000
SHORT = 12


def field(body: TextBody, seed: str) -> forms.Field:
    attrs = {
        "autocomplete": "off",
        "autocapitalize": "none",
        "spellcheck": "false",
        "maxlength": LONGEST,
        "size": body.width,
    }
    if body.width <= SHORT:
        attrs["class"] = "short"
    return AnswerField(forms.TextInput(attrs=attrs), clean_text)
