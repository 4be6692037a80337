"""Taking rows in: a few hundred in one transaction, each with what it changed, so that it can be taken back."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import make_password

from courses.domain.enrolment import add_enrolments
from courses.models import Enrolment, EnrolmentState, ProgrammeEnrolment
from lms.accounts.models import StaffIdentifier, User
from lms.organisations.models import Membership, Role
from lms.organisations.scoping import every_organisation
from rosters.domain.identifiers import StaffNumber, keep_numbers
from rosters.domain.planning import OF_MEMBERSHIP, OF_USER, Cohorting, Plan
from rosters.models import RosterPerson, RosterRow

Changes = dict[int, list[dict[str, Any]]]  # by the row's number

USER = User._meta.label_lower
MEMBERSHIP = Membership._meta.label_lower
ENROLMENT = Enrolment._meta.label_lower
PROGRAMME = ProgrammeEnrolment._meta.label_lower
PERSON = RosterPerson._meta.label_lower
IDENTIFIER = StaffIdentifier._meta.label_lower


def _change(record, before: dict | None = None, after: dict | None = None) -> dict[str, Any]:
    return {
        "model": record._meta.label_lower,
        "pk": record.pk,
        "before": before,
        "after": after or {},
    }


def write_plans(plans: Sequence[Plan], cohorting: Cohorting, *, by) -> list[RosterRow]:
    """Write what `plans` say and return their rows, not saved yet. The run's seats must be held."""
    changes: Changes = {plan.person.number: [] for plan in plans}
    users = _write_users(plans, changes)
    _write_memberships(plans, users, changes)
    _invite(plans, users, cohorting, changes, by=by)
    _remember(plans, users, cohorting, changes)
    numbers = {
        users[plan.person.number]: StaffNumber(
            cohorting.region, plan.person.staff_scheme, plan.person.staff_number
        )
        for plan in plans
        if plan.person.staff_number and not plan.is_stranger
    }
    rows = {user.pk: number for number, user in users.items()}
    for identifier in keep_numbers(numbers):
        changes[rows[identifier.user_id]].append(_change(identifier))
    return [row_of(plan, users[plan.person.number], changes[plan.person.number]) for plan in plans]


def row_of(plan: Plan, user: User | None, changes: list[dict[str, Any]]) -> RosterRow:
    """What is kept of a row that is fine."""
    return RosterRow(
        number=plan.person.number,
        outcome=plan.outcome,
        notes=plan.notes,
        user=user,
        changes=changes,
    )


def _write_users(plans: Sequence[Plan], changes: Changes) -> dict[int, User]:
    """Make and change accounts; returns each row's."""
    users = {plan.person.number: plan.known.user for plan in plans if plan.known}
    new = [plan for plan in plans if plan.known is None]
    made = User.objects.bulk_create(
        User(password=make_password(None), **plan.user_values) for plan in new
    )
    for plan, user in zip(new, made, strict=True):
        users[plan.person.number] = user
        changes[plan.person.number].append(_change(user))
    changed = [plan for plan in plans if plan.known and plan.user_values]
    for plan in changed:
        user = users[plan.person.number]
        before = {name: getattr(user, name) for name in plan.user_values}
        for name, value in plan.user_values.items():
            setattr(user, name, value)
        changes[plan.person.number].append(_change(user, before, plan.user_values))
    if changed:
        User.objects.bulk_update([users[plan.person.number] for plan in changed], OF_USER)
    return users


def _write_memberships(plans: Sequence[Plan], users: dict[int, User], changes: Changes) -> None:
    new = [plan for plan in plans if plan.membership is None]
    made = Membership.objects.bulk_create(
        Membership(
            user=users[plan.person.number],
            organisation=plan.body,
            role=Role.LEARNER,
            **plan.membership_values,
        )
        for plan in new
    )
    for plan, membership in zip(new, made, strict=True):
        changes[plan.person.number].append(_change(membership))
    changed = []
    for plan in plans:
        if plan.membership is None or not plan.membership_values:
            continue
        before = {name: getattr(plan.membership, name) for name in plan.membership_values}
        for name, value in plan.membership_values.items():
            setattr(plan.membership, name, value)
        changed.append(plan.membership)
        changes[plan.person.number].append(_change(plan.membership, before, plan.membership_values))
    if changed:
        Membership.objects.bulk_update(changed, OF_MEMBERSHIP)


def _invite(
    plans: Sequence[Plan], users: dict[int, User], cohorting: Cohorting, changes: Changes, *, by
) -> None:
    coming = [plan for plan in plans if plan.needs_place]
    if not coming:
        return
    people = [users[plan.person.number] for plan in coming]
    rows = {user.pk: plan.person.number for user, plan in zip(people, coming, strict=True)}
    with every_organisation():  # a programme may have begun on behalf of an earlier employer
        theirs = ProgrammeEnrolment.objects.filter(
            user__in=people, programme=cohorting.run.programme_id
        )
        begun = set(theirs.values_list("pk", flat=True)) if cohorting.run.programme else set()
    added = add_enrolments(
        list(zip(people, [plan.body for plan in coming], strict=True)),
        cohorting.run,
        state=EnrolmentState.INVITED,
        cohort=cohorting.cohort,
        unnamed={users[plan.person.number].pk for plan in coming if plan.is_stranger},
        by=by,
        reason=cohorting.cohort.name,
    )
    for enrolment, is_new in added:
        if enrolment and is_new:
            changes[rows[enrolment.user_id]].append(_change(enrolment))
    if cohorting.run.programme:
        with every_organisation():  # as above
            for record in theirs.exclude(pk__in=begun):
                changes[rows[record.user_id]].append(_change(record))


def _remember(
    plans: Sequence[Plan], users: dict[int, User], cohorting: Cohorting, changes: Changes
) -> None:
    """Keep what was written last, and who had an account of their own."""
    new, changed = [], []
    for plan in plans:
        record = plan.known.record if plan.known else None
        number = plan.person.number
        if record is None and (plan.hashes or plan.is_stranger):
            made = RosterPerson(
                user=users[number],
                organisation=cohorting.organisation,
                hashes=plan.hashes,
                is_stranger=plan.is_stranger,
            )
            new.append((number, made))
        elif record is not None and plan.hashes:
            before = {"hashes": record.hashes}
            record.hashes = record.hashes | plan.hashes
            changed.append(record)
            changes[number].append(_change(record, before, {"hashes": record.hashes}))
    RosterPerson.objects.bulk_create([record for _number, record in new])
    for number, record in new:
        changes[number].append(_change(record))
    if changed:
        RosterPerson.objects.bulk_update(changed, ["hashes"])
