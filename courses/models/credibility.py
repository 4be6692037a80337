"""Evidence on how activities were done: answers to check questions, and what coordinators found out."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.enrolments import Enrolment, Progress
from lms.organisations.scoping import Record, scoped


class CheckAnswer(Record):
    """An answer to a lesson's check question. It brings no score; each is kept, and the newest is shown."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="check_answers")
    activity_key = models.UUIDField()
    block_id = models.CharField(max_length=64)
    choice = models.PositiveSmallIntegerField()
    is_right = models.BooleanField()
    answered_at = models.DateTimeField(default=timezone.now)

    objects = scoped("enrolment__organisation")

    class Meta:
        verbose_name = _("answer to a check question")
        ordering = ["answered_at", "pk"]
        indexes = [models.Index(fields=["enrolment", "activity_key"], name="check_answer_of")]

    def __str__(self):
        return f"check answer {self.pk}"


class PaceNoteState(models.TextChoices):
    OPEN = "open", _("open")
    EXPLAINED = "explained", _("explained")
    FOLLOW_UP = "follow_up", _("to be followed up")


class PaceNote(Record):
    """What a coordinator found out about an activity done very fast; appended, and the newest stands.

    It changes nothing for the learner: no completion is hidden or taken away by it.
    """

    State = PaceNoteState

    progress = models.ForeignKey(Progress, models.CASCADE, related_name="pace_notes")
    state = models.CharField(_("state"), max_length=12, choices=PaceNoteState)
    note = models.CharField(_("what you found"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = scoped("progress__enrolment__organisation")

    class Meta:
        verbose_name = _("note on pace")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"progress {self.progress_id}: {self.state}"
