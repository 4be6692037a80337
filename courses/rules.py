"""Who may see an enrolment: the learner, and staff of its organisation or one above."""

import rules

from lms.organisations.domain import organisations_served_by
from lms.organisations.models import Role


@rules.predicate
def is_own_enrolment(user, enrolment):
    return enrolment.user_id == user.pk


@rules.predicate
def serves_organisation(user, enrolment):
    return organisations_served_by(user).filter(pk=enrolment.organisation_id).exists()


@rules.predicate
def teaches(user, organisation):
    taught = organisations_served_by(user, [Role.INSTRUCTOR, Role.ADMINISTRATOR])
    return taught.filter(pk=organisation.pk).exists()


@rules.predicate
def keeps_enrolments(user, organisation):
    roles = [Role.INSTRUCTOR, Role.COORDINATOR, Role.REGISTRAR, Role.ADMINISTRATOR]
    return organisations_served_by(user, roles).filter(pk=organisation.pk).exists()


rules.add_perm("courses.keep_gradebook", teaches)
rules.add_perm("courses.change_enrolment", keeps_enrolments)
rules.add_perm("courses.view_own_enrolment", is_own_enrolment)
rules.add_perm("courses.view_enrolment", is_own_enrolment | serves_organisation)
