"""Checks of one value."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


def _linear(part):
    """One of sRGB's parts without its gamma (WCAG 2.2, relative luminance)."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _luminance(colour):
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def validate_accent(colour):
    """A colour on which white text can be read."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValidationError(_("Write the colour as #0b5d4d."), code="colour")
    if 1.05 / (_luminance(colour) + 0.05) < LEAST_CONTRAST:
        raise ValidationError(
            _("White text cannot be read on this colour. Choose a darker one."), code="contrast"
        )
