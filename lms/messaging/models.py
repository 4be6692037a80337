"""The outbox, its templates, what people want to get, campaigns and what was spent."""

import uuid
from datetime import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.messaging.registry import KINDS, Channel, Purpose, key_choices, language_choices
from lms.messaging.texts import sms_size
from lms.messaging.validators import validate_placeholders, validate_sms
from lms.organisations.roles import organisations_where
from lms.organisations.scoping import Record, scoped


class MessageTemplate(models.Model):
    """Texts that staff wrote in place of a kind's own, in one language. Empty ones leave the default."""

    key = models.CharField(_("message"), max_length=100, choices=key_choices)
    language = models.CharField(_("language"), max_length=8, choices=language_choices)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text of the mail"), max_length=5000, blank=True)
    sms = models.TextField(
        _("text message"),
        max_length=459,
        blank=True,
        help_text=_("Without marks, codes or identifiers. 160 plain characters are one part."),
    )

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["key", "language"]
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="template_once_a_language")
        ]

    def __str__(self):
        return f"{self.label} ({self.language})"

    @property
    def label(self):
        return str(KINDS[self.key].label) if self.key in KINDS else self.key

    @property
    def sms_words(self):
        """As “148 characters, 1 part”, for the list."""
        size = sms_size(self.sms)
        return _("%(characters)s characters, %(parts)s parts") % {
            "characters": size.characters,
            "parts": size.parts,
        }

    def clean(self):
        kind = KINDS.get(self.key)
        if kind is None:
            raise ValidationError({"key": _("Choose one of the messages there are.")})
        errors = {}
        for field in ("subject", "body", "sms"):
            try:
                validate_placeholders(getattr(self, field), kind.known)
                if field == "sms":
                    validate_sms(self.sms)
            except ValidationError as error:
                errors[field] = error
        if errors:
            raise ValidationError(errors)


class By(models.TextChoices):
    REACHABLE = "reachable", _("by e-mail; by text message if I have no e-mail here")
    EMAIL = "email", _("by e-mail")
    SMS = "sms", _("by text message")
    BOTH = "both", _("by both")
    NONE = "none", _("only in Umahiri")


class Digest(models.TextChoices):
    OFF = "off", _("each as it comes")
    DAILY = "daily", _("one mail a day")
    WEEKLY = "weekly", _("one mail a week, on Monday")


class MessagePreference(models.Model):
    """What a person wants to get, and when. Who has none gets the defaults."""

    By = By
    Digest = Digest

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="message_preference"
    )
    transactional_by = models.CharField(
        _("About my own courses"), max_length=16, choices=By, default=By.REACHABLE
    )
    promotional_by = models.CharField(
        _("News, such as new courses"),
        max_length=16,
        choices=[choice for choice in By.choices if choice[0] != By.REACHABLE],
        default=By.NONE,
    )
    digest = models.CharField(
        _("Reminders and news by mail"), max_length=8, choices=Digest, default=Digest.OFF
    )
    quiet_from = models.TimeField(_("Quiet from"), default=time(20))
    quiet_until = models.TimeField(_("Quiet until"), default=time(7))
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)

    def __str__(self):
        return f"preference {self.pk}"

    def _by(self, purpose):
        return self.promotional_by if purpose == Purpose.PROMOTIONAL else self.transactional_by

    def wanted(self, purpose):
        """The channels for `purpose` where the sender names none, beside the pages of Umahiri."""
        if self._by(purpose) == self.By.REACHABLE:
            return {Channel.EMAIL} if self.user.email else {Channel.SMS}
        return self.allowed(purpose) - {Channel.IN_APP}

    def allowed(self, purpose):
        """The channels that a sender may name for `purpose`."""
        by = self._by(purpose)
        allowed = {Channel.IN_APP}
        if by in {self.By.EMAIL, self.By.BOTH, self.By.REACHABLE}:
            allowed.add(Channel.EMAIL)
        if by in {self.By.SMS, self.By.BOTH, self.By.REACHABLE}:
            allowed.add(Channel.SMS)
        return allowed


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(organisation__in=organisations_where(user, "messaging.send"))


class CampaignState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being queued")
    DONE = "done", _("queued")


class Campaign(Record):
    """A message to a group of people as it was at one moment; some may be held back, to compare."""

    State = CampaignState
    TRANSITIONS = {
        State.WAITING: {State.RUNNING},
        State.RUNNING: {State.DONE},
        State.DONE: set(),
    }

    token = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="The form's: twice sent is once made",
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="campaigns"
    )
    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose)
    channels = models.JSONField(_("channels"))
    texts = models.JSONField(help_text="{language: {subject, body, sms}}")
    audience = models.CharField(max_length=100)
    audience_params = models.JSONField(default=dict)
    person_ids = models.JSONField(default=list)
    holdout_percent = models.PositiveSmallIntegerField(_("held back, in percent"), default=0)
    outcome_days = models.PositiveSmallIntegerField(_("days until it is judged"), default=7)
    state = models.CharField(max_length=8, choices=CampaignState, default=CampaignState.WAITING)
    done = models.PositiveIntegerField(default=0)  # people queued so far: where to go on
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = scoped("organisation", CampaignQuerySet)

    class Meta:
        verbose_name = _("campaign")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(holdout_percent__lte=50), name="campaign_holdout_at_most_half"
            ),
        ]

    def __str__(self):
        return self.name


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The outbox of the organisations where `user` may send."""
        return self.filter(organisation__in=organisations_where(user, "messaging.send"))

    def in_app_of(self, user):
        """What `user` finds on the page “Messages”."""
        return self.filter(
            person=user, channel=Channel.IN_APP, state=MessageState.DELIVERED
        ).order_by("-pk")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("waiting to be sent")
    HELD = "held", _("held for later")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    DIGESTED = "digested", _("in a digest")
    UNKNOWN = "unknown", _("unknown: look at it")
    FAILED = "failed", _("failed")
    SUPPRESSED = "suppressed", _("not sent, on purpose")


class Reason(models.TextChoices):
    QUIET = "quiet", _("Waits until the person's quiet hours end.")
    HOURS = (
        "hours",
        _("Waits for the hours in which news may be sent by text message, 8:00 to 18:00."),
    )
    DIGEST = "digest", _("Waits for the person's digest.")
    AGAIN = "again", _("The gateway did not take it; it is tried again.")
    CHOICE = "choice", _("The person chose not to get such messages this way.")
    DAILY_CAP = "daily_cap", _("The person had as many messages today as one person gets.")
    MONTHLY_CAP = (
        "monthly_cap",
        _("The organisation sent as many text messages as it may this month."),
    )
    COST_CAP = "cost_cap", _("The organisation's money for text messages is used up this month.")
    HOLDOUT = "holdout", _("Held back on purpose, to learn whether the message helps.")
    NO_ADDRESS = "no_address", _("There is no address or checked phone number for this.")
    NO_SENDER = "no_sender", _("No sender is set up for news by text message.")
    NO_TEXT = "no_text", _("This message has no text for this channel.")
    CRASH = (
        "crash",
        _("The machine stopped while it was being sent. Nobody can tell whether it left."),
    )
    LOST_ANSWER = "lost_answer", _("The gateway did not answer. Nobody can tell whether it left.")
    GATEWAY = "gateway", _("The gateway refused it.")
    REPORTED = "reported", _("The operator reported that it did not arrive.")


class Message(Record):
    """One message to one person by one channel: an entry of the outbox, whatever became of it."""

    State = MessageState
    TRANSITIONS = {
        State.QUEUED: {State.SENDING, State.HELD, State.SUPPRESSED, State.FAILED},
        State.HELD: {
            State.SENDING,
            State.HELD,
            State.DIGESTED,
            State.SUPPRESSED,
            State.FAILED,
        },
        State.SENDING: {
            State.SENT,
            State.DELIVERED,
            State.QUEUED,
            State.UNKNOWN,
            State.FAILED,
            State.SUPPRESSED,
        },
        State.SENT: {State.DELIVERED, State.FAILED},
        State.UNKNOWN: {State.QUEUED, State.SENT, State.DELIVERED, State.FAILED},
        State.DELIVERED: set(),
        State.DIGESTED: set(),
        State.FAILED: set(),
        State.SUPPRESSED: set(),
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages")
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="messages"
    )
    key = models.CharField(_("message"), max_length=100)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    purpose = models.CharField(max_length=16, choices=Purpose)
    context = models.JSONField(default=dict)
    dedupe = models.CharField(max_length=200)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    digest = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="entries"
    )
    state = models.CharField(
        _("state"), max_length=16, choices=MessageState, default=MessageState.QUEUED
    )
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    error = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=254, blank=True)
    parts = models.PositiveSmallIntegerField(default=0, help_text="Of the text message handed over")
    cost = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    currency = models.CharField(max_length=3, blank=True)

    objects = scoped("organisation", MessageQuerySet)

    class Meta:
        verbose_name = _("message")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key", "dedupe", "channel"], name="message_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claim__isnull=False, claimed_at__isnull=False),
                name="message_sending_is_claimed",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="message_outbox"),
            models.Index(
                fields=["state", "due_at"],
                condition=Q(state__in=["queued", "held", "sending"]),
                name="message_waiting",
            ),
            models.Index(fields=["person", "sent_at"], name="message_of_person"),
            models.Index(
                fields=["organisation", "claimed_at"],
                condition=Q(channel="sms"),
                name="message_texts_of_month",
            ),
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="message_by_provider"
            ),
        ]

    def __str__(self):
        return f"message {self.pk}"

    @property
    def kind(self):
        return KINDS[self.key]

    @property
    def label(self):
        return KINDS[self.key].label if self.key in KINDS else self.key


class Spending(Record):
    """Text messages of an organisation in a month. Its row is what the caps are checked and counted on."""

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="spending"
    )
    month = models.DateField(help_text="Its first day")
    messages = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    currency = models.CharField(max_length=3, blank=True)

    objects = scoped("organisation")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "month"], name="spending_once_a_month")
        ]

    def __str__(self):
        return f"spending {self.pk}"
