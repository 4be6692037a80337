"""Who plans sessions, sees who is booked, and records attendance."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page


@rules.predicate
def is_own_booking(user, booking):
    return booking is not None and booking.enrolment.user_id == user.pk


# asked of a session's host for what is done to the session, and of the place where one reads for what is seen there
rules.add_perm("practicals.keep_sessions", holds("practicals.keep_sessions"))
rules.add_perm("practicals.record_attendance", holds("practicals.record_attendance"))
rules.add_perm(
    "practicals.view_booking",
    is_own_booking | holds("practicals.record_attendance", "enrolment.organisation_id"),
)

register_staff_page(
    "practicals.record_attendance", "practicals:session_list", _("Practical sessions")
)
