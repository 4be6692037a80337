"""What the pages about people read."""

from django.db.models import Q

from lms.organisations.models import STAFF_ROLES, Membership, Organisation
from lms.organisations.roles import PERMISSIONS


def people_of(organisation, *, search="", role=""):
    """Current memberships in `organisation` and below, by name."""
    found = (
        Membership.objects.current()
        .filter(organisation__path__startswith=organisation.path, user__is_active=True)
        .select_related("user", "organisation")
        .order_by("user__full_name", "user", "organisation__path", "role")
    )
    if role:
        found = found.filter(role=role)
    for word in search.split():
        found = found.filter(
            Q(user__full_name__icontains=word)
            | Q(user__email__icontains=word)
            | Q(user__phone__contains=word)
            | Q(unit__icontains=word)
        )
    return found


def members_of(organisation):
    """Ids of people who belong to `organisation` or below now. Lazy."""
    below = Membership.objects.current().filter(organisation__path__startswith=organisation.path)
    return below.values("user")


def staff_over(organisation):
    """Current staff memberships that reach `organisation`: its own and those above it."""
    step = Organisation.steplen
    paths = [organisation.path[:end] for end in range(step, len(organisation.path) + 1, step)]
    return (
        Membership.objects.current()
        .of_staff()
        .filter(organisation__path__in=paths, user__is_active=True)
        .select_related("user", "organisation")
        .order_by("organisation__path", "user__full_name", "pk")
    )


def permission_matrix():
    """Rows of (sentence, whether each staff role may)."""
    return [
        (permission.sentence, [role in permission.roles for role in STAFF_ROLES])
        for permission in PERMISSIONS.values()
    ]
