"""Who may see an attempt: the learner, and trainers of the organisation."""

import rules

from lms.organisations.roles import holds


@rules.predicate
def is_own_attempt(user, attempt):
    return attempt.enrolment.user_id == user.pk


rules.add_perm("assessments.teach", holds("assessments.teach"))
rules.add_perm(
    "assessments.view_attempt",
    is_own_attempt | holds("assessments.view_attempt", "enrolment.organisation_id"),
)
