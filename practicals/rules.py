"""Who plans sessions, sees who is booked, and records attendance."""

import rules

from lms.organisations.roles import holds


@rules.predicate
def is_own_booking(user, booking):
    return booking.enrolment.user_id == user.pk


rules.add_perm("practicals.add_session", holds("practicals.keep_sessions"))
rules.add_perm("practicals.keep_session", holds("practicals.keep_sessions", "organisation_id"))
rules.add_perm("practicals.view_sessions", holds("practicals.record_attendance"))
rules.add_perm(
    "practicals.record_attendance", holds("practicals.record_attendance", "organisation_id")
)
rules.add_perm(
    "practicals.view_booking",
    is_own_booking | holds("practicals.record_attendance", "enrolment.organisation_id"),
)
