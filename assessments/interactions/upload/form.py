"""Files to hand in. What was taken in already is listed; new files are the view's to take in."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from assessments.interactions.fields import AnswerField, AnswerWidget, listed, not_offered
from assessments.interactions.shapes import Value
from assessments.interactions.upload.body import UploadBody
from assessments.interactions.upload.scoring import files_of

# what `validators.check_answer_file` takes in: a phone must not offer what is refused afterwards
ACCEPTED = {
    "document": (".pdf", ".docx", ".odt", ".pptx"),
    "picture": ("image/jpeg", "image/png", "image/webp", "image/heic"),
    "sound": ("audio/*",),
    "table": (".xlsx", ".ods"),
}
FACTS = {"name", "sha256", "bytes", "media_type"}
MEGABYTE = 1_000_000


class FilesWidget(AnswerWidget):
    """Files taken in are sent as JSON under the name, those to drop under name-drop, new ones under name-files."""

    template_name = "assessments/kinds/files.html"
    needs_multipart_form = True
    use_fieldset = True

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        files = files_of(value)
        return {
            "json": json.dumps(files),
            "files": [
                {
                    "id": f"{identifier}-drop-{number}",
                    "sha256": each["sha256"],
                    "name": str(each.get("name", "")),
                }
                for number, each in enumerate(files)
            ],
            "accept": accept_of(self.body),
            "has_room": len(files) < self.body.max_files,
            "max_files": self.body.max_files,
            "max_megabytes": self.body.max_megabytes,
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        try:
            kept = json.loads(data.get(name) or "[]")
        except (ValueError, TypeError, RecursionError):
            return None if data.get(name) is None else False  # refused by clean
        dropped = set(listed(data, f"{name}-drop"))
        return (
            [
                each
                for each in kept
                if not (isinstance(each, dict) and str(each.get("sha256")) in dropped)
            ]
            if isinstance(kept, list)
            else kept
        )


def accept_of(body: UploadBody) -> str:
    return ",".join(each for kind in body.accepts for each in ACCEPTED[kind])


class UploadField(AnswerField):
    """`accept`, `max_files` and `max_bytes` are for the view that takes files in, and `files_name` finds them."""

    def __init__(self, body: UploadBody, seed: str) -> None:
        super().__init__(FilesWidget(body, seed), self.clean_files)
        self.accept = accept_of(body)
        self.max_files = body.max_files
        self.max_bytes = body.max_megabytes * MEGABYTE

    @staticmethod
    def files_name(name: str) -> str:
        """The name under which new files of the field `name` are sent."""
        return f"{name}-files"

    def clean_files(self, value: Value) -> list[dict]:
        if value is None or value == "":
            return []
        if not isinstance(value, list) or files_of(value) != value:
            raise not_offered()
        for each in value:
            if set(each) - FACTS or len(json.dumps(each)) > 2_000:  # noqa: PLR2004  a name and some figures
                raise not_offered()
        if len(value) > self.max_files:
            raise forms.ValidationError(
                _("Hand in %(most)d files at most.") % {"most": self.max_files}, code="too_many"
            )
        return value


def field(body: UploadBody, seed: str) -> forms.Field:
    return UploadField(body, seed)
