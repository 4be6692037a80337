"""What trainers see and write about learners' labs: progress, comments, marks by hand, re-marks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.models.launches import Workspace
from labs.models.submissions import GradeRun, Submission
from lms.organisations.scoping import Record, scoped


class WorkspaceProgress(Record):
    """What was last seen of the answers in a workspace; overwritten each time somebody looks.

    `tasks` is {task: {"digest", "begun_at", "changed_at"}} of those whose answer is not the stub.
    """

    workspace = models.OneToOneField(Workspace, models.PROTECT, related_name="progress")
    tasks = models.JSONField(default=dict)
    changed_at = models.DateTimeField(null=True, blank=True)
    running_at = models.DateTimeField(
        null=True, blank=True, help_text="When the learner's server was last found running"
    )

    objects = scoped("workspace__enrolment__organisation")

    class Meta:
        verbose_name = _("progress in a lab")
        verbose_name_plural = _("progress in labs")

    def __str__(self):
        return f"progress in workspace {self.workspace_id}"


class LabComment(Record):
    """A trainer's remark on a submission, or on one of its cells if `cell` names one."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="comments")
    cell = models.CharField(max_length=100, blank=True)
    text = models.TextField(_("comment"), max_length=5000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = scoped("submission__workspace__enrolment__organisation")

    class Meta:
        verbose_name = _("comment on a lab")
        verbose_name_plural = _("comments on labs")
        ordering = ["written_at", "pk"]

    def __str__(self):
        return f"comment {self.pk}"


class HandMark(Record):
    """What a person gave for one cell of a submission. Appended; the newest counts.

    `levels` is the place of the level chosen for each criterion of the rubric. A mark whose answer
    is handed in again unchanged is carried over to the new submission.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="hand_marks")
    cell = models.CharField(max_length=100)
    levels = models.JSONField(default=list)
    points = models.DecimalField(max_digits=7, decimal_places=2)
    maximum = models.DecimalField(max_digits=7, decimal_places=2)
    comment = models.TextField(_("comment"), max_length=5000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to"
    )

    objects = scoped("submission__workspace__enrolment__organisation")

    class Meta:
        verbose_name = _("mark by hand")
        verbose_name_plural = _("marks by hand")
        ordering = ["-marked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=F("maximum")),
                name="hand_mark_within_maximum",
            ),
        ]

    def __str__(self):
        return f"mark by hand {self.pk}"


class RemarkState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("dry run going on")
    FORESEEN = "foreseen", _("dry run done")
    APPLYING = "applying", _("being applied")
    DONE = "done", _("applied")
    DROPPED = "dropped", _("dropped")


class RemarkQuerySet(models.QuerySet):
    def going_on(self):
        return self.filter(
            state__in=[RemarkState.WAITING, RemarkState.RUNNING, RemarkState.APPLYING]
        )


class Remark(Record):
    """A decision that a lab's submissions are marked again by a release: foreseen, then applied.

    `run` is empty where it is about all runs that the organisation's learners take part in.
    """

    State = RemarkState
    TRANSITIONS = {
        State.WAITING: {State.RUNNING, State.DROPPED},
        State.RUNNING: {State.FORESEEN, State.DROPPED},
        State.FORESEEN: {State.APPLYING, State.DROPPED},
        State.APPLYING: {State.DONE},
        State.DONE: set(),
        State.DROPPED: set(),
    }

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="remarks"
    )
    activity_key = models.UUIDField()
    run = models.ForeignKey(
        "courses.CourseRun", models.PROTECT, null=True, blank=True, related_name="remarks"
    )
    release = models.ForeignKey("labs.LabRelease", models.PROTECT, related_name="remarks")
    state = models.CharField(
        _("state"), max_length=8, choices=RemarkState, default=RemarkState.WAITING
    )
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    may_fall = models.BooleanField(_("lower results too"), default=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = scoped("organisation", RemarkQuerySet)

    class Meta:
        verbose_name = _("re-mark")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["applying", "done"])
                | (Q(applied_by__isnull=False) & ~Q(reason="")),
                name="remark_applied_with_reason",
            ),
        ]

    def __str__(self):
        return f"re-mark {self.pk}"

    @property
    def is_going_on(self):
        return self.state in {RemarkState.WAITING, RemarkState.RUNNING, RemarkState.APPLYING}


class Decision(models.TextChoices):
    OPEN = "", _("open")
    APPLIED = "applied", _("marked again")
    SAME = "same", _("nothing changed")
    KEPT = "kept", _("kept: it would have fallen")
    STALE = "stale", _("kept: marked anew since the dry run")
    FAILED = "failed", _("could not be marked")


class RemarkedSubmission(Record):
    """What a re-mark makes of one submission: found in the dry run, then decided."""

    Decision = Decision

    remark = models.ForeignKey(Remark, models.PROTECT, related_name="rows")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="remarkings")
    before = models.ForeignKey(GradeRun, models.PROTECT, related_name="+")
    checks = models.JSONField(default=list)
    cells = models.JSONField(default=list)
    output = models.TextField(blank=True)
    seconds = models.FloatField(default=0)
    decision = models.CharField(max_length=8, choices=Decision, blank=True, default=Decision.OPEN)
    grade_run = models.OneToOneField(
        GradeRun, models.PROTECT, null=True, blank=True, related_name="remarking"
    )

    objects = scoped("submission__workspace__enrolment__organisation")

    class Meta:
        verbose_name = _("submission marked again")
        verbose_name_plural = _("submissions marked again")
        constraints = [
            models.UniqueConstraint(
                fields=["remark", "submission"], name="remarked_submission_once"
            ),
        ]

    def __str__(self):
        return f"submission {self.submission_id} in re-mark {self.remark_id}"


class RemarkChange(Record):
    """A learner whose result a re-mark changed: before and after, in points."""

    remark = models.ForeignKey(Remark, models.PROTECT, related_name="changes")
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="remark_changes")
    score_before = models.DecimalField(max_digits=7, decimal_places=2)
    maximum_before = models.DecimalField(max_digits=7, decimal_places=2)
    score_after = models.DecimalField(max_digits=7, decimal_places=2)
    maximum_after = models.DecimalField(max_digits=7, decimal_places=2)

    objects = scoped("workspace__enrolment__organisation")

    class Meta:
        verbose_name = _("result changed by a re-mark")
        verbose_name_plural = _("results changed by re-marks")
        constraints = [
            models.UniqueConstraint(
                fields=["remark", "workspace"], name="remark_change_once_a_workspace"
            ),
        ]

    def __str__(self):
        return f"change of workspace {self.workspace_id} by re-mark {self.remark_id}"
