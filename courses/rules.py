"""Who may see an enrolment: the learner, and staff of its organisation or one above."""

import rules

from lms.organisations.roles import holds


@rules.predicate
def is_own_enrolment(user, enrolment):
    return enrolment.user_id == user.pk


rules.add_perm("courses.keep_gradebook", holds("courses.keep_gradebook"))
rules.add_perm("courses.view_own_enrolment", is_own_enrolment)
rules.add_perm(
    "courses.view_enrolment",
    is_own_enrolment | holds("courses.view_enrolment", "organisation_id"),
)
rules.add_perm("courses.change_enrolment", holds("courses.change_enrolment"))
rules.add_perm("courses.note_pace", holds("courses.note_pace"))
