"""What a country agreed on its people's data, and how an organisation greets them."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.models.organisations import Organisation
from lms.organisations.validators import validate_accent


class PartnerAgreementQuerySet(models.QuerySet):
    def in_force(self, on):
        return self.filter(
            Q(permit_expires_on__isnull=True) | Q(permit_expires_on__gte=on),
            signed_on__lte=on,
            expires_on__gte=on,
            ended_on__isnull=True,
        )


class PartnerAgreement(models.Model):
    """What a country agreed with the Centre on its people's data; without one, nobody is imported for it.

    An agreement that replaces another is a record of its own: the old one stays.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreements", verbose_name=_("country")
    )
    controller = models.CharField(
        _("controller"), max_length=200, help_text=_("The public body that answers for the data.")
    )
    legal_basis = models.CharField(_("legal basis"), max_length=300)
    hosting_permission = models.CharField(
        _("hosting permission"),
        max_length=300,
        help_text=_("What allows the data to be kept in Kenya, with its reference."),
    )
    permit_number = models.CharField(_("number of the permit"), max_length=64, blank=True)
    permit_expires_on = models.DateField(_("permit expires on"), null=True, blank=True)
    breach_contact = models.EmailField(_("whom to tell of a breach"))
    breach_hours = models.PositiveSmallIntegerField(
        _("hours to tell them"), default=48, validators=[MinValueValidator(1)]
    )
    retention_years = models.PositiveSmallIntegerField(
        _("years that learning records are kept"), default=7, validators=[MinValueValidator(1)]
    )
    languages = models.JSONField(_("languages"), default=list)
    signed_on = models.DateField(_("signed on"))
    expires_on = models.DateField(_("expires on"))
    ended_on = models.DateField(_("ended early on"), null=True, blank=True)

    objects = PartnerAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("data agreement")
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("signed_on")), name="agreement_dates_in_order"
            ),
        ]

    def __str__(self):
        return f"{self.organisation}, {self.signed_on} to {self.expires_on}"

    @property
    def last_day(self):
        """The last day on which it allows an import."""
        days = [self.expires_on, self.permit_expires_on, self.ended_on]
        return min(day for day in days if day)


class Portal(models.Model):
    """How an organisation's own people are greeted: logo, colour and languages."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="portal")
    greeting = models.CharField(_("greeting"), max_length=200, blank=True)
    logo = models.ForeignKey(
        "wagtailimages.Image", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accent = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[validate_accent],
        help_text=_("As #0b5d4d. White text must be readable on it."),
    )

    class Meta:
        verbose_name = _("portal")

    def __str__(self):
        return str(self.organisation)


class News(models.Model):
    """What an organisation tells its people on its portal."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="news")
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=2000)
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    until_on = models.DateField(_("shown until"), null=True, blank=True)

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        ordering = ["-published_at"]

    def __str__(self):
        return self.title
