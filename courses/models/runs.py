"""Editions, frozen outlines of a course; and runs, dated deliveries that pin one."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Edition(models.Model):
    """What a course was when it was published: architecture, protocol 1. Never changed once cut.

    `outline` is {"modules": [{"key", "title", "summary", "activities": [{"key", "kind", "title", "summary",
    "minutes", "bytes", "points", "completion", "revisions": {language: revision id}}]}]}.
    """

    course = models.ForeignKey("courses.CoursePage", models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    outline = models.JSONField()
    outline_hash = models.CharField(max_length=64)
    cut_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("edition")
        ordering = ["course", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="edition_number_once")
        ]

    def __str__(self):
        return f"{self.course_id}, edition {self.number}"

    @property
    def modules(self):
        return self.outline["modules"]

    @property
    def activities(self):
        return [activity for module in self.modules for activity in module["activities"]]

    def activity(self, key):
        """Return the outline's entry of `key`, or None."""
        return next((activity for activity in self.activities if activity["key"] == key), None)

    @property
    def languages(self):
        """Codes of the languages that activities come in."""
        return sorted({code for entry in self.activities for code in entry["revisions"]})

    @property
    def minutes(self):
        return sum(activity["minutes"] for activity in self.activities)

    @property
    def megabytes(self):
        return sum(activity["bytes"] for activity in self.activities) / 1_000_000


class CourseRunQuerySet(models.QuerySet):
    def open_for_enrolment(self, today=None):
        today = today or timezone.localdate()
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            starts_on__lte=today,
            is_self_enrolment_open=True,
        )


class CourseRun(models.Model):
    """A dated delivery, such as “F2 01/2026”. Shared by all organisations; its enrolments are not."""

    course = models.ForeignKey("courses.CoursePage", models.PROTECT, related_name="runs")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="runs")
    code = models.CharField(_("code"), max_length=32, unique=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    is_self_enrolment_open = models.BooleanField(_("people may enrol themselves"), default=True)

    objects = CourseRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="run_dates_in_order",
            ),
        ]

    def __str__(self):
        return self.code
