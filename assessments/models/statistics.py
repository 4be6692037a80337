"""What answers say of quizzes and questions. No person's data is here, so these are no organisation's records."""

from django.db import models
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CalibrationRun(models.Model):
    """One reckoning, of a quiz or of a bank over all quizzes. A later one never overwrites it; the newest counts.

    `created_at` is when its answers were read; `anchors` counts the questions held to what an earlier run found.
    """

    activity_key = models.UUIDField(null=True, blank=True)
    bank = models.ForeignKey(
        "assessments.ItemBank", models.PROTECT, null=True, blank=True, related_name="runs"
    )
    n = models.PositiveIntegerField(default=0)
    items = models.PositiveIntegerField(default=0)
    anchors = models.PositiveIntegerField(default=0)
    loglik = models.FloatField(null=True, blank=True)
    code_version = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("run of the statistics")
        constraints = [
            models.CheckConstraint(
                condition=Q(activity_key__isnull=True, bank__isnull=False)
                | Q(activity_key__isnull=False, bank__isnull=True),
                name="run_of_a_quiz_or_a_bank",
            )
        ]

    def __str__(self):
        return f"run {self.pk}"


class QuizStatisticsQuerySet(models.QuerySet):
    def newest(self):
        """The newest of each quiz."""
        newest = QuizStatistics.objects.values("activity_key").annotate(newest=Max("pk"))
        return self.filter(pk__in=newest.values("newest"))


class QuizStatistics(models.Model):
    """Figures of a quiz's totals over the first finished attempts of all people; keys of `figures`: see domain."""

    run = models.OneToOneField(CalibrationRun, models.PROTECT, related_name="quiz")
    activity_key = models.UUIDField()
    n = models.PositiveIntegerField()
    to_look_at = models.PositiveIntegerField(default=0)
    figures = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = QuizStatisticsQuerySet.as_manager()

    class Meta:
        verbose_name = _("statistics of a quiz")
        indexes = [models.Index(fields=["activity_key", "-id"], name="quiz_statistics_newest")]

    def __str__(self):
        return f"statistics {self.pk}"


class ItemStatisticsQuerySet(models.QuerySet):
    def calibrated(self, versions):
        """The newest calibration of each of `versions` that has one."""
        newest = (
            ItemStatistics.objects.filter(version__in=versions, a__isnull=False)
            .values("version")
            .annotate(newest=Max("pk"))
        )
        return self.filter(pk__in=newest.values("newest"))


class ItemStatistics(models.Model):
    """Figures of a version of a question in one quiz, or over all where `activity_key` is empty.

    Discrimination and efficiency in per cent, as everywhere; null where there are too few answers to say.
    """

    run = models.ForeignKey(CalibrationRun, models.PROTECT, related_name="item_statistics")
    version = models.ForeignKey(
        "assessments.ItemVersion", models.PROTECT, related_name="statistics"
    )
    activity_key = models.UUIDField(null=True, blank=True)
    n = models.PositiveIntegerField()
    facility = models.FloatField(null=True)
    discrimination = models.FloatField(null=True)
    discrimination_low = models.FloatField(null=True)
    discrimination_high = models.FloatField(null=True)
    efficiency = models.FloatField(null=True)
    a = models.FloatField(null=True)
    b = models.FloatField(null=True)
    se_a = models.FloatField(null=True)
    se_b = models.FloatField(null=True)
    figures = models.JSONField(default=dict)
    flags = models.JSONField(default=list)

    objects = ItemStatisticsQuerySet.as_manager()

    class Meta:
        verbose_name = _("statistics of a question")
        constraints = [
            models.UniqueConstraint(fields=["run", "version"], name="item_statistics_once_a_run"),
            models.CheckConstraint(
                condition=Q(a__isnull=True, b__isnull=True) | Q(a__gt=0, b__isnull=False),
                name="item_statistics_calibrated_whole",
            ),
            models.CheckConstraint(
                condition=Q(discrimination_low__isnull=True)
                | Q(discrimination_low__lte=F("discrimination_high")),
                name="item_statistics_limits_in_order",
            ),
        ]

    def __str__(self):
        return f"statistics of version {self.version_id}"


class OptionStatistics(models.Model):
    """How many picked an option, and how those did on the other questions. `fifths` are shares from the weakest on."""

    item = models.ForeignKey(ItemStatistics, models.PROTECT, related_name="options")
    part = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=100)
    count = models.PositiveIntegerField()
    share = models.FloatField()
    correlation = models.FloatField(null=True)
    is_right = models.BooleanField(null=True)
    fifths = models.JSONField(default=list)

    class Meta:
        verbose_name = _("statistics of an option")
        ordering = ["part", "-count", "value"]

    def __str__(self):
        return f"option {self.pk}"
