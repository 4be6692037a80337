"""Who may see an attempt: the learner, and trainers of the organisation."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page


@rules.predicate
def is_own_attempt(user, attempt):
    return attempt is not None and attempt.enrolment.user_id == user.pk


rules.add_perm("assessments.teach", holds("assessments.teach"))
rules.add_perm(
    "assessments.view_attempt",
    is_own_attempt | holds("assessments.view_attempt", "enrolment.organisation_id"),
)

register_staff_page("assessments.teach", "assessments:marking_list", _("Marking"))
register_staff_page("assessments.teach", "assessments:quiz_list", _("Questions worth a look"))
