"""Who shares seats, nominates and selects: by role in the organisation or one above it."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page

for permission in ("admissions.share_seats", "admissions.nominate", "admissions.select"):
    rules.add_perm(permission, holds(permission))

register_staff_page("admissions.nominate", "admissions:run_list", _("Seats and nominations"))
