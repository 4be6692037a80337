"""What is true of one value: a name, a phone number, an address to be reached at."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

HOME_REGION = "KE"


def validate_full_name(value):
    """Accept any script, apostrophes, hyphens and full stops; refuse what cannot be a name."""
    if not any(character.isalpha() for character in value):
        raise ValidationError(
            _("Write your name in letters, as it should stand on a certificate."), code="no_letters"
        )
    if re.search(r"[<>{}\[\]@#$%^*=|\\/~_]|\d{3}", value):
        raise ValidationError(
            _("A name has letters, spaces, hyphens, apostrophes and full stops."),
            code="odd_characters",
        )


def phone_to_e164(value, region=HOME_REGION):
    """Return `value` as E.164, reading a number without a country code as one of `region`."""
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(
            _("This is not a phone number. Write it as 0712 345 678 or +250…"), code="phone"
        ) from error
    if not phonenumbers.is_valid_number(number):
        raise ValidationError(
            _("This phone number has too many or too few digits. Write it as 0712 345 678."),
            code="phone",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def example_phone(region):
    """A mobile number as people of `region` write it."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def read_contact(value, region=HOME_REGION):
    """Return ("email", address) or ("phone", E.164) for what a person of `region` typed as either."""
    value = value.strip()
    if "@" in value:
        validate_email(value)
        return "email", value.lower()
    return "phone", phone_to_e164(value, region)
