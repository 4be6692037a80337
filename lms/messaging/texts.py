"""Texts with {placeholders}, and how long a text message is. Pure: no queries, no clock."""

import re
from dataclasses import dataclass

# GSM 03.38: the basic alphabet, and what costs two characters because an escape stands before it
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
GSM_ONE, GSM_MANY = 160, 153
UCS2_ONE, UCS2_MANY = 70, 67

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# what may not travel in a text message, by any word of a placeholder's name
FORBIDDEN_IN_SMS = frozenset(
    [
        "score",
        "mark",
        "marks",
        "grade",
        "result",
        "points",
        "percent",
        "code",
        "otp",
        "password",
        "pin",
        "token",
        "identifier",
        "number",
        "id",
        "upn",
        "nin",
        "serial",
        "email",
        "phone",
    ]
)


@dataclass(frozen=True)
class SmsSize:
    """How a text goes over the air: `characters` as the operators count them, in `parts`."""

    characters: int
    parts: int
    is_gsm: bool


def sms_size(text: str) -> SmsSize:
    """Measure `text`: GSM-7 in 160, or 153 a part; as UCS-2, if any character asks for it, in 70 or 67.

    A character that is two units is never cut in half: it moves to the next part whole.
    """
    is_gsm = all(character in GSM_BASIC or character in GSM_EXTENDED for character in text)
    if is_gsm:
        widths = [2 if character in GSM_EXTENDED else 1 for character in text]
    else:
        widths = [2 if ord(character) > 0xFFFF else 1 for character in text]  # noqa: PLR2004  beyond the plane of UCS-2
    one, many = (GSM_ONE, GSM_MANY) if is_gsm else (UCS2_ONE, UCS2_MANY)
    if sum(widths) <= one:
        return SmsSize(sum(widths), 1 if text else 0, is_gsm)
    parts, room = 1, many
    for width in widths:
        if width > room:
            parts, room = parts + 1, many
        room -= width
    return SmsSize(sum(widths), parts, is_gsm)


def placeholders_in(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def forbidden_in_sms(names) -> set[str]:
    """Those of the placeholders' `names` that a text message may not hold: marks, codes, identifiers."""
    return {name for name in names if FORBIDDEN_IN_SMS & set(name.lower().split("_"))}


def fill(text: str, values) -> str:
    """Put `values` in place of the placeholders; a name without a value stays as it is, to be seen."""
    return PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text)
