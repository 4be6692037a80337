"""Who may see a submission: the learner, and trainers of the organisation."""

import rules

from lms.organisations.domain import organisations_served_by


@rules.predicate
def is_own(user, submission):
    return submission.workspace.enrolment.user_id == user.pk


@rules.predicate
def serves_organisation(user, submission):
    organisation = submission.workspace.enrolment.organisation_id
    return organisations_served_by(user).filter(pk=organisation).exists()


rules.add_perm("labs.view_submission", is_own | serves_organisation)
