"""Checks of one value, for models, forms and files alike."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pydantic import ValidationError as Malformed

from courses.eligibility import RULES


def validate_time_zone(name):
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is no time zone. Write one as Africa/Nairobi."),
            code="time_zone",
            params={"name": name},
        )


def validate_eligibility(rules):
    try:
        RULES.validate_python(rules)
    except Malformed as error:
        first = error.errors()[0]
        raise ValidationError(
            _("Rule %(number)s of who may take part is not understood: %(fault)s."),
            code="eligibility",
            params={
                "number": (first["loc"][0] + 1) if first["loc"] else 1,
                "fault": first["msg"],
            },
        ) from error
