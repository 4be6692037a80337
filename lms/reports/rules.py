"""Who has a staff page: people with a staff role anywhere, and administrators."""

import rules

from lms.organisations.rules import has_staff_role

rules.add_perm("reports.view_home", rules.is_staff | has_staff_role)
