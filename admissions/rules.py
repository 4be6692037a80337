"""Who shares seats, nominates and selects: by role in the organisation or one above it."""

import rules

from lms.organisations.roles import holds

for permission in ("admissions.share_seats", "admissions.nominate", "admissions.select"):
    rules.add_perm(permission, holds(permission))
