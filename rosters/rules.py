"""Who may bring a list of people: those who look after an organisation, or one above it."""

import rules

from lms.organisations.domain import organisations_served_by
from lms.organisations.models import Role

BRINGERS = [Role.COORDINATOR, Role.REGISTRAR, Role.ADMINISTRATOR]


@rules.predicate
def looks_after(user, organisation):
    return organisations_served_by(user, BRINGERS).filter(pk=organisation.pk).exists()


rules.add_perm("rosters.import_roster", looks_after)
