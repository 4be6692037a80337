"""Who may see and change people, their roles and their way into their accounts."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page


@rules.predicate
def has_staff_role(user):
    return user.memberships.current().of_staff().exists()


may_give_role = holds("organisations.give_role")
may_recover = holds("organisations.recover_account")
may_merge = holds("organisations.merge_accounts")

rules.add_perm("organisations.view_permissions", holds("organisations.view_permissions"))
rules.add_perm("organisations.view_people", holds("organisations.view_people"))
rules.add_perm("organisations.give_role", may_give_role)
rules.add_perm("organisations.recover_account", may_recover)
rules.add_perm("organisations.merge_accounts", may_merge)
rules.add_perm("organisations.set_identity_provider", holds("organisations.set_identity_provider"))

register_staff_page("organisations.view_people", "organisations:people_list", _("People"))
register_staff_page(
    "organisations.view_permissions",
    "organisations:permission_list",
    _("Roles and what they may do"),
)
for permission in ("view_agreements", "keep_agreements", "keep_portal", "rename"):
    rules.add_perm(f"organisations.{permission}", holds(f"organisations.{permission}"))

register_staff_page(
    "organisations.view_agreements", "organisations:agreement_list", _("Data agreements")
)
register_staff_page("organisations.keep_portal", "organisations:portal_edit", _("Portal and news"))
register_staff_page("organisations.rename", "organisations:rename", _("New name of the body"))
