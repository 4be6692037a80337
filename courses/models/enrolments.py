"""Who takes part in a run, and how far they have come."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.domain import organisations_served_by
from lms.organisations.scoping import Record, scoped


class EnrolmentState(models.TextChoices):
    NOMINATED = "nominated", _("nominated")
    APPROVED = "approved", _("approved")
    WAITLISTED = "waitlisted", _("on the waiting list")
    INVITED = "invited", _("invited")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    COMPLETED = "completed", _("completed")
    WITHDRAWN = "withdrawn", _("withdrawn")


SEATED = [
    EnrolmentState.APPROVED,
    EnrolmentState.INVITED,
    EnrolmentState.ACTIVE,
    EnrolmentState.SUSPENDED,
    EnrolmentState.COMPLETED,
]
LIVE = [EnrolmentState.ACTIVE, EnrolmentState.COMPLETED]
ASKED_FOR = [EnrolmentState.NOMINATED, EnrolmentState.WAITLISTED]


class EnrolmentQuerySet(models.QuerySet):
    def live(self):
        """Those whose learner may go on reading."""
        return self.filter(state__in=LIVE)

    def seated(self):
        """Those that hold one of the run's seats."""
        return self.filter(state__in=SEATED)

    def named(self):
        """Those whose learner the organisation may know by name."""
        return self.filter(is_named=True)

    def pending(self):
        """Those on their way in: nominated, approved, invited or waiting."""
        return self.filter(state__in=[*ASKED_FOR, EnrolmentState.APPROVED, EnrolmentState.INVITED])

    def visible_to(self, user):
        return self.filter(
            Q(user=user) | Q(organisation__in=organisations_served_by(user).values("pk"))
        )


class Enrolment(Record):
    """A learner in a run, on behalf of one organisation."""

    State = EnrolmentState
    TRANSITIONS = {
        State.NOMINATED: {State.APPROVED, State.WAITLISTED, State.WITHDRAWN},
        State.APPROVED: {State.INVITED, State.ACTIVE, State.WAITLISTED, State.WITHDRAWN},
        State.WAITLISTED: {State.APPROVED, State.ACTIVE, State.WITHDRAWN},
        State.INVITED: {State.ACTIVE, State.WITHDRAWN},
        State.ACTIVE: {State.SUSPENDED, State.COMPLETED, State.WITHDRAWN},
        State.SUSPENDED: {State.ACTIVE, State.WITHDRAWN},
        State.COMPLETED: set(),
        State.WITHDRAWN: {State.NOMINATED, State.WAITLISTED, State.INVITED, State.ACTIVE},
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="enrolments")
    run = models.ForeignKey("courses.CourseRun", models.PROTECT, related_name="enrolments")
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="enrolments"
    )
    cohort = models.ForeignKey(
        "courses.Cohort", models.PROTECT, null=True, blank=True, related_name="enrolments"
    )
    state = models.CharField(
        _("state"), max_length=16, choices=EnrolmentState, default=EnrolmentState.ACTIVE
    )
    rank = models.PositiveIntegerField(
        null=True, blank=True, help_text="Place on the waiting list as selected; nulls come last"
    )
    enrolled_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    is_named = models.BooleanField(
        default=True,
        help_text="No: an address was invited whose owner the organisation learns from their taking part alone",
    )

    objects = scoped("organisation", EnrolmentQuerySet)

    class Meta:
        verbose_name = _("enrolment")
        ordering = ["-enrolled_at", "-pk"]
        indexes = [
            # lists of staff, page after page by key
            models.Index(fields=["organisation", "-enrolled_at", "-id"], name="enrolment_newest"),
            models.Index(fields=["-enrolled_at", "-id"], name="enrolment_newest_of_all"),
            models.Index(fields=["run", "state"], name="enrolment_run_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "run"], name="enrolment_once_a_run"),
            models.CheckConstraint(
                condition=~Q(state=EnrolmentState.COMPLETED) | Q(completed_at__isnull=False),
                name="enrolment_completed_has_time",
            ),
        ]

    def __str__(self):
        return f"enrolment {self.pk}"


class EnrolmentChange(Record):
    """Who moved an enrolment to a state, when and why; appended, never changed."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="history")
    state = models.CharField(max_length=16, choices=EnrolmentState)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("change of an enrolment")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"enrolment {self.enrolment_id}: {self.state}"


class Extension(Record):
    """More time for one learner, for an activity or, with no key, for the whole run."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="extensions")
    activity_key = models.UUIDField(null=True, blank=True)
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("extension")
        ordering = ["-given_at", "-pk"]

    def __str__(self):
        return f"enrolment {self.enrolment_id} until {self.until}"


class Pace(models.TextChoices):
    """What the time on an activity says of how it was done: courses/domain/plausibility.py."""

    PLAUSIBLE = "plausible", _("plausible")
    QUICK = "quick", _("quick")
    IMPLAUSIBLE = "implausible", _("hardly possible")


CONSPICUOUS = [Pace.QUICK, Pace.IMPLAUSIBLE]


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
    days = models.PositiveSmallIntegerField(
        default=1, help_text="Different days on which it was opened"
    )
    active_seconds = models.PositiveIntegerField(
        null=True,  # not measured: no JavaScript, or no lesson
        blank=True,
        help_text="How long its page was in front, as the browser tells",
    )
    pace = models.CharField(
        max_length=12,
        choices=Pace,
        blank=True,
        help_text="Judged when completed; empty: not judged",
    )
    elapsed_seconds = models.PositiveIntegerField(
        null=True,  # not completed, or completed without a visit here
        blank=True,
        help_text="From the first visit to completion",
    )
    least_seconds = models.PositiveIntegerField(
        null=True,  # not judged
        blank=True,
        help_text="What the model asked for when it judged",
    )

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("progress")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity_key"], name="progress_once_an_activity"
            )
        ]
        indexes = [
            # the coordinator's list of what was done very fast, page after page by key
            models.Index(
                fields=["-completed_at", "-id"],
                condition=Q(pace__in=CONSPICUOUS),
                name="progress_conspicuous",
            ),
        ]

    def __str__(self):
        return f"progress {self.pk}"

    @property
    def observed_seconds(self):
        """What was judged: the page in front where that was measured, else from first visit to completion."""
        return self.elapsed_seconds if self.active_seconds is None else self.active_seconds

    @property
    def entry(self):
        """The outline's entry in the edition that the run pins now, or None."""
        return self.enrolment.run.edition.activity(str(self.activity_key))
