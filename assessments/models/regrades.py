"""Regrades: what was decided about a question after people had answered it. All are kept."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.scoping import Record, scoped


class RegradeState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")


class Regrade(Record):
    """A decision that attempts of an organisation's learners are scored again by.

    `item` is the question at fault, or empty for a whole quiz; `activity_key` the quiz, or empty for all of them.
    """

    class Action(models.TextChoices):
        RESCORE = "rescore", _("mark again by the newest key")
        DROP = "drop", _("leave the question out")

    State = RegradeState
    TRANSITIONS = {
        State.WAITING: {State.RUNNING, State.DONE},
        State.RUNNING: {State.DONE},
        State.DONE: set(),
    }

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="regrades"
    )
    item = models.ForeignKey(
        "assessments.Item", models.PROTECT, null=True, blank=True, related_name="regrades"
    )
    version = models.ForeignKey(
        "assessments.ItemVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    activity_key = models.UUIDField(null=True, blank=True)
    action = models.CharField(_("what is done"), max_length=8, choices=Action)
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=8, choices=RegradeState, default=RegradeState.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    last_attempt = models.PositiveBigIntegerField(default=0)  # where to go on

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("regrade")
        ordering = ["-created_at"]

    def __str__(self):
        return f"regrade {self.pk}"


class Change(Record):
    """An attempt whose result a regrade changed: before and after, in points."""

    regrade = models.ForeignKey(Regrade, models.PROTECT, related_name="changes")
    attempt = models.ForeignKey("assessments.Attempt", models.PROTECT, related_name="changes")
    score_before = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    maximum_before = models.DecimalField(max_digits=8, decimal_places=2)
    score_after = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    maximum_after = models.DecimalField(max_digits=8, decimal_places=2)

    objects = scoped("attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("changed result")
        constraints = [
            models.UniqueConstraint(fields=["regrade", "attempt"], name="change_once_an_attempt")
        ]

    def __str__(self):
        return f"change {self.pk}"


class Comment(models.Model):
    """A remark that a trainer keeps to use again when marking."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="marking_comments"
    )
    text = models.CharField(_("text"), max_length=500)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("comment to use again")
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "text"], name="comment_once_a_person")
        ]

    def __str__(self):
        return self.text[:60]


class Mark(Record):
    """What one person gave for an answer, per criterion of its rubric. The first one scores, a second is compared.

    `points` is {criterion id: points}, or {"": points} where there is no rubric.
    """

    item = models.ForeignKey("assessments.AttemptItem", models.PROTECT, related_name="marks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    points = models.JSONField()
    fraction = models.DecimalField(max_digits=7, decimal_places=6)
    comment = models.TextField(blank=True)
    suggested = models.DecimalField(max_digits=7, decimal_places=6, null=True, blank=True)
    is_second = models.BooleanField(default=False)
    marked_at = models.DateTimeField(default=timezone.now)

    objects = scoped("item__attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("mark")
        ordering = ["marked_at"]

    def __str__(self):
        return f"mark {self.pk}"
