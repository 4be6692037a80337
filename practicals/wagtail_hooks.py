"""What the log may hold about sessions."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

ACTIONS = {
    "practicals.session.planned": (_("Plan a session"), _("Planned a practical session")),
    "practicals.session.changed": (_("Change a session"), _("Changed a practical session")),
    "practicals.session.cancelled": (_("Cancel a session"), _("Cancelled a practical session")),
}


@hooks.register("register_log_actions")
def register_log_actions(registry):
    for action, (label, message) in ACTIONS.items():
        registry.register_action(action, label, message)
