"""Who may bring a list of people: by role in the organisation or one above it."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page

rules.add_perm("rosters.import_roster", holds("rosters.import_roster"))

register_staff_page(
    "rosters.import_roster", "rosters:cohort_list", _("Cohorts and lists of people")
)
