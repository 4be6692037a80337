"""Releases: awards that one person prepares and another releases."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.scoping import Record, scoped


class ReleaseState(models.TextChoices):
    OPEN = "open", _("waiting for the second person")
    RELEASED = "released", _("released")
    DISCARDED = "discarded", _("sent back")


class ReleaseQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=ReleaseState.OPEN)


class Release(Record):
    """A list of awards between its two signatures."""

    State = ReleaseState
    TRANSITIONS = {
        State.OPEN: {State.RELEASED, State.DISCARDED},
        State.RELEASED: set(),
        State.DISCARDED: set(),
    }

    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        related_name="releases",
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=ReleaseState,
        default=ReleaseState.OPEN,
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="releases_prepared",
    )
    prepared_at = models.DateTimeField(default=timezone.now)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,  # until the second person signs
        blank=True,
        related_name="releases_released",
    )
    released_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("why it was sent back"), max_length=300, blank=True)

    objects = scoped("organisation", ReleaseQuerySet)

    class Meta:
        verbose_name = _("release")
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("prepared_by")),
                name="release_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReleaseState.RELEASED)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="release_released_has_second_person",
            ),
        ]

    def __str__(self):
        return f"release {self.pk}"
