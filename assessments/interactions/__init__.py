"""The kinds of item, in QTI's words. A kind is a folder here; adding one touches nothing else but KINDS."""

from assessments.interactions import choice, match, order, text_entry
from assessments.interactions.base import Interaction

KINDS: dict[str, Interaction] = {
    kind.name: kind
    for kind in (choice.SINGLE, choice.MULTIPLE, text_entry.NUMBER, match.MATCH, order.ORDER)
}
