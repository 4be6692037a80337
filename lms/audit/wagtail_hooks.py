"""Our entries in Wagtail's log, and the actions it may hold: one for each state of each record."""

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from lms.audit.models import LogEntry

ACTIONS = {
    "courses.run.moved": (_("Move to another edition"), _("Moved the run to another edition")),
    "courses.edition.cut": (_("Cut an edition"), _("Cut an edition")),
    "courses.programme_edition.cut": (
        _("Cut a programme's edition"),
        _("Cut an edition of a programme"),
    ),
    "courses.enrolment.extended": (_("Give more time"), _("Gave a learner more time")),
    "assessments.sitting": (_("Set a sitting"), _("Set when a quiz is open")),
    "assessments.allowance": (_("Give an allowance"), _("Gave more time or tries")),
    "assessments.attempt_read": (_("Read an attempt"), _("Read an attempt")),
    "assessments.attempt_voided": (_("Void an attempt"), _("Voided an attempt")),
    "assessments.answer_file": (_("Answer file"), _("Took in a phone's answer file")),
    "courses.result_overridden": (_("Set a result"), _("Set a result by hand")),
    "courses.pace_noted": (
        _("Note on pace"),
        _("Noted what was found about an activity done very fast"),
    ),
    "organisations.role_given": (_("Give a role"), _("Gave a person a role")),
    "organisations.role_ended": (_("End a role"), _("Ended a person's role")),
    "reports.exported": (_("Export"), _("Exported a list")),
    "assessments.answers_compared": (
        _("Comparison of answers"),
        _("Compared learners' answers with each other"),
    ),
}


@hooks.register("register_log_actions", order=100)
def register_log_actions(registry):
    registry.register_model(Model, LogEntry)
    for action, (label, message) in ACTIONS.items():
        registry.register_action(action, label, message)
    for model in apps.get_models():
        for state in getattr(model, "TRANSITIONS", {}):
            options = model._meta
            name = f"{options.verbose_name}: {state}"
            registry.register_action(f"{options.label_lower}.{state}", name, name)
