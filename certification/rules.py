"""Who may prepare, release and void: by role in the organisation or one above it.

The predicates know no superuser: the domain asks them directly, so nobody stands above two people.
"""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page

may_view_releases = holds("certification.view_releases")
may_prepare = holds("certification.prepare_release")
may_release = holds("certification.release")
may_revoke = holds("certification.revoke_award")


@rules.predicate
def is_own_award(user, award):
    return award is not None and award.enrolment.user_id == user.pk


rules.add_perm("certification.view_releases", may_view_releases)
rules.add_perm("certification.prepare_release", may_prepare)
rules.add_perm("certification.release", may_release)
rules.add_perm("certification.revoke_award", may_revoke)
rules.add_perm(
    "certification.view_award",
    is_own_award | holds("certification.view_award", "enrolment.organisation_id"),
)

register_staff_page("certification.view_releases", "certification:release_list", _("Certificates"))
