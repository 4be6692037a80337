"""The form of one item."""

import uuid

from django import forms

from assessments.interactions import KINDS
from assessments.interactions.base import Content


class ItemForm(forms.Form):
    """Asks one item; `client_id` is new for each rendering, so that a form sent twice is stored once."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, kind: str, content: Content, seed: str, value=None, **kwargs):
        kwargs.setdefault("initial", {"client_id": uuid.uuid4(), "value": value})
        super().__init__(*args, **kwargs)
        self.kind, self.content = KINDS[kind], content
        self.fields["value"] = self.kind.field(content, seed)
        self.fields["value"].label = self.kind.instruction


def preview_forms(quiz):
    return [
        ItemForm(kind=kind, content=content, seed="preview", prefix=identifier)
        for identifier, (kind, content) in quiz.item_contents().items()
    ]
