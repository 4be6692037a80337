"""What was handed in, and what each marking of it yielded."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.models.launches import Workspace
from lms.organisations.domain import organisations_served_by
from lms.organisations.scoping import Record, scoped


class SubmissionState(models.TextChoices):
    RECEIVED = "received", _("received")
    MARKING = "marking", _("being marked")
    MARKED = "marked", _("marked")
    FAILED = "failed", _("not marked")


class SubmissionQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state__in=[SubmissionState.RECEIVED, SubmissionState.MARKING])

    def visible_to(self, user):
        served = organisations_served_by(user).values("pk")
        return self.filter(
            Q(workspace__enrolment__user=user) | Q(workspace__enrolment__organisation__in=served)
        )


class Submission(Record):
    """A frozen copy of the learner's notebook, outputs left out."""

    State = SubmissionState
    TRANSITIONS = {
        State.RECEIVED: {State.MARKING},
        # back to received: the worker that marked it died
        State.MARKING: {State.MARKED, State.FAILED, State.RECEIVED},
        State.FAILED: {State.RECEIVED},
        State.MARKED: set(),
    }

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="submissions")
    release = models.ForeignKey("labs.LabRelease", models.PROTECT, related_name="submissions")
    state = models.CharField(
        _("state"), max_length=16, choices=SubmissionState, default=SubmissionState.RECEIVED
    )
    notebook = models.JSONField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(default=timezone.now)
    marking_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = scoped("workspace__enrolment__organisation", SubmissionQuerySet)

    class Meta:
        verbose_name = _("submission")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(state__in=["received", "marking"]),
                name="submission_one_waiting",
            ),
            models.CheckConstraint(
                condition=~Q(state="marking") | Q(marking_at__isnull=False),
                name="submission_marking_has_time",
            ),
        ]

    def __str__(self):
        return f"submission {self.pk}"

    @property
    def is_waiting(self):
        return self.state in {SubmissionState.RECEIVED, SubmissionState.MARKING}


class GradeRun(Record):
    """One marking of a submission. Appended; the newest counts.

    `checks` is [{"name", "points", "max", "outcome", "detail"}]; sentences are made from it when it
    is shown, in the reader's language.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="grade_runs")
    checks = models.JSONField()
    cells = models.JSONField(default=list)
    output = models.TextField(blank=True)
    score = models.DecimalField(max_digits=7, decimal_places=2)
    maximum = models.DecimalField(max_digits=7, decimal_places=2)
    seconds = models.FloatField()
    marked_at = models.DateTimeField(default=timezone.now)

    objects = scoped("submission__workspace__enrolment__organisation")

    class Meta:
        verbose_name = _("grade run")
        ordering = ["-marked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=F("maximum")),
                name="grade_run_within_maximum",
            ),
        ]

    def __str__(self):
        return f"grade run {self.pk}"

    @property
    def percent(self):
        return 100 * self.score / self.maximum if self.maximum else Decimal(0)
