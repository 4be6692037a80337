"""Who may run how much, who waits for a place, and each run of a server."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.models.launches import LabIdentity, Workspace
from lms.organisations.roles import organisations_where
from lms.organisations.scoping import Record, scoped


class Fleet(models.Model):
    """The one row that is held while places are counted and given, so that none is given twice.

    `others` are servers that stand for no learner's session: those in which labs are written.
    """

    others = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("labs' places")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="fleet_is_one")]

    def __str__(self):
        return "places of the labs"


class LabQuota(Record):
    """What a cohort's labs may take. Empty: as the platform's settings say."""

    cohort = models.OneToOneField("courses.Cohort", models.CASCADE, related_name="lab_quota")
    places = models.PositiveSmallIntegerField(
        _("labs at once"),
        null=True,  # no number is the platform's, and 0 closes the labs to the cohort
        blank=True,
        help_text=_("How many of the cohort may have a lab open at the same time. 0: none."),
    )
    memory_mb = models.PositiveIntegerField(
        _("memory of a lab at most, in MB"),
        null=True,  # no number is the platform's
        blank=True,
        validators=[MinValueValidator(256)],
    )
    cpus = models.DecimalField(
        _("processors of a lab at most"),
        max_digits=4,
        decimal_places=1,
        null=True,  # no number is the platform's
        blank=True,
        validators=[MinValueValidator(Decimal("0.1")), MaxValueValidator(64)],
    )
    hours_monthly = models.PositiveIntegerField(
        _("hours a month"),
        null=True,  # no number is the platform's
        blank=True,
        help_text=_("Hours of all the cohort's labs together in a calendar month."),
    )
    hours_in_all = models.PositiveIntegerField(
        _("hours in all"),
        null=True,  # no number is no limit
        blank=True,
        help_text=_("Hours of all the cohort's labs together, from first to last."),
    )

    objects = scoped("cohort__organisation")

    class Meta:
        verbose_name = _("quota of labs")
        constraints = [
            models.CheckConstraint(
                condition=Q(memory_mb__isnull=True) | Q(memory_mb__gte=256),
                name="lab_quota_enough_memory",
            ),
            models.CheckConstraint(
                condition=Q(cpus__isnull=True) | Q(cpus__gt=0), name="lab_quota_some_cpu"
            ),
        ]

    def __str__(self):
        return f"quota of cohort {self.cohort_id}"


class LabClass(Record):
    """A time at which a run's learners use a lab together: places are kept and servers started."""

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="lab_classes"
    )
    run = models.ForeignKey("courses.CourseRun", models.PROTECT, related_name="lab_classes")
    cohort = models.ForeignKey(
        "courses.Cohort", models.CASCADE, null=True, blank=True, related_name="lab_classes"
    )
    activity_key = models.UUIDField()
    starts_at = models.DateTimeField(_("starts at"))
    minutes_ahead = models.PositiveSmallIntegerField(
        _("minutes ahead"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("How long before the class its places are kept and its labs started."),
    )
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("class in a lab")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "run", "cohort", "activity_key", "starts_at"],
                name="lab_class_once_a_cohort",
            ),
            models.UniqueConstraint(
                fields=["organisation", "run", "activity_key", "starts_at"],
                condition=Q(cohort__isnull=True),
                name="lab_class_once_a_run",
            ),
            models.CheckConstraint(
                condition=Q(minutes_ahead__gte=1, minutes_ahead__lte=60),
                name="lab_class_minutes_ahead",
            ),
        ]

    def __str__(self):
        return f"class {self.pk} of run {self.run_id}"


class Why(models.TextChoices):
    """Why a server ended."""

    STOPPED = "stopped", _("stopped")
    IDLE = "idle", _("not used for a while")
    OLD = "old", _("its time was over")
    MEMORY = "memory", _("took more memory than it had")
    DISK = "disk", _("took more disk than it had")
    NO_GRANT = "no_grant", _("access ended")
    UNKNOWN = "unknown", _("not known")


class LabSessionQuerySet(models.QuerySet):
    def open(self):
        """Those that hold a place: a server runs, starts or is being stopped."""
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user):
        served = organisations_where(user, "labs.view_fleet").values("pk")
        return self.filter(
            Q(workspace__enrolment__user=user) | Q(workspace__enrolment__organisation__in=served)
        )


class LabSession(Record):
    """One run of a learner's server, from the place they were given to the server's end.

    `stop_asked_at` on an open one is the promise to end it: it is tried until the Hub has done it.
    """

    identity = models.ForeignKey(LabIdentity, models.PROTECT, related_name="sessions")
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="sessions")
    cohort = models.ForeignKey(
        "courses.Cohort",
        models.PROTECT,
        null=True,  # learners need not be in one
        blank=True,
        related_name="lab_sessions",
        help_text="As it was then: who moves on leaves the cost where it arose",
    )
    memory_mb = models.PositiveIntegerField(help_text="What it was given")
    cpus = models.DecimalField(max_digits=4, decimal_places=1, default=1)
    until = models.DateTimeField(help_text="When it is ended, whatever happens")
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    active_at = models.DateTimeField(null=True, blank=True, help_text="As the Hub last told")
    memory_now_mb = models.PositiveIntegerField(null=True, blank=True)
    memory_peak_mb = models.PositiveIntegerField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    stop_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stop_why = models.CharField(max_length=16, choices=Why, blank=True)
    stop_reason = models.CharField(_("reason"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    why_ended = models.CharField(_("why it ended"), max_length=16, choices=Why, blank=True)

    objects = scoped("workspace__enrolment__organisation", LabSessionQuerySet)

    class Meta:
        verbose_name = _("session of a lab")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(
                fields=["cohort", "started_at"], name="lab_session_of_cohort"
            ),  # what a month cost
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["identity"],
                condition=Q(ended_at__isnull=True),
                name="lab_session_one_open",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, why_ended="")
                | Q(ended_at__isnull=False) & ~Q(why_ended=""),
                name="lab_session_ended_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"session {self.pk}"

    @property
    def organisation_id(self):
        return self.workspace.enrolment.organisation_id


class TurnOutcome(models.TextChoices):
    """What became of a place in line."""

    TAKEN = "taken", _("taken")
    LOST = "lost", _("did not come")
    LEFT = "left", _("left")


class LabTurnQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at__isnull=True)

    def waiting(self):
        """Those in line, first first: classes before single learners."""
        return (
            self.open()
            .filter(called_at__isnull=True)
            .order_by(models.F("lab_class__starts_at").asc(nulls_last=True), "asked_at", "pk")
        )

    def called(self):
        """Those for whom a place is kept until they come."""
        return self.open().filter(called_at__isnull=False)


class LabTurn(Record):
    """Somebody's place in the line for a server, from asking for one to having it or going away."""

    identity = models.ForeignKey(LabIdentity, models.PROTECT, related_name="turns")
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="turns")
    lab_class = models.ForeignKey(
        LabClass, models.SET_NULL, null=True, blank=True, related_name="turns"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    called_at = models.DateTimeField(null=True, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True, help_text="The place is kept till then")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=TurnOutcome, blank=True)
    session = models.OneToOneField(
        LabSession, models.SET_NULL, null=True, blank=True, related_name="turn"
    )

    objects = scoped("workspace__enrolment__organisation", LabTurnQuerySet)

    class Meta:
        verbose_name = _("turn")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["identity"],
                condition=Q(closed_at__isnull=True),
                name="lab_turn_one_open",
            ),
            models.CheckConstraint(
                condition=Q(called_at__isnull=True, lapses_at__isnull=True)
                | Q(called_at__isnull=False, lapses_at__isnull=False),
                name="lab_turn_called_lapses",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | Q(closed_at__isnull=False) & ~Q(outcome=""),
                name="lab_turn_closed_with_outcome",
            ),
        ]

    def __str__(self):
        return f"turn {self.pk}"
