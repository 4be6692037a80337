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
