"""Nominating, choosing among those nominated, and filling seats that become free."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from admissions.domain.criteria import criteria_of
from admissions.domain.seats import demand_allocated_seat, row_for, seat_rows
from admissions.models import Nomination
from admissions.ranking import Candidate, Criterion, Ranked, rank_candidates
from courses.domain.enrolment import (
    add_enrolment,
    demand_seat,
    move_enrolment,
    waiting_list,
    why_not_eligible,
    withdraw,
)
from courses.models import CourseRun, Enrolment, EnrolmentState, Result
from lms.core.errors import Refused
from lms.organisations.models import Membership, Organisation
from lms.organisations.scoping import every_organisation

NOMINATIONS_PER_SEAT = 3
ANSWER_DAYS = 7  # an invitation that nobody answers frees its seat then


@transaction.atomic
def nominate(person, run: CourseRun, organisation: Organisation, *, by, **facts) -> Nomination:
    """Put `person` forward for `run` against the seats of `organisation`.

    Refuses who may not take part, who is in the run already, and more than three for each seat.
    """
    CourseRun.objects.select_for_update().get(pk=run.pk)
    rows = seat_rows(run)
    row = row_for(rows, organisation)
    if row is None:
        raise Refused(
            _("%(organisation)s has no seats in %(run)s. Ask who gives them first.")
            % {"organisation": organisation, "run": run.code},
            code="no_seats",
        )
    if row.nominated >= NOMINATIONS_PER_SEAT * (row.allocation.seats - row.shared):
        raise Refused(
            _("There are %(most)s nominations for each seat already. Take one back first.")
            % {"most": NOMINATIONS_PER_SEAT},
            code="too_many_nominations",
        )
    if reasons := why_not_eligible(person, run):
        raise Refused(" ".join(reasons), code="not_eligible")
    enrolment, is_new = add_enrolment(
        person, run, organisation, state=EnrolmentState.NOMINATED, by=by
    )
    if not is_new:
        if enrolment.state != EnrolmentState.WITHDRAWN:
            raise Refused(
                _("%(person)s is in %(run)s already.") % {"person": person, "run": run.code},
                code="already_in",
            )
        with every_organisation():  # sent by another body last time, perhaps
            move_enrolment(
                enrolment, EnrolmentState.NOMINATED, by=by, organisation=organisation, rank=None
            )
    with every_organisation():  # as above
        nomination, _created = Nomination.objects.update_or_create(
            enrolment=enrolment,
            defaults={"nominated_by": by, "nominated_at": timezone.now(), **facts},
        )
    return nomination


def ranking_of(
    run: CourseRun, criteria: list[Criterion] | None = None
) -> tuple[list[Criterion], list[tuple[Ranked, Enrolment]]]:
    """Rank everyone in scope who is nominated or waits for `run`; five queries, whatever their number.

    By `criteria` to see what they would do, else by those of the run.
    """
    if criteria is None:
        criteria = criteria_of(run)
    enrolments = list(
        Enrolment.objects.filter(
            run=run, state__in=[EnrolmentState.NOMINATED, EnrolmentState.WAITLISTED]
        ).select_related("user", "organisation", "nomination__county", "nomination__nominated_by")
    )
    users = [enrolment.user_id for enrolment in enrolments]
    grades: dict[int, set] = {user: set() for user in users}
    for membership in Membership.objects.current().filter(user__in=users).exclude(grade=""):
        grades[membership.user_id].add((membership.grade_scheme, membership.grade))
    with every_organisation():  # what they learned before, whoever sent them then
        taken = dict(
            Enrolment.objects.filter(user__in=users)
            .order_by()
            .values_list("user")
            .annotate(count=Count("pk", filter=Q(state=EnrolmentState.COMPLETED)))
        )
        codes = [each.code for each in criteria if each.kind == "result"]
        results = _results(users, codes) if codes else {}
    candidates = [
        Candidate(
            key=enrolment.pk,
            priority=enrolment.nomination.priority if hasattr(enrolment, "nomination") else 1,
            courses_taken=taken.get(enrolment.user_id, 0),
            results=tuple(results.get(enrolment.user_id, {}).items()),
            grades=frozenset(grades[enrolment.user_id]),
        )
        for enrolment in enrolments
    ]
    by_key = {enrolment.pk: enrolment for enrolment in enrolments}
    ranked = rank_candidates(candidates, criteria)
    return criteria, [(row, by_key[row.candidate.key]) for row in ranked]


def _results(users: Sequence[int], codes: Sequence[str]) -> dict[int, dict[str, int]]:
    """The mean result of each person in each course, in per cent."""
    points: dict[tuple[int, str], list] = {}
    rows = Result.objects.filter(
        is_current=True, enrolment__user__in=users, enrolment__run__course__code__in=codes
    ).values_list("enrolment__user", "enrolment__run__course__code", "score", "maximum")
    for user, code, score, maximum in rows:
        sums = points.setdefault((user, code), [0, 0])
        sums[0] += score
        sums[1] += maximum
    found: dict[int, dict[str, int]] = {}
    for (user, code), (score, maximum) in points.items():
        if maximum:
            found.setdefault(user, {})[code] = round(100 * score / maximum)
    return found


@dataclass
class Decision:
    """Who is chosen, who waits and who is not taken; each hears the reason."""

    chosen: list[Enrolment] = field(default_factory=list)
    waiting: list[Enrolment] = field(default_factory=list)
    refused: list[Enrolment] = field(default_factory=list)
    reason: str = ""


@transaction.atomic
def decide(run: CourseRun, decision: Decision, *, by) -> None:
    """Record a selection whole or not at all: seats are checked one by one under the run's lock."""
    CourseRun.objects.select_for_update().get(pk=run.pk)
    _criteria, ranking = ranking_of(run)
    ranks = {enrolment.pk: row for row, enrolment in ranking}
    for enrolment in decision.chosen:
        demand_allocated_seat(run, enrolment.organisation)
        move_enrolment(
            enrolment,
            EnrolmentState.APPROVED,
            by=by,
            reason=_reason(ranks[enrolment.pk], decision.reason),
        )
    for enrolment in decision.waiting:
        row = ranks[enrolment.pk]
        if enrolment.state == EnrolmentState.NOMINATED:
            move_enrolment(
                enrolment,
                EnrolmentState.WAITLISTED,
                by=by,
                reason=_reason(row, decision.reason),
                rank=row.rank,
            )
    for enrolment in decision.refused:
        withdraw(enrolment, by=by, reason=_reason(ranks[enrolment.pk], decision.reason))


def _reason(row: Ranked, words: str) -> str:
    place = _("Rank %(rank)s with %(points)s of 100 points.") % {
        "rank": row.rank,
        "points": round(row.score),
    }
    return f"{place} {words}".strip()[:300]


@transaction.atomic
def invite(enrolments: Sequence[Enrolment], *, by) -> None:
    """Invite those approved: each has a place to take or to give up, for seven days."""
    until = timezone.localdate() + timedelta(days=ANSWER_DAYS)
    for enrolment in enrolments:
        move_enrolment(
            enrolment,
            EnrolmentState.INVITED,
            by=by,
            reason=_("Answer by %(day)s.") % {"day": date_format(until)},
        )


@transaction.atomic
def promote_next(run: CourseRun) -> Enrolment | None:
    """Invite the first on the waiting list for whom a seat is free; return who, or None."""
    CourseRun.objects.select_for_update().get(pk=run.pk)
    with every_organisation():  # the waiting list is the run's, in its order
        for enrolment in waiting_list(run).select_related("organisation", "run", "user"):
            try:
                demand_seat(run)
                demand_allocated_seat(run, enrolment.organisation)
            except Refused:
                continue
            move_enrolment(
                enrolment, EnrolmentState.APPROVED, reason=_("A seat became free."), rank=None
            )
            invite([enrolment], by=None)
            return enrolment
    return None


def fill_free_seats() -> int:
    """Promote in every run that somebody waits for, as long as a seat is free; return how many."""
    with every_organisation():  # all runs, whoever waits
        waiting = CourseRun.objects.filter(
            pk__in=Enrolment.objects.filter(state=EnrolmentState.WAITLISTED).values("run")
        )
        promoted = 0
        for run in waiting:
            while promote_next(run):
                promoted += 1
    return promoted


def release_no_shows(now=None) -> int:
    """Withdraw who left an invitation unanswered for seven days, so that the next can come; return how many."""
    now = now or timezone.now()
    with every_organisation():  # all countries' invitations have their day
        unanswered = [
            enrolment
            for enrolment in Enrolment.objects.filter(state=EnrolmentState.INVITED)
            .select_related("run", "organisation", "user")
            .prefetch_related("history")
            if _invited_at(enrolment) <= now - timedelta(days=ANSWER_DAYS)
        ]
        for enrolment in unanswered:
            withdraw(enrolment, by=None, reason=_("The invitation was not answered in time."))
    return len(unanswered)


def _invited_at(enrolment: Enrolment):
    return max(
        (row.at for row in enrolment.history.all() if row.state == EnrolmentState.INVITED),
        default=enrolment.enrolled_at,
    )


@transaction.atomic
def substitute(enrolment: Enrolment, person, *, by, reason: str) -> Enrolment:
    """Give the place of `enrolment`, approved or invited, to another person of the same organisation.

    The successor stands on the institution's list where the other one stood, and is not told the `reason`: it is
    the other person's own.
    """
    if enrolment.state not in {EnrolmentState.APPROVED, EnrolmentState.INVITED}:
        raise Refused(
            _("Only a place that is approved or invited can be given to another person."),
            code="no_place",
        )
    if reasons := why_not_eligible(person, enrolment.run):
        raise Refused(" ".join(reasons), code="not_eligible")
    CourseRun.objects.select_for_update().get(pk=enrolment.run_id)
    state = enrolment.state
    withdraw(enrolment, by=by, reason=reason)
    successor, is_new = add_enrolment(
        person,
        enrolment.run,
        enrolment.organisation,
        state=state,
        cohort=enrolment.cohort,
        by=by,
        reason=_("You take the place of a colleague who cannot come."),
    )
    if not is_new:
        raise Refused(
            _("%(person)s is in %(run)s already.") % {"person": person, "run": enrolment.run.code},
            code="already_in",
        )
    before = Nomination.objects.filter(enrolment=enrolment).first()
    if before:
        Nomination.objects.create(enrolment=successor, nominated_by=by, priority=before.priority)
    return successor
