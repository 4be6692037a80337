"""What a person may look at, and how memberships begin."""

from django.db import transaction

from lms.organisations.models import Membership, Organisation, Role
from lms.organisations.scoping import scope


def organisations_of(user):
    """Ids of the organisations that `user` belongs to in any role: the scope of their own pages. Lazy."""
    return user.memberships.current().values("organisation")


def organisations_served_by(user, roles=None):
    """Organisations at or below those where `user` holds one of the staff `roles` now. Lazy."""
    held = user.memberships.current().of_staff()
    if roles:
        held = held.filter(role__in=roles)
    return Organisation.objects.in_subtrees_of(
        Organisation.objects.filter(pk__in=held.values("organisation"))
    )


def subtree_scope(organisation):
    """Open the scope of `organisation` and all below it."""
    return scope(Organisation.objects.at_or_below(organisation).order_by().values("pk"))


@transaction.atomic
def join_organisation(user, organisation, role=Role.LEARNER):
    """Give `user` the `role` in `organisation` from now on; a second call returns what there is."""
    membership, _ = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role, until_at=None
    )
    return membership


@transaction.atomic
def join_organisations(places):
    """Make each person of `places`, pairs of person and organisation, a learner there; who is one stays so."""
    open_ones = Membership.objects.filter(
        user__in=[user for user, _ in places], role=Role.LEARNER, until_at=None
    )
    known = set(open_ones.values_list("user_id", "organisation_id"))
    missing = {
        (user.pk, organisation.pk)
        for user, organisation in places
        if (user.pk, organisation.pk) not in known
    }
    Membership.objects.bulk_create(
        Membership(user_id=user, organisation_id=organisation, role=Role.LEARNER)
        for user, organisation in sorted(missing)
    )
