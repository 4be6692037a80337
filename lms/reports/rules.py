"""Who has a staff page, and who sees how the learners of a run get on."""

import rules

from lms.organisations.roles import holds


@rules.predicate
def has_staff_role(user):
    return user.memberships.current().of_staff().exists()


rules.add_perm("reports.view_home", rules.is_staff | has_staff_role)
rules.add_perm("reports.view_progress", holds("reports.view_progress"))
rules.add_perm("reports.view_pace", holds("reports.view_pace"))
