"""Who may write to an organisation's people and read its outbox: by role there or in one above it."""

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import holds
from lms.organisations.staff_pages import register_staff_page

rules.add_perm("messaging.send", holds("messaging.send"))
rules.add_perm("messaging.view_message", holds("messaging.send", "organisation_id"))
rules.add_perm("messaging.view_campaign", holds("messaging.send", "organisation_id"))

register_staff_page("messaging.send", "messaging:outbox", _("Messages"))
