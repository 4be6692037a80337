"""People and how they are reached."""

import uuid

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.accounts.validators import validate_full_name


def new_username():
    """Names are for people; the column that Django wants is opaque."""
    return uuid.uuid4().hex


def display_name(user):
    return str(user)


class PersonManager(UserManager):
    @classmethod
    def normalize_email(cls, email):
        """No address is None, for the column is unique."""
        return super().normalize_email(email) or None


class User(AbstractUser):
    """One person, whoever employs them. A name is never split: `full_name` is as on the certificate."""

    username = models.CharField(max_length=150, unique=True, default=new_username)
    last_name = None
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    full_name = models.CharField(
        _("full name"),
        max_length=200,
        validators=[validate_full_name],
        help_text=_("As it should stand on a certificate."),
    )
    email = models.EmailField(_("e-mail"), null=True, blank=True, unique=True)
    phone = models.CharField(
        _("phone"),
        max_length=16,
        null=True,
        blank=True,
        unique=True,
        help_text=_("As +254712345678."),
    )
    is_phone_verified = models.BooleanField(default=False)
    language = models.CharField(_("language"), max_length=8, blank=True)

    objects = PersonManager()

    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["full_name", "id"], name="user_by_name"),  # lists by name, by key
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | ~models.Q(email=""),
                name="user_email_null_when_blank",
            ),
            models.CheckConstraint(
                condition=models.Q(phone__isnull=True) | models.Q(phone__startswith="+"),
                name="user_phone_is_e164",
            ),
        ]

    def __str__(self):
        return self.full_name or self.email or self.phone or self.username

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name.partition(" ")[0]

    @property
    def first_name(self):
        """Not a column: Wagtail's menu greets by it, and would show the opaque username."""
        return self.full_name

    def clean(self):
        super().clean()
        self.email = self.email or None
        self.phone = self.phone or None


class SentMessage(models.Model):
    """A mail or text that no gateway took: kept so that the demo's staff can read it."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("text message")

    channel = models.CharField(max_length=8, choices=Channel)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self):
        return f"{self.recipient}: {self.subject}"
