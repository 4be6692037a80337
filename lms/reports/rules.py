"""Who has a staff page, and who sees how the learners of a run get on."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.rules import has_staff_role
from lms.organisations.staff_pages import register_staff_page

rules.add_perm("reports.view_home", rules.is_staff | has_staff_role)
register_staff_page(
    "courses.view_enrolment", "reports:learner_list", _("Learners and their progress")
)
register_staff_page("reports.view_pace", "reports:pace_list", _("Done conspicuously fast"))

rules.add_perm("reports.view_learners", holds("courses.view_enrolment"))
rules.add_perm("reports.view_progress", holds("reports.view_progress"))
rules.add_perm("reports.view_pace", holds("reports.view_pace"))
