"""Who plans sessions, sees who is booked, and records attendance."""

import rules

from lms.organisations.roles import holds


@rules.predicate
def is_own_booking(user, booking):
    return booking.enrolment.user_id == user.pk


# asked of a session's host for what is done to the session, and of the place where one reads for what is seen there
rules.add_perm("practicals.keep_sessions", holds("practicals.keep_sessions"))
rules.add_perm("practicals.record_attendance", holds("practicals.record_attendance"))
rules.add_perm(
    "practicals.view_booking",
    is_own_booking | holds("practicals.record_attendance", "enrolment.organisation_id"),
)
