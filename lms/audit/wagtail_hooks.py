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
    "courses.adapted": (_("Adapt a course"), _("Adapted the course from another")),
    "courses.enrolment.extended": (_("Give more time"), _("Gave a learner more time")),
    "courses.due_dates_set": (_("Set due dates"), _("Set the due dates of the run")),
    "courses.holiday_kept": (_("Keep a day off"), _("Added or changed a day off")),
    "courses.holiday_removed": (_("Remove a day off"), _("Removed a day off")),
    "admissions.criteria_set": (_("Set criteria"), _("Set the criteria of a selection")),
    "admissions.seats_given": (_("Give seats"), _("Gave seats of a run")),
    "organisations.renamed": (_("Rename a body"), _("Gave a body a new name")),
    "organisations.agreement_recorded": (
        _("Record a data agreement"),
        _("Recorded a data agreement"),
    ),
    "assessments.sitting": (_("Set a sitting"), _("Set when a quiz is open")),
    "assessments.allowance": (_("Give an allowance"), _("Gave more time or tries")),
    "assessments.allowance_ended": (_("End an allowance"), _("Took back more time or tries")),
    "assessments.attempt_read": (_("Read an attempt"), _("Read an attempt")),
    "assessments.attempt_voided": (_("Void an attempt"), _("Voided an attempt")),
    "assessments.answer_file": (_("Answer file"), _("Took in a phone's answer file")),
    "labs.submission_read": (_("Read a lab"), _("Read a lab that was handed in")),
    "labs.comment_deleted": (_("Delete a comment"), _("Deleted a comment on a lab")),
    "courses.result_overridden": (_("Set a result"), _("Set a result by hand")),
    "labs.draft_made": (_("New version of a notebook"), _("Made a new version of the notebook")),
    "labs.draft_discarded": (
        _("Discard a version of a notebook"),
        _("Discarded the newest version of the notebook"),
    ),
    "labs.draft_published": (
        _("Publish a version of a notebook"),
        _("Published the newest version of the notebook"),
    ),
    "labs.session_stopped": (_("Stop a lab"), _("Stopped a learner's lab")),
    "labs.log_read": (_("Read a lab's log"), _("Read what a learner's lab logged")),
    "labs.quota_set": (_("Set a quota of labs"), _("Set how much of the labs a cohort may use")),
    "labs.class_planned": (_("Plan a class in a lab"), _("Planned a class in a lab")),
    "labs.class_cancelled": (_("Cancel a class in a lab"), _("Cancelled a class in a lab")),
    "labs.exported": (_("Export a person's labs"), _("Exported what labs hold of a person")),
    "labs.erased": (_("Erase a person's labs"), _("Erased what labs held of a person")),
    "accounts.identifier_set": (_("Set an identifier"), _("Set a staff identifier")),
    "accounts.sessions_ended": (_("Sign out everywhere"), _("Ended all sessions")),
    "accounts.address_changed": (_("Change an address"), _("Changed an address")),
    "accounts.identity_connected": (_("Connect an identity"), _("Connected an identity")),
    "accounts.identity_disconnected": (_("Disconnect an identity"), _("Disconnected an identity")),
    "organisations.identity_provider_set": (
        _("Set an identity provider"),
        _("Set how people sign in through the organisation"),
    ),
    "accounts.password_changed": (_("Change a password"), _("Set or removed a password")),
    "accounts.recovered": (_("Recover an account"), _("Recovered the account")),
    "organisations.recovery_opened": (_("Open a recovery"), _("Opened a recovery")),
    "organisations.accounts_merged": (_("Join accounts"), _("Joined two accounts")),
    "organisations.merge_undone": (_("Undo a join"), _("Took two joined accounts apart")),
    "courses.pace_noted": (
        _("Note on pace"),
        _("Noted what was found about an activity done very fast"),
    ),
    "organisations.role_given": (_("Give a role"), _("Gave a person a role")),
    "organisations.role_ended": (_("End a role"), _("Ended a person's role")),
    "messaging.campaign.launched": (_("Send to a group"), _("Sent a message to a group")),
    "reports.exported": (_("Export"), _("Exported a list")),
    "courses.cohort.added": (_("Add a cohort"), _("Added a cohort")),
    "rosters.brought": (_("Bring a roster"), _("Brought a list of people")),
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
