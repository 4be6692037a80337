"""What each role may do: the one table that predicates, querysets and the page of permissions read."""

from dataclasses import dataclass
from operator import attrgetter

import rules
from django.utils.translation import gettext_lazy as _

from lms.organisations.domain import organisations_served_by
from lms.organisations.models import STAFF_ROLES, Role

TEACHING = frozenset({Role.INSTRUCTOR, Role.ADMINISTRATOR})
CERTIFYING = frozenset({Role.REGISTRAR, Role.RELEASER, Role.ADMINISTRATOR})
RUNNING = frozenset({Role.INSTRUCTOR, Role.COORDINATOR, Role.REGISTRAR, Role.ADMINISTRATOR})
HELPING = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
ALL_STAFF = frozenset(STAFF_ROLES)


@dataclass(frozen=True)
class Permission:
    """What may be done, as a sentence, and the roles that may, here and in all organisations below."""

    sentence: str
    roles: frozenset[str]


PERMISSIONS = {
    "courses.view_enrolment": Permission(_("See learners and how they get on"), ALL_STAFF),
    "courses.keep_gradebook": Permission(_("Keep the gradebook and set results"), TEACHING),
    "courses.change_enrolment": Permission(
        _("Give more time, suspend and end enrolments, and share the link of a run"), RUNNING
    ),
    "assessments.teach": Permission(
        _("Open quizzes, give more time, mark answers and grade again"), TEACHING
    ),
    "assessments.view_attempt": Permission(_("Read a learner's answers"), TEACHING),
    "labs.view_submission": Permission(_("Read a lab that was handed in"), ALL_STAFF),
    "practicals.keep_sessions": Permission(
        _("Plan practical sessions, change and cancel them"), TEACHING | {Role.REGISTRAR}
    ),
    "practicals.record_attendance": Permission(
        _("See who is booked for a practical session, and record attendance"), RUNNING
    ),
    "certification.view_releases": Permission(_("See certificates and releases"), CERTIFYING),
    "certification.view_award": Permission(_("Open a person's certificate"), CERTIFYING),
    "certification.prepare_release": Permission(
        _("Prepare certificates for release, and replace one"), frozenset({Role.REGISTRAR})
    ),
    "certification.release": Permission(
        _("Release what another person prepared"), frozenset({Role.RELEASER})
    ),
    "certification.revoke_award": Permission(
        _("Void a certificate, and send a release back"),
        frozenset({Role.REGISTRAR, Role.RELEASER}),
    ),
    "organisations.view_permissions": Permission(_("See who holds which role"), ALL_STAFF),
    "organisations.view_people": Permission(
        _("See the list of people and their roles"), HELPING | {Role.DATA_PROTECTION}
    ),
    "organisations.give_role": Permission(_("Give and end roles"), frozenset({Role.ADMINISTRATOR})),
    "organisations.recover_account": Permission(
        _("Help a person back into their account, together with a second helper"), HELPING
    ),
    "organisations.merge_accounts": Permission(
        _("Join two accounts of one person, and undo it"), frozenset({Role.ADMINISTRATOR})
    ),
}


def organisations_where(user, permission):
    """Organisations in which a role of `user` carries `permission` now. Lazy."""
    return organisations_served_by(user, PERMISSIONS[permission].roles)


def holds(permission, organisation="pk"):
    """A predicate: a role of the person carries `permission` where the thing belongs.

    `organisation` is the way from the thing to its organisation's id. It knows no superuser: the
    domain asks it directly, so that nobody stands above a rule of two people.
    """
    organisation_of = attrgetter(organisation)

    @rules.predicate(name=f"holds {permission}")
    def predicate(user, thing):
        return organisations_where(user, permission).filter(pk=organisation_of(thing)).exists()

    return predicate
