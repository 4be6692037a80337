"""Grades of posts, by country and scheme."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class JobGradeQuerySet(models.QuerySet):
    def on(self, date):
        """Those in force on `date`."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=date),
            Q(valid_until__isnull=True) | Q(valid_until__gt=date),
        )


class JobGrade(models.Model):
    """A grade of one scheme, such as L of Kenya's job groups. Grades of two schemes are never converted by guess."""

    country_code = models.CharField(_("country"), max_length=2, help_text="ISO 3166-1 alpha-2")
    scheme = models.CharField(_("scheme"), max_length=32)
    value = models.CharField(_("grade"), max_length=32, help_text=_("As people write it."))
    order = models.PositiveSmallIntegerField(
        _("place in the scheme"), help_text=_("1 is the lowest grade.")
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
        help_text=_("What the grade was officially turned into."),
    )

    objects = JobGradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("job grade")
        ordering = ["country_code", "scheme", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["country_code", "scheme", "value"], name="job_grade_once_a_scheme"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gt=F("valid_from")),
                name="job_grade_dates_in_order",
            ),
        ]

    def __str__(self):
        return f"{self.country_code}: {self.scheme} {self.value}"
