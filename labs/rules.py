"""Who may see a submission: the learner, and staff of the organisation. Who may mark one."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page


@rules.predicate
def is_own(user, submission):
    return submission is not None and submission.workspace.enrolment.user_id == user.pk


rules.add_perm(
    "labs.view_submission",
    is_own | holds("labs.view_submission", "workspace.enrolment.organisation_id"),
)
rules.add_perm("labs.mark_submission", holds("labs.mark_submission"))
rules.add_perm("labs.remark_submissions", holds("labs.remark_submissions"))

register_staff_page("labs.mark_submission", "labs:lab_list", _("Labs in class"))
