"""Seats of a run, given to a country and shared down its institutions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.scoping import Record, scoped


class SeatAllocation(Record):
    """How many seats of a run an organisation has; what it shares further comes out of its own."""

    run = models.ForeignKey("courses.CourseRun", models.PROTECT, related_name="seat_allocations")
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="seat_allocations"
    )
    source = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="shares")
    seats = models.PositiveIntegerField(_("seats"))
    release_on = models.DateField(
        _("unused seats go back on"),
        null=True,
        blank=True,
        help_text=_("Empty: they stay until the run ends."),
    )
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    objects = scoped("organisation")

    class Meta:
        verbose_name = _("seats")
        verbose_name_plural = _("seats")
        ordering = ["organisation__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "organisation"], name="seats_once_an_organisation"
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True) | ~Q(source=models.F("pk")),
                name="seats_not_from_themselves",
            ),
        ]

    def __str__(self):
        return f"{self.seats} seats of run {self.run_id}"
