"""The attempt ledger: architecture, protocol 3. Responses and outcomes are appended, never changed."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import organisations_where
from lms.organisations.scoping import Record, scoped


class AttemptState(models.TextChoices):
    IN_PROGRESS = "in_progress", _("in progress")
    SUBMITTED = "submitted", _("handed in, waits for marking")
    SCORED = "scored", _("marked")
    VOID = "void", _("void")


class AttemptQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=AttemptState.IN_PROGRESS)

    def closed(self):
        return self.filter(state__in=[AttemptState.SUBMITTED, AttemptState.SCORED])

    def visible_to(self, user):
        taught = organisations_where(user, "assessments.view_attempt")
        return self.filter(
            Q(enrolment__user=user) | Q(enrolment__organisation__in=taught.values("pk"))
        )


class Attempt(Record):
    """A learner's try. Its items pin the versions it asks; `revision` pins the quiz's rules.

    `epoch` counts the devices it was opened on: an answer of a later device goes before one of an earlier.
    """

    State = AttemptState
    TRANSITIONS = {
        State.IN_PROGRESS: {State.SUBMITTED, State.SCORED, State.VOID},
        State.SUBMITTED: {State.SCORED, State.VOID},
        State.SCORED: {State.SCORED, State.SUBMITTED, State.VOID},  # a regrade
        State.VOID: set(),
    }

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="attempts")
    activity_key = models.UUIDField()
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    language = models.CharField(max_length=8)
    number = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=AttemptState, default=AttemptState.IN_PROGRESS)
    epoch = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=12, blank=True)
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField(max_digits=8, decimal_places=2)

    objects = scoped("enrolment__organisation", AttemptQuerySet)

    class Meta:
        verbose_name = _("attempt")
        ordering = ["enrolment", "activity_key", "-number"]
        indexes = [
            models.Index(fields=["activity_key", "state"], name="attempt_by_quiz"),
            models.Index(
                fields=["deadline_at"],
                condition=Q(state="in_progress"),
                name="attempt_open_deadline",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity_key", "number"], name="attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "activity_key"],
                condition=Q(state=AttemptState.IN_PROGRESS),
                name="attempt_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AttemptState.IN_PROGRESS, AttemptState.VOID])
                | Q(submitted_at__isnull=False),
                name="attempt_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=AttemptState.SCORED) | Q(score__isnull=False),
                name="attempt_scored_has_score",
            ),
        ]

    def __str__(self):
        return f"attempt {self.pk}"

    @property
    def percent(self):
        """Whole per cent of the points, rounded half up; None until it is marked."""
        if self.score is None:
            return None
        return int(100 * self.score / self.maximum + Decimal("0.5")) if self.maximum else 100


class AttemptItem(Record):
    """One item of an attempt, at `position` from 1: fixed at the start, whatever becomes of the bank."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    section = models.PositiveSmallIntegerField(default=0)
    version = models.ForeignKey("assessments.ItemVersion", models.PROTECT, related_name="asked")
    maximum = models.DecimalField(max_digits=6, decimal_places=2)

    objects = scoped("attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("question of an attempt")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="attempt_item_position")
        ]

    def __str__(self):
        return f"question {self.position} of attempt {self.attempt_id}"


class AttemptDevice(Record):
    """A browser that an attempt was opened on, by a random id of its own making."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="devices")
    device = models.UUIDField()
    epoch = models.PositiveSmallIntegerField()
    user_agent = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = scoped("attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("device")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "device"], name="device_once_an_attempt")
        ]

    def __str__(self):
        return f"device {self.epoch} of attempt {self.attempt_id}"


class ResponseType(models.TextChoices):
    ANSWER = "answer", _("answer")
    CHECK = "check", _("answer sent for feedback")
    FLAG = "flag", _("flag")
    AWAY = "away", _("left the page")
    SUBMIT = "submit", _("hand in")


class Response(Record):
    """What a device sent, once for each (device, seq). The newest accepted answer, by (epoch, seq), counts.

    `claimed_at` is when the device says it was given, bounded by what the server knows; `is_accepted` is false
    for what came when nothing could be taken any more: kept for the trainer. `is_late` came after the deadline
    and its grace, within the late window.
    """

    Type = ResponseType

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="responses")
    device = models.ForeignKey(AttemptDevice, models.PROTECT, related_name="responses")
    epoch = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField()
    client_id = models.UUIDField(null=True, blank=True)  # of a plain form, which has no seq
    type = models.CharField(max_length=8, choices=ResponseType, default=ResponseType.ANSWER)
    item = models.ForeignKey(
        AttemptItem, models.PROTECT, null=True, blank=True, related_name="responses"
    )
    value = models.JSONField(null=True)
    certainty = models.PositiveSmallIntegerField(null=True, blank=True)
    claimed_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(default=timezone.now)
    is_late = models.BooleanField(default=False)
    is_accepted = models.BooleanField(default=True)

    objects = scoped("attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("response")
        ordering = ["epoch", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["device", "seq"], name="response_stored_once"),
            models.UniqueConstraint(
                fields=["attempt", "client_id"],
                condition=Q(client_id__isnull=False),
                name="response_form_stored_once",
            ),
            models.CheckConstraint(
                condition=Q(certainty__isnull=True) | Q(certainty__gte=1, certainty__lte=3),
                name="response_certainty_1_to_3",
            ),
        ]

    def __str__(self):
        return f"response {self.pk}"


def answer_files():
    """Where handed-in files lie: never below the public media."""
    return FileSystemStorage(location=settings.DATA_DIR / "answers")


def answer_path(stored, _name):
    return f"{stored.attempt.uuid}/{stored.sha256}"


class AnswerFile(Record):
    """A file handed in with an attempt, kept once for each content, whatever its name says of it."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=answer_files, upload_to=answer_path, max_length=200)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    bytes = models.PositiveIntegerField()
    stored_at = models.DateTimeField(auto_now_add=True)

    objects = scoped("attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("handed-in file")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "sha256"], name="answer_file_once")
        ]

    def __str__(self):
        return f"file {self.pk} of attempt {self.attempt_id}"


class Outcome(Record):
    """What scoring yielded for one item. A newer one supersedes it; none is overwritten.

    `fraction` is of the item's points, before tries and certainty; `score` is in points, after them.
    """

    class Source(models.TextChoices):
        MACHINE = "machine", _("by the machine")
        PERSON = "person", _("by a person")
        REGRADE = "regrade", _("marked again")

    item = models.ForeignKey(AttemptItem, models.PROTECT, related_name="outcomes")
    version = models.ForeignKey(
        "assessments.ItemVersion", models.PROTECT, related_name="+"
    )  # scored by: a regrade may use a newer key
    verdict = models.CharField(max_length=12)
    fraction = models.DecimalField(max_digits=7, decimal_places=6)
    score = models.DecimalField(max_digits=9, decimal_places=4)
    parts = models.JSONField(default=dict)
    scorer_version = models.PositiveSmallIntegerField(default=1)
    source = models.CharField(max_length=8, choices=Source, default=Source.MACHINE)
    comment = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    scored_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)

    objects = scoped("item__attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("outcome")
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_current=True), name="outcome_one_current"
            ),
            models.CheckConstraint(
                condition=Q(fraction__gte=-1, fraction__lte=1), name="outcome_fraction_bounded"
            ),
        ]

    def __str__(self):
        return f"outcome {self.pk}"
