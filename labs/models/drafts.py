"""Drafts of a lab's notebook, and the checks of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.models.labs import LabPage, LabRelease


class Origin(models.TextChoices):
    UPLOAD = "upload", _("uploaded")
    HUB = "hub", _("taken over from the Hub")


class LabDraft(models.Model):
    """A version of a lab's notebook and data on its way to learners.

    What it holds is a release already, frozen when the draft was made; learners meet it once the
    draft is published with its page.
    """

    page = models.ForeignKey(LabPage, models.CASCADE, related_name="drafts")
    number = models.PositiveIntegerField(_("version"))
    release = models.ForeignKey(LabRelease, models.PROTECT, related_name="drafts")
    origin = models.CharField(_("origin"), max_length=8, choices=Origin, default=Origin.UPLOAD)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("draft of a lab")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="lab_draft_number_once"),
        ]

    def __str__(self):
        return f"draft {self.number} of lab {self.page_id}"


class CheckState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be run")


class LabCheck(models.Model):
    """One trial of a draft in the sandbox: the author's solutions, and the notebook as released.

    `solution` and `bare` are what marking said of each: {"checks", "cells", "seconds", "peak_mb"}.
    """

    State = CheckState
    TRANSITIONS = {
        State.WAITING: {State.RUNNING},
        # back to waiting: the worker that ran it died
        State.RUNNING: {State.DONE, State.FAILED, State.WAITING},
        State.DONE: set(),
        State.FAILED: set(),
    }

    draft = models.ForeignKey(LabDraft, models.CASCADE, related_name="checks")
    state = models.CharField(
        _("state"), max_length=8, choices=CheckState, default=CheckState.WAITING
    )
    solution = models.JSONField(default=dict)
    bare = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("check of a lab")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft"],
                condition=Q(state__in=["waiting", "running"]),
                name="lab_check_one_waiting",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False),
                name="lab_check_running_has_time",
            ),
        ]

    def __str__(self):
        return f"check {self.pk}"

    @property
    def is_waiting(self):
        return self.state in {CheckState.WAITING, CheckState.RUNNING}
