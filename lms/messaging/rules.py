"""Who may write to an organisation's people and read its outbox: trainers, coordinators, administrators."""

import rules

from lms.messaging.models import SENDING_ROLES
from lms.organisations.domain import organisations_served_by


@rules.predicate
def may_send(user, organisation):
    return organisations_served_by(user, SENDING_ROLES).filter(pk=organisation.pk).exists()


@rules.predicate
def may_send_for(user, record):
    return may_send(user, record.organisation)


rules.add_perm("messaging.send", may_send)
rules.add_perm("messaging.view_message", may_send_for)
rules.add_perm("messaging.view_campaign", may_send_for)
