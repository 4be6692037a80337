"""Files: a person scores them."""

from typing import Any

from assessments.interactions.base import UNANSWERED, UNSCORED, Line, Score
from assessments.interactions.markup import rich, typed
from assessments.interactions.shapes import Value
from assessments.interactions.upload.body import UploadBody


def files_of(value: Value) -> list[dict[str, Any]]:
    """The files that `value` tells of."""
    if not isinstance(value, list):
        return []
    return [
        each for each in value if isinstance(each, dict) and isinstance(each.get("sha256"), str)
    ]


def score(body: UploadBody, value: Value) -> Score:
    return UNSCORED if files_of(value) else UNANSWERED


def best(body: UploadBody) -> Value:
    return None


def explain(body: UploadBody, value: Value) -> list[Line]:
    return [Line(typed(str(each.get("name", ""))), "unscored") for each in files_of(value)]


def solution(body: UploadBody) -> list[str]:
    return [rich(body.model_answer)] if body.model_answer else []
