"""Who may see a submission: the learner, and staff of the organisation."""

import rules

from lms.organisations.roles import holds


@rules.predicate
def is_own(user, submission):
    return submission is not None and submission.workspace.enrolment.user_id == user.pk


rules.add_perm(
    "labs.view_submission",
    is_own | holds("labs.view_submission", "workspace.enrolment.organisation_id"),
)
