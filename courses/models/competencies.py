"""Competencies, by framework: what courses teach, questions ask for and achievements claim."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Competency(models.Model):
    """One competency of a framework, such as CS-D2.4 of the Centre's own."""

    framework = models.SlugField(_("framework"), max_length=32)
    code = models.CharField(_("code"), max_length=32)
    title = models.CharField(_("title"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("The first day it no longer exists.")
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("successor"),
        null=True,
        blank=True,
        related_name="predecessors",
        help_text=_("What a later edition of the framework put in its place."),
    )

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["framework", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="competency_once_a_framework"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gt=F("valid_from")),
                name="competency_dates_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"
