"""Earlier states of learners' notebooks, kept outside the sandbox that could lose them."""

import gzip
from hashlib import sha256

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from labs.models.launches import Workspace
from lms.organisations.scoping import Record, scoped


class SaveReason(models.TextChoices):
    CHANGED = "changed", _("saved in the lab")
    TYPED = "typed", _("saved on the light page")
    HANDED_IN = "handed_in", _("handed in")
    BEFORE_RESTORE = "before_restore", _("before an earlier save came back")
    BEFORE_RESET = "before_reset", _("before the reset")


class Save(Record):
    """A notebook as it was. The same content is kept once: met again, it only becomes the newest."""

    Reason = SaveReason

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="saves")
    sha256 = models.CharField(max_length=64)
    packed = models.BinaryField()
    packed_bytes = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    answered = models.PositiveSmallIntegerField(default=0)
    answers = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(
        _("why"), max_length=16, choices=SaveReason, default=SaveReason.CHANGED
    )
    # as the learner's file says; only to see whether it changed
    modified_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = scoped("workspace__enrolment__organisation")

    class Meta:
        verbose_name = _("save")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sha256"], name="save_once_a_content"),
        ]
        indexes = [models.Index(fields=["workspace", "-saved_at"], name="save_by_time")]

    def __str__(self):
        return f"save {self.pk}"

    @property
    def content(self) -> bytes:
        return gzip.decompress(bytes(self.packed))

    @staticmethod
    def pack(content: bytes) -> dict:
        """The fields that hold `content`; the same bytes always give the same."""
        packed = gzip.compress(content, mtime=0)
        return {
            "sha256": sha256(content).hexdigest(),
            "packed": packed,
            "packed_bytes": len(packed),
            "size": len(content),
        }
