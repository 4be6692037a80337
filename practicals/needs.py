"""What people may ask for so that they can take part: what to arrange, never why."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Need(models.TextChoices):
    SIGN_LANGUAGE = "sign_language", gettext_lazy("a sign-language interpreter")
    WHEELCHAIR = "wheelchair", gettext_lazy("wheelchair access")
    LARGE_PRINT = "large_print", gettext_lazy("large print")
    OTHER = "other", gettext_lazy("something else")


def validate_needs(needs):
    if not isinstance(needs, list) or not set(needs) <= set(Need.values):
        raise ValidationError(_("Choose from what can be arranged."), code="needs")
