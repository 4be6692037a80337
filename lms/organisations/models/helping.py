"""Help with accounts that two people give: a way back in, and two accounts made one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.models.organisations import Organisation
from lms.organisations.scoping import Record, scoped


class RecoveryState(models.TextChoices):
    REQUESTED = "requested", _("waits for a second helper")
    APPROVED = "approved", _("waits for the person's code")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    EXPIRED = "expired", _("expired")


class RecoveryQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=[RecoveryState.REQUESTED, RecoveryState.APPROVED])

    def visible_to(self, user):
        """Those that the person may help with, never one's own."""
        from lms.organisations.roles import organisations_where  # it reads these models

        helped = organisations_where(user, "organisations.recover_account")
        return self.filter(organisation__in=helped.values("pk")).exclude(user=user)


class Recovery(Record):
    """Help of two people for one who has lost every way into their account."""

    State = RecoveryState
    TRANSITIONS = {
        State.REQUESTED: {State.APPROVED, State.REFUSED, State.EXPIRED},
        State.APPROVED: {State.DONE, State.REFUSED, State.EXPIRED},
        State.DONE: set(),
        State.REFUSED: set(),
        State.EXPIRED: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="recoveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recoveries")
    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=254)
    reason = models.TextField()
    checked = models.TextField(help_text="How the helper made sure who the person is.")
    state = models.CharField(max_length=16, choices=RecoveryState, default=RecoveryState.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = scoped("organisation", RecoveryQuerySet)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=["requested", "approved"]),
                name="recovery_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(requested_by=F("user"))
                & (Q(decided_by__isnull=True) | ~Q(decided_by=F("user"))),
                name="recovery_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("requested_by"))),
                name="recovery_two_helpers",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_state_display()}"

    @property
    def is_over(self):
        return timezone.now() >= self.expires_at


class MergeQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(undone_at__isnull=True)


class Merge(Record):
    """Two accounts of one person made one. `moved` keeps every value that was changed, in order."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="merges")
    kept = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="merges_gone")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    moved = models.JSONField(default=list)
    left = models.JSONField(default=list)

    objects = scoped("organisation", MergeQuerySet)

    class Meta:
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="merge_once"
            ),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
        ]

    def __str__(self):
        return f"{self.merged_id} → {self.kept_id}"
