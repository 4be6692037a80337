"""Attendance: who was there on which day, as it was noted; and the paper sheets it may be noted on."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.scoping import Record, scoped
from practicals.models.bookings import CODE_LETTERS, Booking
from practicals.models.sessions import PracticalSession, SessionDay


class How(models.TextChoices):
    LIST = "list", _("list")
    QR = "qr", _("QR code")
    PAPER = "paper", _("paper sheet")
    GROUP = "group", _("group screen")


class Attendance(Record):
    """One note that a person was, or was not, there. Appended; a newer one supersedes it, and none is overwritten.

    A note that nobody has confirmed yet counts for nothing. `uuid` is the noting device's, so that what is sent
    twice is kept once.
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="attendance")
    day = models.ForeignKey(SessionDay, models.PROTECT, related_name="attendance")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    is_present = models.BooleanField()
    is_confirmed = models.BooleanField(default=True)
    how = models.CharField(max_length=8, choices=How)
    at = models.DateTimeField(help_text="By the clock of the device that noted it")
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    is_current = models.BooleanField(default=True)

    objects = scoped("booking__enrolment__organisation")

    class Meta:
        verbose_name = _("attendance")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "day"],
                condition=Q(is_current=True),
                name="attendance_one_current",
            )
        ]

    def __str__(self):
        return f"attendance {self.pk}"

    @property
    def weight(self):
        """The note of most weight counts: confirmed before not, then the later, whatever came in first."""
        return self.is_confirmed, self.at, self.uuid.hex


def new_sheet_code():
    return "".join(secrets.choice(CODE_LETTERS) for _letter in range(5))


class PaperSheet(Record):
    """A printed list: its rows keep their numbers and people, whatever changes after printing."""

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="paper_sheets"
    )
    session = models.ForeignKey(PracticalSession, models.PROTECT, related_name="sheets")
    code = models.CharField(max_length=5, unique=True, default=new_sheet_code)
    bookings = models.JSONField(help_text="Ids of bookings, in the order of the rows")
    printed_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("paper sheet")
        ordering = ["-printed_at"]

    def __str__(self):
        return self.code
