"""Who takes part in a run, and how far they have come."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.domain import organisations_served_by
from lms.organisations.scoping import Record, scoped


class EnrolmentState(models.TextChoices):
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    COMPLETED = "completed", _("completed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class EnrolmentQuerySet(models.QuerySet):
    def live(self):
        """Those whose learner may go on reading."""
        return self.filter(state__in=[EnrolmentState.ACTIVE, EnrolmentState.COMPLETED])

    def visible_to(self, user):
        return self.filter(
            Q(user=user) | Q(organisation__in=organisations_served_by(user).values("pk"))
        )


class Enrolment(Record):
    """A learner in a run, on behalf of one organisation."""

    State = EnrolmentState
    TRANSITIONS = {
        State.ACTIVE: {State.SUSPENDED, State.COMPLETED, State.WITHDRAWN},
        State.SUSPENDED: {State.ACTIVE, State.WITHDRAWN},
        State.COMPLETED: set(),
        State.WITHDRAWN: {State.ACTIVE},
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments")
    run = models.ForeignKey("courses.CourseRun", models.PROTECT, related_name="enrolments")
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="enrolments"
    )
    state = models.CharField(
        _("state"), max_length=16, choices=EnrolmentState, default=EnrolmentState.ACTIVE
    )
    enrolled_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = scoped("organisation", EnrolmentQuerySet)

    class Meta:
        verbose_name = _("enrolment")
        ordering = ["-enrolled_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "run"], name="enrolment_once_a_run"),
            models.CheckConstraint(
                condition=~Q(state=EnrolmentState.COMPLETED) | Q(completed_at__isnull=False),
                name="enrolment_completed_has_time",
            ),
        ]

    def __str__(self):
        return f"enrolment {self.pk}"


class Progress(Record):
    """How far a learner is in one activity, by its stable key: a change of language loses nothing."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="progress")
    activity_key = models.UUIDField()
    started_at = models.DateTimeField(default=timezone.now)
    visited_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    position = models.CharField(
        max_length=64, blank=True, help_text="The block of a lesson that was last at the top"
    )

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("progress")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity_key"], name="progress_once_an_activity"
            )
        ]

    def __str__(self):
        return f"progress {self.pk}"
