"""Who may see an enrolment: the learner, and staff of its organisation or one above; and who manages a run."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page


@rules.predicate
def is_own_enrolment(user, enrolment):
    return enrolment is not None and enrolment.user_id == user.pk


@rules.predicate
def is_trainer_of_run(user, run):
    return run.trainers.filter(pk=user.pk).exists()


@rules.predicate
def may_change_runs(user):
    """A run belongs to no organisation: authors' groups keep it."""
    return user.has_perm("courses.change_courserun")


rules.add_perm("courses.manage_run", may_change_runs | is_trainer_of_run)
rules.add_perm("courses.keep_gradebook", holds("courses.keep_gradebook"))
rules.add_perm("courses.view_own_enrolment", is_own_enrolment)
rules.add_perm(
    "courses.view_enrolment",
    is_own_enrolment | holds("courses.view_enrolment", "organisation_id"),
)
rules.add_perm("courses.change_enrolment", holds("courses.change_enrolment"))
rules.add_perm("courses.keep_run", holds("courses.keep_run"))
rules.add_perm("courses.keep_holidays", holds("courses.keep_holidays"))
rules.add_perm("courses.note_pace", holds("courses.note_pace"))
rules.add_perm("courses.adapt", holds("courses.adapt"))

register_staff_page("courses.keep_gradebook", "courses:run_list", _("Runs, quizzes and gradebook"))
register_staff_page("courses.adapt", "courses:adaptation_list", _("Own versions of courses"))
register_staff_page("courses.keep_holidays", "courses:holiday_list", _("Days off"))
