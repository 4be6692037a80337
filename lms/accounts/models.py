"""People and how they are reached."""

import uuid
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.crypto import salted_hmac
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
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

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

    def _get_session_auth_hash(self, secret=None):
        """Django's, and the epoch: raising it ends every session without looking for them."""
        return salted_hmac(
            "lms.accounts.models.User.session",
            f"{self.password}\0{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @property
    def first_name(self):
        """Not a column: Wagtail's menu greets by it, and would show the opaque username."""
        return self.full_name

    def clean(self):
        super().clean()
        self.email = self.email or None
        self.phone = self.phone or None


class StaffIdentifier(models.Model):
    """A number that an employer or country gave, such as Kenya's UPN: sealed, and found by its hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="identifiers")
    country_code = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    scheme = models.CharField(max_length=32, help_text="As UPN; the giver's own word.")
    value = models.TextField()
    value_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country_code", "scheme", "value_hash"], name="staff_identifier_unique"
            ),
            models.UniqueConstraint(
                fields=["user", "country_code", "scheme"], name="staff_identifier_one_of_a_scheme"
            ),
        ]

    def __str__(self):
        return f"{self.country_code} {self.scheme}"


class IdentityProvider(models.Model):
    """An organisation's own OpenID Connect or OAuth 2.0 server, which its people may sign in through.

    With an `issuer` the addresses are discovered there; those that are set by hand go before them.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="identity_providers"
    )
    name = models.CharField(_("name"), max_length=40, help_text=_("As on the sign-in page."))
    client_id = models.CharField(_("client id"), max_length=191)
    secret = models.TextField(blank=True, editable=False)
    issuer = models.URLField(
        _("issuer"), blank=True, help_text=_("Empty where the server publishes no discovery page.")
    )
    authorize_url = models.URLField(_("authorization address"), blank=True)
    token_url = models.URLField(_("token address"), blank=True)
    userinfo_url = models.URLField(_("address of the person's facts"), blank=True)
    has_token_in_query = models.BooleanField(
        _("the facts are asked for with the token in the address"), default=False
    )
    has_pkce = models.BooleanField(_("with PKCE"), default=True)
    scope = models.CharField(_("scope"), max_length=200, default="openid profile email")
    id_claim = models.CharField(_("claim of the identifier"), max_length=64, default="sub")
    name_claims = models.CharField(
        _("claims of the name"),
        max_length=200,
        default="name",
        help_text=_("Several, with commas, are joined: first_name, last_name."),
    )
    email_claim = models.CharField(_("claim of the e-mail"), max_length=64, default="email")
    phone_claim = models.CharField(_("claim of the phone"), max_length=64, default="phone_number")
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(issuer="")
                | ~models.Q(authorize_url="")
                & ~models.Q(token_url="")
                & ~models.Q(userinfo_url=""),
                name="identity_provider_has_addresses",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def key(self):
        """What allauth keeps with each identity."""
        return f"organisation-{self.pk}"

    @property
    def origin(self):
        """Where a browser is sent: our forms may lead there."""
        parts = urlsplit(self.authorize_url or self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


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
