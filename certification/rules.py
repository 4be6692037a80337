"""Who may prepare, release and void: by role in the organisation or one above it.

The predicates know no superuser: the domain asks them directly, so nobody stands above two people.
"""

import rules

from lms.organisations.domain import organisations_served_by
from lms.organisations.models import Role


def _holds(user, roles, organisation_id):
    return organisations_served_by(user, roles).filter(pk=organisation_id).exists()


@rules.predicate
def is_registrar_of(user, organisation):
    return _holds(user, [Role.REGISTRAR], organisation.pk)


@rules.predicate
def is_releaser_of(user, organisation):
    return _holds(user, [Role.RELEASER], organisation.pk)


@rules.predicate
def is_administrator_of(user, organisation):
    return _holds(user, [Role.ADMINISTRATOR], organisation.pk)


@rules.predicate
def is_own_award(user, award):
    return award.enrolment.user_id == user.pk


@rules.predicate
def certifies_award(user, award):
    roles = [Role.REGISTRAR, Role.RELEASER, Role.ADMINISTRATOR]
    return _holds(user, roles, award.enrolment.organisation_id)


rules.add_perm(
    "certification.view_releases",
    is_registrar_of | is_releaser_of | is_administrator_of,
)
rules.add_perm("certification.prepare_release", is_registrar_of)
rules.add_perm("certification.release", is_releaser_of)
rules.add_perm("certification.revoke_award", is_registrar_of | is_releaser_of)
rules.add_perm("certification.view_award", is_own_award | certifies_award)
