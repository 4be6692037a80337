"""The award ledger: architecture, protocol 5. An award is a decision; its words are frozen."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import organisations_where
from lms.organisations.scoping import Record, scoped

PUBLIC_ID_BYTES = 16  # 128 bits: certificates cannot be counted through


def new_public_id():
    return secrets.token_hex(PUBLIC_ID_BYTES)


class AwardState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    RELEASED = "released", _("valid")
    REVOKED = "revoked", _("void")
    SUPERSEDED = "superseded", _("replaced")
    EXPIRED = "expired", _("expired")


class RevocationReason(models.TextChoices):
    ERROR = "error", _("issued in error")
    MISCONDUCT = "misconduct", _("conditions were not met, or misconduct")
    HOLDER = "holder", _("at the holder's request")
    OTHER = "other", _("another reason")


class AwardQuerySet(models.QuerySet):
    def waiting(self):
        """Proposed, and in no release yet."""
        return self.filter(state=AwardState.PROPOSED, release__isnull=True)

    def issued(self):
        """Those that bear a serial, whatever became of them."""
        return self.exclude(state=AwardState.PROPOSED)

    def within(self, organisation):
        return self.filter(enrolment__organisation__path__startswith=organisation.path)

    def with_facts(self):
        return self.select_related(
            "achievement__issuer",
            "achievement__course",
            "achievement__programme",
            "enrolment__user",
            "enrolment__run",
            "enrolment__organisation",
        )

    def visible_to(self, user):
        served = organisations_where(user, "certification.view_award")
        return self.filter(
            Q(enrolment__user=user) | Q(enrolment__organisation__in=served.values("pk")),
        )


class Award(Record):
    """Our decision that a person earned an achievement in a run.

    `snapshot` holds every word of the certificate from the moment of release, `snapshot_sha256` its
    hash, and `qr` the signed claims that the certificate's QR code carries.
    """

    State = AwardState
    TRANSITIONS = {
        State.PROPOSED: {State.RELEASED},
        State.RELEASED: {State.REVOKED, State.SUPERSEDED, State.EXPIRED},
        State.EXPIRED: {State.REVOKED, State.SUPERSEDED},
        State.REVOKED: set(),
        State.SUPERSEDED: set(),
    }

    achievement = models.ForeignKey(
        "certification.Achievement",
        models.PROTECT,
        related_name="awards",
    )
    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="awards")
    release = models.ForeignKey(
        "certification.Release",
        models.PROTECT,
        null=True,  # none until someone prepares one
        blank=True,
        related_name="awards",
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,  # a first award replaces nothing
        blank=True,
        related_name="replaced_by",
    )
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=AwardState,
        default=AwardState.PROPOSED,
    )
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    serial = models.CharField(
        _("serial number"),
        max_length=24,
        unique=True,
        null=True,  # given on release; unique, so not blank
        blank=True,
    )
    snapshot = models.JSONField(default=dict, blank=True)
    snapshot_sha256 = models.CharField(max_length=64, blank=True)
    qr = models.TextField(blank=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    revocation_reason = models.CharField(max_length=16, choices=RevocationReason, blank=True)
    revocation_text = models.CharField(_("public reason"), max_length=300, blank=True)

    objects = scoped("enrolment__organisation", AwardQuerySet)

    class Meta:
        verbose_name = _("award")
        ordering = ["-released_at", "-pk"]
        indexes = [models.Index(fields=["state", "valid_until"], name="award_state_until")]
        constraints = [
            # An enrolment is one person in one run.
            models.UniqueConstraint(
                fields=["achievement", "enrolment"],
                condition=Q(replaces__isnull=True),
                name="award_once_a_person_and_run",
            ),
            models.CheckConstraint(
                condition=Q(state=AwardState.PROPOSED, serial__isnull=True)
                | (
                    ~Q(state=AwardState.PROPOSED)
                    & Q(serial__isnull=False, released_at__isnull=False, release__isnull=False)
                    & ~Q(snapshot_sha256="")
                    & ~Q(qr="")
                ),
                name="award_released_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=AwardState.REVOKED)
                | (
                    Q(revoked_at__isnull=False, revoked_by__isnull=False)
                    & ~Q(revocation_reason="")
                    & ~Q(revocation_text="")
                ),
                name="award_revoked_has_reason",
            ),
        ]

    def __str__(self):
        return self.serial or f"award {self.pk}"

    @property
    def organisation_id(self):
        """For the log, which notes the organisation that an entry concerns."""
        return self.enrolment.organisation_id


class SerialCounter(models.Model):
    """The last number given by an issuer in a year; its row is locked while one is given."""

    issuer = models.ForeignKey("certification.Issuer", models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counter of serial numbers")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "year"], name="serial_counter_once_a_year"),
        ]

    def __str__(self):
        return f"{self.issuer_id}, {self.year}"
