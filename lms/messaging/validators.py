"""What is true of the texts of messages, whoever writes them."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lms.messaging.texts import forbidden_in_sms, placeholders_in, sms_size

MAX_PARTS = 3


def validate_placeholders(text, known):
    """Refuse {names} that the message has no value for, and braces that hold none."""
    if unknown := placeholders_in(text) - set(known):
        raise ValidationError(
            _("There is no {%(unknown)s} here. You may write: %(known)s.")
            % {
                "unknown": min(unknown),
                "known": ", ".join(f"{{{name}}}" for name in sorted(known)),
            },
            code="unknown_placeholder",
        )


def validate_sms(text):
    """Refuse what may not travel in a text message, and what takes more than three parts."""
    if forbidden := forbidden_in_sms(placeholders_in(text)):
        raise ValidationError(
            _(
                "A text message holds no marks, codes or identifiers: take {%(name)s} out. "
                "Say that there is news, and that it is in Umahiri."
            )
            % {"name": min(forbidden)},
            code="forbidden_placeholder",
        )
    size = sms_size(text)
    if size.parts > MAX_PARTS:
        raise ValidationError(
            _("This is %(characters)s characters, %(parts)s parts. Shorten it to three parts.")
            % {"characters": size.characters, "parts": size.parts},
            code="too_long",
        )
