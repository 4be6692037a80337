"""The places of the labs: given one at a time, in a line that nobody overtakes.

All counting is done while the one row of `Fleet` is held, so there are never more sessions, and
places kept for those who were called, than places.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from math import ceil
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Avg, DurationField, ExpressionWrapper, F
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import Enrolment, Extension
from labs.domain.quotas import Limits, hours_left, limits_of, merged
from labs.models import Fleet, LabIdentity, LabQuota, LabSession, LabTurn, TurnOutcome, Workspace
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation

LIFE = timedelta(hours=8)  # of a server, at most
COMES_WITHIN = timedelta(minutes=5)  # of being called
CLASS_COMES_WITHIN = timedelta(minutes=15)  # of the class's start
USUAL = timedelta(minutes=40)  # of a session, until some have ended
LOOKED_AT = 100  # sessions, to tell how long one usually is


def hold_places() -> Fleet:
    """Hold the count of places until the transaction ends."""
    Fleet.objects.get_or_create(pk=1)
    return Fleet.objects.select_for_update().get(pk=1)


@transaction.atomic
def claim_place(workspace: Workspace) -> tuple[LabSession | None, bool]:
    """The learner's session, and whether it is new; None when they are in line for a place.

    Refused where the cohort's labs are closed or its hours used, and while an old session ends.
    """
    with every_organisation():  # places are the platform's, whoever sits on them
        hold_places()
        now = timezone.now()  # who holds first asked first
        session = LabSession.objects.open().filter(identity=workspace.identity_id).first()
        if session is None:
            refuse_without_hours(workspace.enrolment, now)
            turn = _turn_of(workspace, now)
            call_next(now)
            turn.refresh_from_db()
            return (take_place(turn, now) if turn.called_at else None), True
        if session.stop_asked_at or session.until <= now:
            raise Refused(
                _("Your last lab is just being closed. Try again in some seconds."),
                code="lab_closing",
            )
        return session, False


def refuse_without_hours(enrolment: Enrolment, now: datetime) -> None:
    """Refuse who may not open a lab now, for their cohort has no places or no hours left."""
    limits = limits_of(enrolment.cohort_id)
    if limits.places == 0:
        raise Refused(
            _(
                "The labs are closed to your cohort. Ask your coordinator, or take the way without the lab."
            ),
            code="cohort_closed",
        )
    if hours_left(enrolment.cohort_id, limits, now=now) == 0:
        raise Refused(
            _(
                "Your cohort has used all its hours of labs. Ask your coordinator for more, or take "
                "the way without the lab: your files are safe and the course goes on."
            ),
            code="cohort_hours",
        )


def _turn_of(workspace: Workspace, now: datetime) -> LabTurn:
    """The learner's place in line, made at the first call; it goes for the lab opened last."""
    turn = LabTurn.objects.open().filter(identity=workspace.identity_id).first()
    if turn is None:
        return LabTurn.objects.create(
            identity=workspace.identity, workspace=workspace, asked_at=now
        )
    if turn.called_at and turn.lapses_at <= now:  # came too late: to the end of the line
        turn.called_at = turn.lapses_at = None
        turn.asked_at = now
    turn.workspace = workspace
    turn.save(update_fields=["workspace", "asked_at", "called_at", "lapses_at"])
    return turn


def call_next(now: datetime | None = None) -> int:
    """Keep free places for the first in line, whose turn has then come; return for how many.

    `hold_places` comes first. Who waits for their cohort's own places keeps nobody else waiting.
    """
    now = now or timezone.now()
    free = places_free()
    if free <= 0:
        return 0
    cohorts = _taken_by_cohort()
    waiting = LabTurn.objects.waiting().select_related("lab_class", "workspace__enrolment")
    limits = _limits_of_cohorts(waiting)
    called = 0
    for turn in waiting:
        cohort = turn.workspace.enrolment.cohort_id
        most = limits[cohort].places
        if most is not None and cohorts[cohort] >= most:
            continue
        turn.called_at = now
        turn.lapses_at = now + COMES_WITHIN
        if turn.lab_class:
            turn.lapses_at = max(turn.lapses_at, turn.lab_class.starts_at + CLASS_COMES_WITHIN)
        turn.save(update_fields=["called_at", "lapses_at"])
        cohorts[cohort] += 1
        called += 1
        if called == free:
            break
    return called


def places_free() -> int:
    """Places that no session holds and that are kept for nobody."""
    others = Fleet.objects.values_list("others", flat=True).get(pk=1)
    taken = LabSession.objects.open().count() + LabTurn.objects.called().count()
    return settings.LABS_PLACES - others - taken


def _taken_by_cohort() -> Counter:
    taken = Counter(LabSession.objects.open().order_by().values_list("cohort", flat=True))
    called = LabTurn.objects.called().order_by()
    taken.update(called.values_list("workspace__enrolment__cohort", flat=True))
    return taken


def _limits_of_cohorts(turns) -> dict[int | None, Limits]:
    cohorts = {turn.workspace.enrolment.cohort_id for turn in turns}
    own = {quota.cohort_id: quota for quota in LabQuota.objects.filter(cohort__in=cohorts - {None})}
    return {cohort: merged(own.get(cohort), is_cohort=cohort is not None) for cohort in cohorts}


def take_place(turn: LabTurn, now: datetime) -> LabSession:
    """Turn the place that is kept into a session. `hold_places` comes first."""
    enrolment = turn.workspace.enrolment
    limits = limits_of(enrolment.cohort_id)
    session = LabSession.objects.create(
        identity_id=turn.identity_id,
        workspace=turn.workspace,
        cohort_id=enrolment.cohort_id,
        memory_mb=min(turn.workspace.release.memory_mb, limits.memory_mb),
        cpus=limits.cpus,
        started_at=now,
        until=_until(enrolment, hours_left(enrolment.cohort_id, limits, now=now), now),
    )
    close_turn(turn, TurnOutcome.TAKEN, now, session=session)
    return session


def _until(enrolment: Enrolment, hours: Decimal | None, now: datetime) -> datetime:
    ends = [now + LIFE]
    if hours is not None:
        ends.append(now + timedelta(hours=float(hours)))
    if end := end_of_labs(enrolment):
        ends.append(end)
    return min(ends)


def end_of_labs(enrolment: Enrolment) -> datetime | None:
    """When the labs of a run close to the learner: with its last day, or that of their extension."""
    run = enrolment.run
    if run.ends_on is None:
        return None
    longer = Extension.objects.filter(
        enrolment=enrolment, activity_key__isnull=True, until__gt=run.ends_on
    ).values_list("until", flat=True)
    last = max([run.ends_on, *longer])
    return datetime.combine(last + timedelta(days=1), time.min, ZoneInfo(run.time_zone))


def close_turn(turn: LabTurn, outcome, now: datetime, *, session=None) -> None:
    turn.closed_at, turn.outcome, turn.session = now, outcome, session
    turn.save(update_fields=["closed_at", "outcome", "session"])


@transaction.atomic
def give_place_back(session: LabSession, *, is_in_line: bool) -> None:
    """Undo a session whose server could not be started; who `is_in_line` is first in it again."""
    with every_organisation():  # as claimed
        hold_places()
        turn = LabTurn.objects.filter(session=session).first()
        session.delete()
        if turn is None:
            return
        turn.session = turn.closed_at = turn.called_at = turn.lapses_at = None
        turn.outcome = ""
        turn.save()
        if not is_in_line:
            close_turn(turn, TurnOutcome.LEFT, timezone.now())


@transaction.atomic
def leave_line(identity: LabIdentity) -> None:
    """Give up the place in line; harmless when there is none."""
    with every_organisation():  # as claimed
        hold_places()
        now = timezone.now()
        for turn in LabTurn.objects.open().filter(identity=identity):
            close_turn(turn, TurnOutcome.LEFT, now)
        call_next(now)


@transaction.atomic
def move_line(now: datetime | None = None) -> int:
    """Take their turn from those who did not come, and call the next; return how many were called."""
    with every_organisation():  # as claimed
        hold_places()
        now = now or timezone.now()
        for turn in LabTurn.objects.called().filter(lapses_at__lte=now):
            close_turn(turn, TurnOutcome.LOST, now)
        return call_next(now)


@dataclass(frozen=True)
class PlaceInLine:
    """A learner's number in line and the minutes that it usually takes from there."""

    number: int
    minutes: int
    is_cohort_full: bool


def place_in_line(turn: LabTurn) -> PlaceInLine:
    """Where `turn`, which waits, stands: among all, or among its cohort where that alone is full."""
    with every_organisation():  # numbers alone are told of the others
        hold = Fleet.objects.get_or_create(pk=1)[0]
        own = turn.workspace.enrolment.cohort_id
        line = list(LabTurn.objects.waiting().values_list("pk", "workspace__enrolment__cohort"))
        is_cohort_full = places_free() > 0
        places = settings.LABS_PLACES - hold.others
        if is_cohort_full:
            line = [(pk, cohort) for pk, cohort in line if cohort == own]
            places = limits_of(own).places or places
        number = [pk for pk, _cohort in line].index(turn.pk) + 1
        usual = usual_length()
    minutes = ceil(number * (usual / timedelta(minutes=1)) / max(places, 1))
    return PlaceInLine(number, minutes, is_cohort_full)


def usual_length() -> timedelta:
    """How long a session usually is, by those that ended last."""
    last = LabSession.objects.filter(ended_at__isnull=False).order_by("-pk")[:LOOKED_AT]
    length = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    rows = LabSession.objects.filter(pk__in=last.values("pk"))
    return rows.aggregate(usual=Avg(length))["usual"] or USUAL


def open_turn(identity: LabIdentity) -> LabTurn | None:
    """The person's place in line, in whichever organisation's lab."""
    with every_organisation():  # one server serves all of a person's organisations
        turns = LabTurn.objects.open().select_related("workspace__enrolment")
        return turns.filter(identity=identity).first()
