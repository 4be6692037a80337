"""Who has a staff page: people with a staff role anywhere, and administrators."""

import rules


@rules.predicate
def has_staff_role(user):
    return user.memberships.current().of_staff().exists()


rules.add_perm("reports.view_home", rules.is_staff | has_staff_role)
