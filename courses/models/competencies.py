"""Competencies, by framework: what courses teach, questions ask for and achievements claim."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Competency(models.Model):
    """One competency of a framework, such as CS-D2.4 of the Centre's own."""

    framework = models.SlugField(_("framework"), max_length=32)
    code = models.CharField(_("code"), max_length=32)
    title = models.CharField(_("title"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["framework", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="competency_once_a_framework"
            )
        ]

    def __str__(self):
        return f"{self.code} {self.title}"
