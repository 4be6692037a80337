"""Phones as spreadsheets leave them, to E.164 by the country that sends the list. Pure."""

import csv
import re
from decimal import Decimal, InvalidOperation
from functools import cache

import phonenumbers
from django.core.exceptions import ValidationError

from lms.accounts.validators import HOME_REGION, phone_to_e164
from lms.organisations.loading import DATA
from rosters.messages import RefusalCode

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_SIGNS = re.compile(r"[\s().\-–/]+")  # noqa: RUF001  a dash as people type it


class PhoneFault(Exception):  # noqa: N818  an answer, not an error
    def __init__(self, code: RefusalCode, **values: str):
        super().__init__(code)
        self.code, self.values = code, values


@cache
def _countries() -> dict[str, dict[str, str]]:
    with (DATA / "partner_countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["iso2"]: row for row in csv.DictReader(file)}


def _country(region: str) -> dict[str, str]:
    return _countries().get(region) or _countries()[HOME_REGION]


def _figures(value: str) -> str:
    """Return the number that a spreadsheet shows as 2.54712345678E+11; raises where figures are lost."""
    try:
        number = Decimal(value.replace(",", "."))
    except InvalidOperation as error:
        raise PhoneFault(RefusalCode.PHONE_MALFORMED) from error
    sign, _digits, exponent = number.as_tuple()
    if sign or not isinstance(exponent, int) or exponent > 0:
        raise PhoneFault(RefusalCode.PHONE_ROUNDED)
    return str(int(number))


def _is_several(value: str) -> bool:
    parts = re.split(r"[/,;|&]|\b(?:or|and|au|na|ou|et)\b", value)
    return sum(len(re.sub(r"\D", "", part)) >= 7 for part in parts) > 1  # noqa: PLR2004  no phone is shorter


def _fault(value: str, region: str) -> RefusalCode:
    """Which fault a number has that is none."""
    if re.search(r"[^\d+\s().\-–/]", value):  # noqa: RUF001  a dash as people type it
        return RefusalCode.PHONE_MALFORMED
    country = _country(region)
    calling = country["calling_code"].removeprefix("+")
    lengths = [int(length) for length in country["nsn_lengths"].split("|")]
    figures = re.sub(r"\D", "", value)
    is_foreign = value.startswith(("+", "00")) and not figures.removeprefix("00").startswith(
        calling
    )
    if is_foreign or not figures:
        return RefusalCode.PHONE_MALFORMED
    national = figures.removeprefix("00").removeprefix(calling) or figures
    national = national.lstrip("0")
    if len(national) < min(lengths):
        return RefusalCode.PHONE_SHORT
    return RefusalCode.PHONE_LONG if len(national) > max(lengths) else RefusalCode.PHONE_MALFORMED


def read_phone(value: str, region: str) -> tuple[str, bool]:
    """Return a phone as E.164, and whether its first zero had been lost; or raise PhoneFault with what is wrong."""
    country = _country(region)
    calling = country["calling_code"].removeprefix("+")
    told = {"value": value[:40], "calling": calling}
    text = re.sub(r"(?i)^(?:tel|phone|mob|cell|simu)[.:\s]*", "", value).removeprefix("'")
    if _SCIENTIFIC.fullmatch(text.replace(" ", "")):
        try:
            text = _figures(text.replace(" ", ""))
        except PhoneFault as fault:
            raise PhoneFault(fault.code, **told) from None
    text = re.sub(r"\.0+$", "", text)
    if _is_several(text):
        raise PhoneFault(RefusalCode.PHONE_SEVERAL, **told)
    bare = _SIGNS.sub("", text)
    try:
        phone = _e164(bare, region, calling)
    except ValidationError:
        code = _fault(text, region)
        if code in {RefusalCode.PHONE_SHORT, RefusalCode.PHONE_LONG}:
            told |= {
                "country": country["name"],
                "lengths": country["nsn_lengths"].replace("|", "/"),
            }
        raise PhoneFault(code, **told) from None
    return phone, bare.isdigit() and phone == f"+{calling}{bare}" and _has_zero(region)


@cache
def _has_zero(region: str) -> bool:
    """Whether numbers are written with a zero inside the country."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    return metadata is not None and metadata.national_prefix == "0"


def _e164(bare: str, region: str, calling: str) -> str:
    if re.search(r"[^\d+]", bare):  # letters on keys are for advertisements
        raise ValidationError("letters", code="phone")
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    try:
        return phone_to_e164(bare, region)
    except ValidationError:
        if not bare.startswith(calling):
            raise
        return phone_to_e164(f"+{bare}", region)
