"""Classes in a lab: their places are kept and their servers started before they begin."""

import logging
from datetime import datetime, timedelta
from math import ceil

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.models import Cohort, CourseRun, Enrolment
from labs.domain.places import (
    CLASS_COMES_WITHIN,
    call_next,
    close_turn,
    hold_places,
    refuse_without_hours,
    take_place,
)
from labs.domain.sessions import launch
from labs.domain.workspaces import pinned_lab, seed, workspace_of
from labs.models import LabClass, LabSession, LabTurn, TurnOutcome
from lms.core.errors import Refused
from lms.organisations.models import Organisation
from lms.organisations.scoping import every_organisation

logger = logging.getLogger("labs")

EVERY = timedelta(seconds=20)  # how often `warm_classes` is called
LONGEST_AHEAD = timedelta(hours=1)


def plan_class(
    organisation: Organisation,
    run: CourseRun,
    activity_key: str,
    *,
    cohort: Cohort | None,
    starts_at: datetime,
    minutes_ahead: int,
    by,
) -> LabClass:
    """Plan a class of the run's learners in `organisation` and below; refuses the same one twice."""
    try:
        with transaction.atomic():
            planned = LabClass.objects.create(
                organisation=organisation,
                run=run,
                activity_key=activity_key,
                cohort=cohort,
                starts_at=starts_at,
                minutes_ahead=minutes_ahead,
                planned_by=by,
            )
            log(planned, "labs.class_planned", user=by)
    except IntegrityError as error:
        raise Refused(_("This class is planned already."), code="class_twice") from error
    return planned


@transaction.atomic
def cancel_class(planned: LabClass, *, by) -> None:
    """Take the class away. Those of it who are in line stay in it, as everybody else."""
    log(planned, "labs.class_cancelled", user=by)
    with every_organisation():  # as kept
        hold_places()
        planned.delete()
        call_next()


def members_of(planned: LabClass):
    """The live enrolments that the class is for; the scope must hold them."""
    people = Enrolment.objects.live().filter(
        run=planned.run_id,
        organisation__path__startswith=planned.organisation.path,
        user__is_active=True,
    )
    return people.filter(cohort=planned.cohort_id) if planned.cohort_id else people


def warm_classes(now: datetime | None = None) -> int:
    """Keep places for classes that begin soon and start some of their servers; return how many.

    Called every `EVERY`, it spreads a class's starts over the minutes ahead of it.
    """
    now = now or timezone.now()
    with every_organisation():  # a sweep over all classes, whosever they are
        soon = LabClass.objects.filter(
            starts_at__gt=now - CLASS_COMES_WITHIN, starts_at__lte=now + LONGEST_AHEAD
        ).select_related("organisation", "run__edition")
        begun = [each for each in soon if now >= each.starts_at - ahead(each)]
        return sum(warm_class(planned, now) for planned in begun)


def ahead(planned: LabClass) -> timedelta:
    return timedelta(minutes=planned.minutes_ahead)


def warm_class(planned: LabClass, now: datetime) -> int:
    line_up(planned, now)
    left = max(1, (planned.starts_at - now) // EVERY)
    due = LabTurn.objects.called().filter(lab_class=planned)
    started = 0
    for turn_id in due.values_list("pk", flat=True)[: ceil(due.count() / left)]:
        started += start_ahead(turn_id, now)
    return started


@transaction.atomic
def line_up(planned: LabClass, now: datetime) -> None:
    """Put those of the class who have no place in line before everybody else, each once."""
    entry = planned.run.edition.activity(str(planned.activity_key))
    if entry is None:  # the run was moved to an edition without this lab
        return
    release = pinned_lab(entry, "").release
    hold_places()
    seen = LabTurn.objects.filter(lab_class=planned).values("identity__user")
    running = LabSession.objects.open().values("identity__user")
    people = members_of(planned).exclude(user__in=seen).exclude(user__in=running)
    for enrolment in people.select_related("run").order_by("pk"):
        workspace = workspace_of(enrolment, entry["key"], release)
        LabTurn.objects.update_or_create(
            identity=workspace.identity,
            closed_at=None,
            defaults={"lab_class": planned},
            create_defaults={
                "lab_class": planned,
                "workspace": workspace,
                "asked_at": now,
            },
        )
    call_next(now)


def start_ahead(turn_id: int, now: datetime) -> bool:
    """Start the server of one of the class before they come; whether it was done."""
    with transaction.atomic():
        hold_places()
        turn = LabTurn.objects.called().filter(pk=turn_id).first()
        if turn is None:  # they came themselves
            return False
        try:
            refuse_without_hours(turn.workspace.enrolment, now)
        except Refused:  # they are told so when they come
            close_turn(turn, TurnOutcome.LEFT, now)
            return False
        session = take_place(turn, now)
    try:
        seed(session.workspace)
        return launch(session, is_new=True) is not None
    except Refused as refused:
        logger.warning("class: session %s was not started ahead: %s", session.pk, refused.code)
        return False


def classes_to_come(now: datetime | None = None):
    """Classes in scope that are not over yet."""
    now = now or timezone.now()
    recent = Q(starts_at__gt=now - CLASS_COMES_WITHIN)
    return LabClass.objects.filter(recent).select_related("run__edition", "cohort", "organisation")
