"""The tree Centre → country → ministry, county or agency → unit, and who belongs where."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Length, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from lms.organisations.validators import validate_accent


class Kind(models.TextChoices):
    CENTRE = "centre", _("centre")
    COUNTRY = "country", _("country")
    MINISTRY = "ministry", _("ministry or office")
    DEPARTMENT = "department", _("state department")
    COUNTY = "county", _("county")
    AGENCY = "agency", _("agency")


class OrganisationQuerySet(MP_NodeQuerySet):
    def on(self, date):
        """Those that exist on `date`: ministries are renamed, and the old record stays."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=date),
            Q(valid_until__isnull=True) | Q(valid_until__gt=date),
        )

    def at_or_below(self, organisation):
        """The subtree of `organisation`, as a range of paths: any index on the path serves it.

        Paths are made of digits and capitals, so what begins with a path lies between it and itself with Zs.
        """
        longest = Organisation._meta.get_field("path").max_length
        return self.filter(path__range=(organisation.path, organisation.path.ljust(longest, "Z")))

    def in_subtrees_of(self, roots):
        """Everything at or below one of `roots`, a queryset; one query, whatever their number."""
        above = roots.order_by().filter(path=Substr(OuterRef("path"), 1, Length("path")))
        return self.filter(Exists(above))


class OrganisationManager(MP_NodeManager.from_queryset(OrganisationQuerySet)):
    def get_queryset(self):
        return self._queryset_class(self.model, using=self._db).order_by("path")


class Organisation(MP_Node):
    """A public body, as it was called between two dates."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=100, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    country_code = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    code = models.CharField(
        max_length=16, blank=True, help_text="The body's official code, such as a county's 001"
    )
    time_zone = models.CharField(max_length=64, default="Africa/Nairobi")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(
        null=True, blank=True, help_text="The first day it no longer exists"
    )
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )

    objects = OrganisationManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gt=F("valid_from")),
                name="organisation_dates_in_order",
            ),
        ]

    def __str__(self):
        return self.name


class Role(models.TextChoices):
    LEARNER = "learner", _("learner")
    INSTRUCTOR = "instructor", _("trainer")
    COORDINATOR = "coordinator", _("coordinator")
    REGISTRAR = "registrar", _("registrar, who prepares certificates")
    RELEASER = "releaser", _("releaser of certificates")
    ADMINISTRATOR = "administrator", _("administrator")
    DATA_PROTECTION = "data_protection", _("data protection officer")


STAFF_ROLES = [role for role in Role if role != Role.LEARNER]


class MembershipQuerySet(models.QuerySet):
    def current(self, now=None):
        now = now or timezone.now()
        return self.filter(Q(from_at__lte=now), Q(until_at__isnull=True) | Q(until_at__gt=now))

    def of_staff(self):
        return self.filter(role__in=STAFF_ROLES)


class Membership(models.Model):
    """A person's role in an organisation and, for staff roles, in everything below it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    from_at = models.DateTimeField(default=timezone.now)
    until_at = models.DateTimeField(null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    grade_scheme = models.CharField(
        _("grade scheme"), max_length=32, blank=True, help_text=_("As CSG, SRC or job group.")
    )
    grade = models.CharField(
        _("grade"), max_length=32, blank=True, help_text=_("As written; never converted.")
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(until_at__isnull=True),
                name="membership_one_open",
            ),
            models.CheckConstraint(
                condition=Q(grade="") | ~Q(grade_scheme=""),
                name="membership_grade_has_scheme",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"


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
