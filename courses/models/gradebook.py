"""The gradebook: columns of a run, and each learner's results in them."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.scoping import Record, scoped


class LineItem(models.Model):
    """A column: something in a run that is scored."""

    run = models.ForeignKey("courses.CourseRun", models.PROTECT, related_name="line_items")
    activity_key = models.UUIDField()
    title = models.CharField(max_length=255)
    weight = models.DecimalField(
        _("weight"), max_digits=6, decimal_places=2, default=1, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("line item")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "activity_key"], name="line_item_once_an_activity"
            )
        ]

    def __str__(self):
        return self.title


class Result(Record):
    """A cell. A newer one supersedes it; none is overwritten."""

    line_item = models.ForeignKey(LineItem, models.PROTECT, related_name="results")
    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="results")
    score = models.DecimalField(max_digits=8, decimal_places=2)
    maximum = models.DecimalField(max_digits=8, decimal_places=2)
    comment = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)
    is_blocking = models.BooleanField(
        default=False, help_text="Not passed, and the learner needs help to go on from it"
    )

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("result")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line_item", "enrolment"],
                condition=Q(is_current=True),
                name="result_one_current",
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=F("maximum")), name="result_within_maximum"
            ),
        ]

    def __str__(self):
        return f"result {self.pk}"

    @property
    def percent(self):
        """Whole per cent, rounded half up, as a quiz shows it."""
        return int(100 * self.score / self.maximum + Decimal("0.5")) if self.maximum else 0
