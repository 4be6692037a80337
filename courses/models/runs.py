"""Editions, frozen outlines of a course; runs, dated deliveries that pin one; cohorts, groups sent to a run."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.validators import validate_eligibility, validate_time_zone
from lms.organisations.scoping import Record, scoped


class Edition(models.Model):
    """What a course was when it was published: architecture, protocol 1. Never changed once cut.

    `outline` is {"modules": [{"key", "title", "summary", "activities": [{"key", "kind", "title", "summary",
    "minutes", "bytes", "points", "completion", "revisions": {language: revision id}}]}]}. Newer editions also
    have "length" of what could be measured, and "checks": [{"id", "is_required"}] of a lesson.
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
    def going_on(self, today=None):
        """Those that have not ended, begun or not."""
        today = today or timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))

    def open_for_enrolment(self, today=None):
        today = today or timezone.localdate()
        return self.going_on(today).filter(starts_on__lte=today, is_self_enrolment_open=True)


class CourseRun(models.Model):
    """A dated delivery, such as “F2 01/2026”. Shared by all organisations; its enrolments are not."""

    course = models.ForeignKey("courses.CoursePage", models.PROTECT, related_name="runs")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="runs")
    code = models.CharField(_("code"), max_length=32, unique=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Africa/Nairobi",
        validators=[validate_time_zone],
    )
    venue = models.CharField(
        _("venue"), max_length=200, blank=True, help_text=_("Empty: the run is online.")
    )
    capacity = models.PositiveIntegerField(
        _("seats"),
        null=True,  # no number is no limit, and 0 would not be
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    programme = models.ForeignKey(
        "courses.ProgrammePage",
        models.PROTECT,
        verbose_name=_("programme"),
        null=True,
        blank=True,
        related_name="runs",
        help_text=_("A run of a programme asks for what comes before its course there."),
    )
    eligibility = models.JSONField(
        _("who may take part"), default=list, blank=True, validators=[validate_eligibility]
    )
    trainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("trainers"), blank=True, related_name="runs_taught"
    )
    is_self_enrolment_open = models.BooleanField(_("people may enrol themselves"), default=True)
    enrolment_key = models.CharField(
        _("enrolment key"),
        max_length=32,
        blank=True,
        help_text=_("Who enrols must know it, or come by the link or QR code that carries it."),
    )

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

    @property
    def is_online(self):
        return not self.venue


class DueDate(models.Model):
    """By when an activity of a run should be done: working days after the learner's start, or a day for all."""

    run = models.ForeignKey(CourseRun, models.CASCADE, related_name="due_dates")
    activity_key = models.UUIDField()
    working_days = models.PositiveSmallIntegerField(
        _("working days"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    on = models.DateField(_("day"), null=True, blank=True)

    class Meta:
        verbose_name = _("due date")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "activity_key"], name="due_date_once_an_activity"
            ),
            models.CheckConstraint(
                condition=Q(working_days__isnull=True) ^ Q(on__isnull=True),
                name="due_date_relative_or_fixed",
            ),
        ]

    def __str__(self):
        return f"{self.run_id}: {self.on or f'{self.working_days} working days'}"


class Holiday(models.Model):
    """A day without work that no calendar foresaw, such as one that was gazetted last week."""

    country_code = models.CharField(_("country"), max_length=2, help_text="ISO 3166-1 alpha-2")
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("holiday")
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(fields=["country_code", "on"], name="holiday_once_a_day")
        ]

    def __str__(self):
        return f"{self.on} {self.name}"


class Cohort(Record):
    """A group that one organisation sends to a run."""

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="cohorts"
    )
    run = models.ForeignKey(CourseRun, models.PROTECT, related_name="cohorts")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("cohort")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "run", "name"], name="cohort_name_once_a_run"
            )
        ]

    def __str__(self):
        return self.name
