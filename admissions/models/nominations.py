"""Whom an institution sends forward, and by what the Centre chooses among them."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from admissions.ranking import validate_criteria
from lms.organisations.scoping import Record, scoped


class Gender(models.TextChoices):
    WOMAN = "w", _("woman")
    MAN = "m", _("man")
    OTHER = "o", _("other")


class Nomination(Record):
    """What an institution says for a person it nominates.

    Gender, county and disability serve the equity view alone, may stay empty, and never count in the ranking.
    """

    enrolment = models.OneToOneField("courses.Enrolment", models.CASCADE, related_name="nomination")
    nominated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    nominated_at = models.DateTimeField(default=timezone.now)
    priority = models.PositiveSmallIntegerField(
        _("place on the institution's list"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("1 is whom you would send first."),
    )
    statement = models.CharField(
        _("why this person"), max_length=500, blank=True, help_text=_("In a sentence or two.")
    )
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True)
    county = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        verbose_name=_("county"),
        null=True,
        blank=True,
        related_name="+",
    )
    has_disability = models.BooleanField(_("lives with a disability"), null=True, blank=True)

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("nomination")
        ordering = ["priority", "nominated_at", "pk"]

    def __str__(self):
        return f"nomination {self.pk}"


class SelectionCriteria(models.Model):
    """By what those nominated for a run are ranked: stated beforehand, shared by all organisations."""

    run = models.OneToOneField(
        "courses.CourseRun", models.CASCADE, related_name="selection_criteria"
    )
    criteria = models.JSONField(_("criteria"), default=list, validators=[validate_criteria])

    class Meta:
        verbose_name = _("selection criteria")
        verbose_name_plural = _("selection criteria")

    def __str__(self):
        return f"criteria of run {self.run_id}"
