"""Who may see an attempt: the learner, and trainers of the organisation."""

import rules

from courses.rules import teaches
from lms.organisations.domain import organisations_served_by
from lms.organisations.models import Role


@rules.predicate
def is_own_attempt(user, attempt):
    return attempt.enrolment.user_id == user.pk


@rules.predicate
def teaches_organisation(user, attempt):
    taught = organisations_served_by(user, [Role.INSTRUCTOR, Role.ADMINISTRATOR])
    return taught.filter(pk=attempt.enrolment.organisation_id).exists()


rules.add_perm("assessments.teach", teaches)
rules.add_perm("assessments.view_attempt", is_own_attempt | teaches_organisation)
