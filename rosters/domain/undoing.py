"""Taking an import back: the database is as before, but for people who have gone on since."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from courses.models import Enrolment, EnrolmentState, ProgrammeEnrolment
from lms.accounts.models import StaffIdentifier, User
from lms.core.states import change_state
from lms.messaging.models import Message
from lms.organisations.models import Membership
from lms.organisations.scoping import every_organisation
from rosters.domain.applying import (
    ENROLMENT,
    IDENTIFIER,
    MEMBERSHIP,
    PERSON,
    PROGRAMME,
    USER,
)
from rosters.models import ImportState, RosterImport, RosterPerson, RosterRow

MODELS = {
    USER: User,
    MEMBERSHIP: Membership,
    ENROLMENT: Enrolment,
    PROGRAMME: ProgrammeEnrolment,
    PERSON: RosterPerson,
    IDENTIFIER: StaffIdentifier,
}
# what points to another record goes first
DELETED_IN_ORDER = [IDENTIFIER, PERSON, PROGRAMME, ENROLMENT, MEMBERSHIP, USER]


@transaction.atomic
def undo_step(roster: RosterImport, size: int) -> bool:
    """Take the next rows back, last ones first; return whether there may be more.

    A row stays whole when its person began to learn, signed in, was written to, was changed by hand or by a later import, or has a
    place elsewhere by now: its `kept_because` says which.
    """
    roster.refresh_from_db(from_queryset=RosterImport.objects.select_for_update(of=["self"]))
    if roster.state != ImportState.UNDOING:
        return False
    waiting = RosterRow.objects.filter(roster=roster, kept_because="").exclude(changes=[])
    rows = list(waiting.order_by("-number")[:size])
    if not rows:
        _end(roster)
        return False
    reasons = _reasons(roster, rows)
    with every_organisation():  # what this import made, wherever it lies by now
        _take_back([row for row in rows if row.pk not in reasons])
    for row in rows:
        row.kept_because = reasons.get(row.pk, "")
        if not row.kept_because:
            row.changes = []
    RosterRow.objects.bulk_update(rows, ["kept_because", "changes"])
    roster.done += len(rows)
    roster.touched_at = timezone.now()
    roster.save(update_fields=["done", "touched_at"])
    return True


def _end(roster: RosterImport) -> None:
    kept = RosterRow.objects.filter(roster=roster).exclude(kept_because="").count()
    change_state(
        roster,
        ImportState.UNDONE,
        by=roster.by,
        counts=roster.counts | {"kept": kept},
        finished_at=timezone.now(),
    )


def _made(rows: Iterable[RosterRow], model: str) -> set[int]:
    """Ids of records of `model` that `rows` made."""
    return {
        change["pk"]
        for row in rows
        for change in row.changes
        if change["model"] == model and change["before"] is None
    }


def _reasons(roster: RosterImport, rows: Sequence[RosterRow]) -> dict[int, str]:
    """Why rows stay, by the row's id; a constant number of queries."""
    users = {row.user_id for row in rows if row.user_id}
    with every_organisation():  # what keeps a person may lie with any organisation
        later = set(
            RosterRow.objects.filter(
                user__in=users,
                roster__state__in=[ImportState.APPLYING, ImportState.APPLIED],
                roster__applied_at__gt=roster.applied_at,
            )
            .exclude(changes=[])
            .values_list("user_id", flat=True)
        )
        enrolments = defaultdict(list)
        for enrolment in Enrolment.objects.filter(user__in=users):
            enrolments[enrolment.user_id].append(enrolment)
        memberships = defaultdict(set)
        for user_id, pk in Membership.objects.filter(user__in=users).values_list("user_id", "pk"):
            memberships[user_id].add(pk)
        told = set(Message.objects.filter(person__in=users).values_list("person_id", flat=True))
    accounts = User.objects.in_bulk(users)
    made_users, made_enrolments = _made(rows, USER), _made(rows, ENROLMENT)
    made_memberships = _made(rows, MEMBERSHIP)
    edited = _edited(rows)
    reasons = {}
    for row in rows:
        user = accounts.get(row.user_id)
        if user is None:
            continue
        ours = [each for each in enrolments[user.pk] if each.pk in made_enrolments]
        others = len(enrolments[user.pk]) > len(ours) or memberships[user.pk] - made_memberships
        is_made = user.pk in made_users
        tests = {
            "began": any(each.state != EnrolmentState.INVITED for each in ours),
            "imported_again": user.pk in later,
            "signed_in": is_made and user.last_login,
            "told": is_made and user.pk in told,
            "elsewhere": is_made and others,
            "edited": row.pk in edited,
        }
        if first := next((name for name, holds in tests.items() if holds), None):
            reasons[row.pk] = first
    return reasons


def _changed(rows: Iterable[RosterRow]) -> dict[str, dict[int, tuple[RosterRow, dict]]]:
    """{model: {id: (row, change)}} of records that `rows` changed, and did not make."""
    found: dict[str, dict[int, tuple[RosterRow, dict]]] = defaultdict(dict)
    for row in rows:
        for change in row.changes:
            if change["before"] is not None:
                found[change["model"]][change["pk"]] = (row, change)
    return found


def _edited(rows: Sequence[RosterRow]) -> set[int]:
    """Ids of rows that changed something which is not any more what they made of it."""
    edited = set()
    with every_organisation():  # as they are now, wherever
        for model, changes in _changed(rows).items():
            records = MODELS[model]._base_manager.in_bulk(list(changes))  # noqa: SLF001  scoped managers differ
            for pk, (row, change) in changes.items():
                record = records.get(pk)
                if record is None or any(
                    getattr(record, name) != value for name, value in change["after"].items()
                ):
                    edited.add(row.pk)
    return edited


def _take_back(rows: Sequence[RosterRow]) -> None:
    """Delete what `rows` made and give back what they changed. Every scope must be open."""
    for model, changes in _changed(rows).items():
        records = MODELS[model]._base_manager.in_bulk(list(changes))  # noqa: SLF001  scoped managers differ
        names: set[str] = set()
        for pk, record in records.items():
            before = changes[pk][1]["before"]
            names |= set(before)
            for name, value in before.items():
                setattr(record, name, value)
        if records:
            MODELS[model]._base_manager.bulk_update(list(records.values()), sorted(names))  # noqa: SLF001  as above
    for model in DELETED_IN_ORDER:
        made = _made(rows, model)
        if made:
            MODELS[model]._base_manager.filter(pk__in=made).delete()  # noqa: SLF001  as above
