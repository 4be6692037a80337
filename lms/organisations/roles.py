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
ADMITTING = frozenset({Role.COORDINATOR, Role.REGISTRAR, Role.ADMINISTRATOR})
FOLLOWING = frozenset({Role.INSTRUCTOR, Role.COORDINATOR, Role.ADMINISTRATOR})
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
    "courses.keep_run": Permission(
        _("Set by when the activities of a run are due"), TEACHING | {Role.REGISTRAR}
    ),
    "courses.keep_holidays": Permission(_("Keep the days off of a country"), ADMITTING),
    "courses.adapt": Permission(
        _("Adapt a course for the organisation, and follow its original"),
        frozenset({Role.INSTRUCTOR, Role.COORDINATOR, Role.ADMINISTRATOR}),
    ),
    "reports.view_progress": Permission(
        _("See the progress grid of a run and its figures, and download them"), RUNNING
    ),
    "reports.view_pace": Permission(
        _("See which activities were done conspicuously fast, with the facts"), FOLLOWING
    ),
    "courses.note_pace": Permission(
        _("Note what was found about an activity done conspicuously fast"), FOLLOWING
    ),
    "assessments.teach": Permission(
        _("Open quizzes, give more time, mark answers and grade again"), TEACHING
    ),
    "assessments.view_attempt": Permission(_("Read a learner's answers"), TEACHING),
    "labs.view_submission": Permission(_("Read a lab that was handed in"), ALL_STAFF),
    "labs.view_fleet": Permission(
        _("See which labs are open now, and what labs have used and cost"), FOLLOWING
    ),
    "labs.stop_session": Permission(_("Stop a learner's lab, and plan classes in labs"), TEACHING),
    "labs.set_quota": Permission(
        _("Set how much of the labs a cohort may use"), frozenset({Role.ADMINISTRATOR})
    ),
    "labs.read_log": Permission(
        _("Read what a learner's lab logged"), frozenset({Role.ADMINISTRATOR})
    ),
    "labs.mark_submission": Permission(
        _("Follow a class in its labs, comment on what was handed in and mark it by hand"),
        TEACHING,
    ),
    "labs.remark_submissions": Permission(_("Have all of a lab marked again"), TEACHING),
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
    "admissions.share_seats": Permission(
        _("Give seats of a run, and share them further"), ADMITTING
    ),
    "admissions.nominate": Permission(
        _("Nominate people, and send another in somebody's place"), ADMITTING
    ),
    "admissions.select": Permission(
        _("Choose among those nominated, and invite them"),
        frozenset({Role.REGISTRAR, Role.ADMINISTRATOR}),
    ),
    "rosters.import_roster": Permission(
        _("Keep cohorts, bring lists of people and send their invitations"), ADMITTING
    ),
    "messaging.send": Permission(
        _("Write to an organisation's people, and read what was sent"), TEACHING | HELPING
    ),
    "organisations.keep_agreements": Permission(
        _("Record data agreements with countries"),
        frozenset({Role.DATA_PROTECTION, Role.ADMINISTRATOR}),
    ),
    "organisations.view_agreements": Permission(
        _("See data agreements and when they end"),
        ADMITTING | {Role.DATA_PROTECTION},
    ),
    "organisations.rename": Permission(
        _("Give a body its new name from a day on"), frozenset({Role.ADMINISTRATOR})
    ),
    "organisations.keep_portal": Permission(
        _("Set the organisation's greeting, logo, colour and news"), HELPING
    ),
    "organisations.view_permissions": Permission(_("See who holds which role"), ALL_STAFF),
    "organisations.view_people": Permission(
        _("See the list of people and their roles"), HELPING | {Role.DATA_PROTECTION}
    ),
    "organisations.give_role": Permission(_("Give and end roles"), frozenset({Role.ADMINISTRATOR})),
    "organisations.recover_account": Permission(
        _("Help a person back into their account, together with a second helper"), HELPING
    ),
    "organisations.set_identity_provider": Permission(
        _("Set up sign-in through the organisation's own server"),
        frozenset({Role.ADMINISTRATOR}),
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
        if thing is None:  # as Wagtail asks, about a kind of record at large
            return False
        return organisations_where(user, permission).filter(pk=organisation_of(thing)).exists()

    return predicate


def covers(helper, person):
    """Whether `person` may do nothing that `helper` may not do or give.

    An administrator may give every role of the organisation and below, so covers them all there;
    authors' groups know no organisation, so they are covered from the top alone.
    """
    if person.is_superuser and not helper.is_superuser:
        return False
    administered = organisations_served_by(helper, [Role.ADMINISTRATOR])
    writes_everywhere = person.is_staff or person.groups.exists()
    if writes_everywhere and not administered.filter(depth=1).exists():
        return False
    beyond = (
        person.memberships.current().of_staff().exclude(organisation__in=administered.values("pk"))
    )
    return all(
        organisations_where(helper, name).filter(pk=membership.organisation_id).exists()
        for membership in beyond
        for name, permission in PERMISSIONS.items()
        if membership.role in permission.roles
    )
