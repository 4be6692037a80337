"""Enrolling, and every later move of an enrolment, with who, when and why."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.domain.programmes import begin_programme, begin_programmes, refuse_if_locked
from courses.domain.telling import tell_of_move
from courses.eligibility import PersonFacts, refusals
from courses.models import Cohort, CourseRun, Enrolment, EnrolmentChange, EnrolmentState
from courses.models.enrolments import SEATED
from courses.signals import enrolment_ended, enrolment_moved
from lms.accounts.models import User
from lms.core.errors import Refused
from lms.core.states import change_state
from lms.organisations.domain import join_organisation, join_organisations
from lms.organisations.models import Membership, Organisation
from lms.organisations.scoping import every_organisation


def facts_of_people(users: Collection[User]) -> dict[int, PersonFacts]:
    """What eligibility may ask of each of `users` now, by id; three queries, whatever their number."""
    memberships: dict[int, list[Membership]] = {user.pk: [] for user in users}
    current = Membership.objects.current().filter(user__in=users).select_related("organisation")
    for membership in current:
        memberships[membership.user_id].append(membership)
    slugs = slugs_above(membership.organisation.path for membership in current)
    completed: dict[int, list[tuple[str, str]]] = {user.pk: [] for user in users}
    with every_organisation():  # a person's own learning, whoever employed them then
        done = Enrolment.objects.filter(user__in=users, state=EnrolmentState.COMPLETED)
        for user, *course in done.values_list("user", "run__course__code", "run__course__level"):
            completed[user].append((course[0], course[1]))
    return {
        user: PersonFacts(
            organisations=frozenset().union(*(slugs[each.organisation.path] for each in theirs)),
            grades=frozenset((each.grade_scheme, each.grade) for each in theirs if each.grade),
            courses=frozenset(code for code, _level in completed[user]),
            levels=frozenset(level for _code, level in completed[user]),
        )
        for user, theirs in memberships.items()
    }


def slugs_above(paths: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each path of an organisation, the slugs of it and all above it; one query."""
    step = Organisation.steplen
    above = {path: [path[:end] for end in range(step, len(path) + 1, step)] for path in paths}
    wanted = {each for line in above.values() for each in line}
    slugs = dict(Organisation.objects.filter(path__in=wanted).values_list("path", "slug"))
    return {
        path: frozenset(slugs[each] for each in line if each in slugs)
        for path, line in above.items()
    }


def why_not_eligible(user, run: CourseRun) -> list[str]:
    """Return a sentence for each rule of the run that `user` does not meet."""
    return refusals(run.eligibility, facts_of_people([user])[user.pk]) if run.eligibility else []


def seats_left(run: CourseRun) -> int | None:
    """Free seats of `run`, None where there is no limit. Lock the run first to rely on it."""
    if run.capacity is None:
        return None
    with every_organisation():  # seats are the run's, whoever sits on them
        return max(0, run.capacity - Enrolment.objects.seated().filter(run=run).count())


def demand_seat(run: CourseRun) -> None:
    """Hold the run's row until the transaction ends, and refuse when no seat is free."""
    held = CourseRun.objects.select_for_update().get(pk=run.pk)
    if seats_left(held) == 0:
        raise Refused(
            _("All %(seats)s seats of %(run)s are taken.")
            % {"seats": held.capacity, "run": held.code},
            code="full",
        )


def _note(enrolment: Enrolment, *, by=None, reason: str = "") -> None:
    change = EnrolmentChange(enrolment=enrolment, state=enrolment.state, by=by, reason=reason)
    change.save()
    tell_of_move(change)
    transaction.on_commit(
        partial(enrolment_moved.send, Enrolment, enrolment=enrolment, reason=reason)
    )


@transaction.atomic
def move_enrolment(enrolment: Enrolment, to, *, by=None, reason: str = "", **changes) -> None:
    """Move `enrolment` to state `to` and keep who did it and why.

    Refuses what the state table does not allow, and a seat where none is free.
    """
    if to in SEATED and enrolment.state not in SEATED:
        demand_seat(enrolment.run)
    if to == EnrolmentState.ACTIVE:
        changes["is_named"] = True  # who takes part has accepted
    change_state(enrolment, to, by=by, **changes)
    _note(enrolment, by=by, reason=reason)


@transaction.atomic
def add_enrolment(
    user,
    run: CourseRun,
    organisation,
    *,
    state=EnrolmentState.ACTIVE,
    cohort: Cohort | None = None,
    by=None,
    reason: str = "",
) -> tuple[Enrolment, bool]:
    """Return the enrolment of `user` in `run`, and whether it is new; a new one begins in `state`.

    A person joins the organisation as a learner if they were not in it. Refuses a seat where none is free.
    """
    join_organisation(user, organisation)
    with every_organisation():  # enrolled on behalf of another organisation already, perhaps
        found = Enrolment.objects.filter(user=user, run=run).first()
        if found:
            return found, False
        if state in SEATED:
            demand_seat(run)
        try:
            with transaction.atomic():
                found = Enrolment.objects.create(
                    user=user, run=run, organisation=organisation, cohort=cohort, state=state
                )
        except IntegrityError:  # a double click
            return Enrolment.objects.get(user=user, run=run), False
        if run.programme:
            begin_programme(user, run.programme, organisation)
        _note(found, by=by, reason=reason)
    return found, True


@transaction.atomic
def add_enrolments(
    places: Sequence[tuple[User, Organisation]],
    run: CourseRun,
    *,
    state=EnrolmentState.INVITED,
    cohort: Cohort | None = None,
    unnamed: Collection[int] = (),
    by=None,
    reason: str = "",
) -> list[tuple[Enrolment | None, bool]]:
    """As `add_enrolment` for many people: one hold on the seats, a constant number of queries, the news at the end.

    Nobody is written to yet: what was brought in by the thousand may have to be taken back first.
    Of whom `unnamed` has the id, the organisation learns the name once they accept.

    Returns, in the order of `places`, each person's enrolment and whether it is new; None for whom no seat was free.
    """
    users = [user for user, _organisation in places]
    with every_organisation():  # enrolled on behalf of another organisation already, perhaps
        held = CourseRun.objects.select_for_update().get(pk=run.pk)
        found = {row.user_id: row for row in Enrolment.objects.filter(run=run, user__in=users)}
        wanted = {user.pk: (user, body) for user, body in places if user.pk not in found}
        left = seats_left(held) if state in SEATED else None
        new = list(wanted.values())[:left]
        known = [(user, body) for user, body in places if user.pk in found]
        join_organisations([*known, *new])
        made = Enrolment.objects.bulk_create(
            Enrolment(
                user=user,
                run=run,
                organisation=body,
                cohort=cohort,
                state=state,
                is_named=user.pk not in unnamed,
            )
            for user, body in new
        )
        if run.programme:
            begin_programmes(new, run.programme)
        EnrolmentChange.objects.bulk_create(
            EnrolmentChange(enrolment=row, state=state, by=by, reason=reason) for row in made
        )
    transaction.on_commit(partial(_tell_all, made, reason))
    fresh = {row.user_id: row for row in made}
    return [(found.get(user.pk) or fresh.get(user.pk), user.pk in fresh) for user in users]


def _tell_all(enrolments: list[Enrolment], reason: str) -> None:
    for row in enrolments:
        enrolment_moved.send(Enrolment, enrolment=row, reason=reason)


@transaction.atomic
def enrol(
    user, run: CourseRun, organisation, *, cohort=None, by=None, reason: str = ""
) -> Enrolment:
    """Put `user` in `run` on behalf of `organisation`, or return the enrolment there is.

    One who withdrew, was approved or invited, or waited, is active from now on.
    """
    found, is_new = add_enrolment(user, run, organisation, cohort=cohort, by=by, reason=reason)
    waiting = {
        EnrolmentState.APPROVED,
        EnrolmentState.WAITLISTED,
        EnrolmentState.INVITED,
        EnrolmentState.WITHDRAWN,
    }
    if not is_new and found.state in waiting:
        with every_organisation():  # as found
            move_enrolment(found, EnrolmentState.ACTIVE, by=by, reason=reason)
    return found


def enrol_oneself(user, run: CourseRun, organisation, *, key: str = "") -> Enrolment:
    """As `enrol`, where the run is open to all and the person may take part; else refuse with a sentence.

    Who was invited accepts. When all seats are taken, the person is put on the waiting list.
    """
    with every_organisation():  # one's own, on behalf of another organisation perhaps
        found = Enrolment.objects.filter(user=user, run=run).first()
    if found and found.state == EnrolmentState.INVITED:
        return enrol(user, run, found.organisation, by=user)
    if not CourseRun.objects.open_for_enrolment().filter(pk=run.pk).exists():
        raise Refused(
            _("This run is not open for enrolment now. Ask your training officer."),
            code="run_closed",
        )
    if run.enrolment_key and key.strip().casefold() != run.enrolment_key.casefold():
        raise Refused(
            _("This is not the enrolment key of this run. Ask who told you of it."),
            code="wrong_key",
        )
    if reasons := why_not_eligible(user, run):
        raise Refused(" ".join(reasons), code="not_eligible")
    if run.programme:
        refuse_if_locked(user, run.programme, run.course)
    with transaction.atomic():
        CourseRun.objects.select_for_update().get(pk=run.pk)
        is_full = seats_left(run) == 0
        if is_full and not (found and found.state in SEATED):
            return _wait(user, run, organisation, found)
        return enrol(user, run, organisation, by=user)


def _wait(user, run: CourseRun, organisation, found: Enrolment | None) -> Enrolment:
    """Put the person on the waiting list, or leave them where they wait already."""
    if found is None:
        state = EnrolmentState.WAITLISTED
        return add_enrolment(user, run, organisation, state=state, by=user)[0]
    if found.state == EnrolmentState.WITHDRAWN:
        with every_organisation():  # as found
            move_enrolment(
                found, EnrolmentState.WAITLISTED, by=user, enrolled_at=timezone.now(), rank=None
            )
    return found


def waiting_list(run: CourseRun):
    """Who waits for a seat in `run`, first first; the scope must be open."""
    return Enrolment.objects.filter(run=run, state=EnrolmentState.WAITLISTED).order_by(
        F("rank").asc(nulls_last=True), "enrolled_at", "pk"
    )


def waiting_position(enrolment: Enrolment) -> int:
    """The place of `enrolment` on its run's waiting list, from 1."""
    with every_organisation():  # a number alone is told of the others
        keys = list(waiting_list(enrolment.run).values_list("pk", flat=True))
    return keys.index(enrolment.pk) + 1


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by, reason: str = "") -> None:
    """End taking part; what was earned stays. Labs hear of it and close, and the seat is free."""
    move_enrolment(enrolment, EnrolmentState.WITHDRAWN, by=by, reason=reason)
    transaction.on_commit(partial(enrolment_ended.send, Enrolment, enrolment=enrolment))


@transaction.atomic
def suspend(enrolment: Enrolment, *, by, reason: str) -> None:
    """Close the course to the learner for a while; labs close too."""
    move_enrolment(enrolment, EnrolmentState.SUSPENDED, by=by, reason=reason)
    transaction.on_commit(partial(enrolment_ended.send, Enrolment, enrolment=enrolment))
