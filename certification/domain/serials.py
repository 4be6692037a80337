"""Serial numbers: issuer, year, running number, and a digit that tells when one was mistyped.

The check digit is Damm's: it catches every single wrong digit and every swap of two neighbours.
"""

import re

from certification.models import Issuer, SerialCounter

# A totally anti-symmetric quasigroup of order 10 (Damm, 2004).
DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
SERIAL = re.compile(r"(?P<prefix>[A-Z]{2,8})-(?P<year>\d{4})-(?P<number>\d{6,9})-(?P<check>\d)")


def damm_digit(digits: str) -> str:
    """Return the check digit of a string of digits."""
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return str(interim)


def format_serial(prefix: str, year: int, number: int) -> str:
    digits = f"{year:04d}{number:06d}"
    return f"{prefix}-{digits[:4]}-{digits[4:]}-{damm_digit(digits)}"


def normalise_serial(typed: str) -> str:
    """Return what a person typed, in capitals, with plain hyphens and without spaces."""
    return re.sub(r"[\s_/.\u2010-\u2015\u2212-]+", "-", typed.strip()).strip("-").upper()


def is_serial(serial: str) -> bool:
    """Whether `serial` has the form of one and its check digit is right."""
    match = SERIAL.fullmatch(serial)
    return match is not None and damm_digit(match["year"] + match["number"]) == match["check"]


def next_serial(issuer: Issuer, year: int) -> str:
    """Return the next serial of `issuer` in `year`; its counter stays locked until the end.

    Called inside the transaction that stores it: if that fails the number is not used up.
    """
    SerialCounter.objects.get_or_create(issuer=issuer, year=year)
    counter = SerialCounter.objects.select_for_update().get(issuer=issuer, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return format_serial(issuer.prefix, year, counter.last)
