"""Giving and ending roles."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.core.errors import Refused
from lms.organisations import rules
from lms.organisations.models import Membership, Organisation, Role


def _refuse_stranger(by, organisation):
    if not rules.may_give_role(by, organisation):
        raise Refused(
            _(
                "Roles are given and ended by administrators of the organisation or of one above it."
            ),
            code="not_administrator",
        )


@transaction.atomic
def give_role(user, organisation, role, *, by, until_at=None, **facts):
    """Give `user` the `role` in `organisation` from now on, until `until_at` if it is said.

    Refuses a giver who is no administrator there, one's own account, and a role that is held already.
    `facts` are the unit, the grade and its scheme.
    """
    _refuse_stranger(by, organisation)
    if user == by:
        raise Refused(
            _("Nobody gives themselves a role. Ask another administrator."), code="own_role"
        )
    # one giver at a time: a role that ends some day is not covered by the constraint
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if user.memberships.current().filter(organisation=organisation, role=role).exists():
        raise Refused(
            _("%(person)s holds this role here already.") % {"person": user}, code="role_held"
        )
    membership = Membership.objects.create(
        user=user, organisation=organisation, role=role, until_at=until_at, **facts
    )
    log(
        membership,
        "organisations.role_given",
        user=by,
        data={"role": str(role), "person": user.pk},
    )
    return membership


@transaction.atomic
def end_role(membership, *, by):
    """End the role now. Refuses strangers, a role that has ended, and the last administrator's."""
    _refuse_stranger(by, membership.organisation)
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    current = Membership.objects.current()
    if not current.filter(pk=membership.pk).exists():
        raise Refused(_("This role has ended already."), code="role_ended")
    if membership.role == Role.ADMINISTRATOR and membership.user == by:
        raise Refused(_("Another administrator has to end your own role."), code="own_role")
    membership.until_at = timezone.now()
    membership.save(update_fields=["until_at"])
    log(
        membership,
        "organisations.role_ended",
        user=by,
        data={"role": membership.role, "person": membership.user_id},
    )
