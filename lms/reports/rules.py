"""Who has a staff page: people with a staff role anywhere, and administrators."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.rules import has_staff_role
from lms.organisations.staff_pages import register_staff_page

rules.add_perm("reports.view_home", rules.is_staff | has_staff_role)
register_staff_page(
    "courses.view_enrolment", "reports:learner_list", _("Learners and their progress")
)
