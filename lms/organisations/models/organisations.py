"""The tree Centre → country → ministry, county or agency → unit, and who belongs where."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Length, Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet


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

    def at_or_above(self, organisation_id):
        """The organisation of that id and those above it, without asking for it first."""
        path = Organisation.objects.filter(pk=organisation_id).order_by().values("path")
        return self.filter(path=Substr(Subquery(path), 1, Length("path")))

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
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"
