"""The Centre's four progressive levels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    FOUNDATIONS = "foundations", _("Foundations")
    APPLICATION = "application", _("Application")
    MANAGEMENT = "management", _("Management")
    LEADERSHIP = "leadership", _("Leadership")
