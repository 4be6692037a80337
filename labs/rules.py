"""Who may see a submission, who may mark one, and who looks after an organisation's labs."""

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
rules.add_perm("labs.view_fleet", holds("labs.view_fleet"))
rules.add_perm("labs.stop_session", holds("labs.stop_session"))
rules.add_perm("labs.set_quota", holds("labs.set_quota"))
rules.add_perm("labs.read_log", holds("labs.read_log"))

register_staff_page("labs.view_fleet", "labs:fleet", _("Labs now"))
rules.add_perm("labs.mark_submission", holds("labs.mark_submission"))
rules.add_perm("labs.remark_submissions", holds("labs.remark_submissions"))

register_staff_page("labs.mark_submission", "labs:lab_list", _("Labs in class"))
