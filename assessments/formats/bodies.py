"""The shape of each kind, to check what was read before anything is stored."""

from django.utils.translation import gettext as _
from pydantic import ValidationError

from assessments.interactions.choice.body import ChoiceBody, ChoicesBody
from assessments.interactions.extended_text.body import EssayBody
from assessments.interactions.gap_match.body import GapMatchBody
from assessments.interactions.gaps.body import GapsBody
from assessments.interactions.graphic_gap_match.body import GraphicGapMatchBody
from assessments.interactions.hotspot.body import HotspotBody
from assessments.interactions.hottext.body import HottextBody
from assessments.interactions.match.body import MatchBody
from assessments.interactions.number.body import NumberBody
from assessments.interactions.order.body import OrderBody
from assessments.interactions.processed.body import ProcessedBody
from assessments.interactions.scale.body import ScaleBody
from assessments.interactions.shapes import Body
from assessments.interactions.text_entry.body import TextBody
from assessments.interactions.upload.body import UploadBody

BODIES: dict[str, type[Body]] = {
    "choice": ChoiceBody,
    "choices": ChoicesBody,
    "text": TextBody,
    "number": NumberBody,
    "gaps": GapsBody,
    "gap_match": GapMatchBody,
    "match": MatchBody,
    "order": OrderBody,
    "hottext": HottextBody,
    "hotspot": HotspotBody,
    "graphic_gap_match": GraphicGapMatchBody,
    "essay": EssayBody,
    "upload": UploadBody,
    "scale": ScaleBody,
    "processed": ProcessedBody,
}


def storable(data: dict, picture_id: int = 1) -> dict:
    """Return `data` with the picture's name in the package replaced by the id that Wagtail gave it."""
    if isinstance(data.get("parts"), list):
        parts = [{**part, "data": storable(part["data"], picture_id)} for part in data["parts"]]
        return {**data, "parts": parts}
    picture = data.get("picture")
    if not isinstance(picture, dict) or "src" not in picture:
        return data
    kept = {name: part for name, part in picture.items() if name != "src"}
    return {**data, "picture": {"id": picture_id, **kept}}


def body_of(kind: str, data: dict) -> Body:
    """Return `data` as its kind's Body, or raise pydantic's ValidationError."""
    return BODIES[kind].model_validate(storable(data))


def body_fault(kind: str, data: dict) -> str:
    """Say in a sentence why `data` is no Body of `kind`, or return ""."""
    if kind not in BODIES:
        return _("there is no kind of question called %(kind)s.") % {"kind": kind}
    try:
        body_of(kind, data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        return f"{where}: {message}." if where else f"{message}."
    return ""
