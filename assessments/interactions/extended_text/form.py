"""A box to write in, with its range of words said beside it."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from assessments.interactions.extended_text.body import EssayBody
from assessments.interactions.fields import AnswerField, clean_text
from assessments.interactions.shapes import Value

LONGEST = 100_000
SLACK = 10_000  # lines end in two letters when they are sent


def words_asked(body: EssayBody) -> str:
    """How many words are asked for, in a sentence."""
    numbers = {"least": body.min_words, "most": body.max_words}
    if body.min_words and body.max_words:
        return _("Write %(least)d to %(most)d words.") % numbers
    if body.min_words:
        return _("Write at least %(least)d words.") % numbers
    if body.max_words:
        return _("Write at most %(most)d words.") % numbers
    return ""


class EssayField(AnswerField):
    """Starts with the author's template; keeps lines as they were."""

    def __init__(self, body: EssayBody) -> None:
        widget = forms.Textarea(attrs={"rows": body.lines, "maxlength": LONGEST})
        super().__init__(
            widget, partial(clean_text, longest=LONGEST + SLACK), help_text=words_asked(body)
        )
        self.template = body.template

    def clean(self, value: Value) -> Value:
        return super().clean(value).replace("\r\n", "\n")

    def prepare_value(self, value: Any) -> Any:
        return self.template if value is None else value


def field(body: EssayBody, seed: str) -> forms.Field:
    return EssayField(body)
