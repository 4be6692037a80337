"""The kinds of item, in QTI's words. A kind is a folder here; adding one touches nothing else but KINDS."""

from assessments.interactions import (
    choice,
    extended_text,
    gap_match,
    gaps,
    graphic_gap_match,
    hotspot,
    hottext,
    match,
    number,
    order,
    processed,
    scale,
    text_entry,
    upload,
)
from assessments.interactions.base import Interaction

KINDS: dict[str, Interaction] = {
    kind.name: kind
    for kind in (
        choice.CHOICE,
        choice.CHOICES,
        text_entry.TEXT,
        number.NUMBER,
        gaps.GAPS,
        gap_match.GAP_MATCH,
        match.MATCH,
        order.ORDER,
        hottext.HOTTEXT,
        hotspot.HOTSPOT,
        graphic_gap_match.GRAPHIC_GAP_MATCH,
        extended_text.ESSAY,
        upload.UPLOAD,
        scale.SCALE,
        processed.PROCESSED,
    )
}
