"""The attempt ledger: architecture, protocol 3. Responses and outcomes are appended, never changed."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.domain import organisations_served_by
from lms.organisations.models import Role
from lms.organisations.scoping import Record, scoped


class AttemptState(models.TextChoices):
    IN_PROGRESS = "in_progress", _("in progress")
    SCORED = "scored", _("scored")
    VOID = "void", _("void")


class AttemptQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=AttemptState.IN_PROGRESS)

    def visible_to(self, user):
        taught = organisations_served_by(user, [Role.INSTRUCTOR, Role.ADMINISTRATOR])
        return self.filter(
            Q(enrolment__user=user) | Q(enrolment__organisation__in=taught.values("pk"))
        )


class Attempt(Record):
    """A learner's try. `form` lists the drawn items' identifiers; `revision_id` pins their words and keys."""

    State = AttemptState
    TRANSITIONS = {
        State.IN_PROGRESS: {State.SCORED, State.VOID},
        State.SCORED: {State.VOID},
        State.VOID: set(),
    }

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="attempts")
    activity_key = models.UUIDField()
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=32)
    form = models.JSONField()
    state = models.CharField(max_length=16, choices=AttemptState, default=AttemptState.IN_PROGRESS)
    started_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = scoped("enrolment__organisation", AttemptQuerySet)

    class Meta:
        verbose_name = _("attempt")
        ordering = ["enrolment", "activity_key", "-number"]
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
        ]

    def __str__(self):
        return f"attempt {self.pk}"


class Response(Record):
    """What was entered for one item; the newest counts. `client_id` makes a repeated sending harmless."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="responses")
    item = models.CharField(max_length=64)
    value = models.JSONField(null=True)
    client_id = models.UUIDField(default=uuid.uuid4)
    received_at = models.DateTimeField(default=timezone.now)

    objects = scoped("attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("response")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "client_id"], name="response_stored_once")
        ]

    def __str__(self):
        return f"response {self.pk}"


class Outcome(Record):
    """What scoring yielded for one item: `score` of at most 1."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="outcomes")
    item = models.CharField(max_length=64)
    score = models.DecimalField(max_digits=6, decimal_places=4)
    scored_at = models.DateTimeField(default=timezone.now)

    objects = scoped("attempt__enrolment__organisation")

    class Meta:
        verbose_name = _("outcome")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "item"], name="outcome_once_an_item")
        ]

    def __str__(self):
        return f"outcome {self.pk}"
