"""Learners' servers: started on a place, ended for a reason, and compared with the Hub's own list."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from wagtail.log_actions import log

from courses.models import Enrolment, Extension
from courses.models.enrolments import LIVE
from labs.backends import LabsDown, Server, ServerState, get_backend
from labs.domain.places import call_next, claim_place, give_place_back, hold_places, leave_line
from labs.models import (
    Fleet,
    LabIdentity,
    LabSession,
    LabTurn,
    Why,
    Workspace,
    WorkspaceProgress,
)
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation

logger = logging.getLogger("labs")

WHY_OF_LIMIT = {
    "memory": Why.MEMORY,
    "disk": Why.DISK,
    "idle": Why.IDLE,
    "life": Why.OLD,
    "no_grant": Why.NO_GRANT,
}
STARTS_WITHIN = timedelta(seconds=90)  # before that, a server may not be on the Hub's list


def enter(workspace: Workspace) -> ServerState | None:
    """Give the learner a place and have their server started: how it stands, None for in line.

    Refused as `claim_place` refuses, and when the labs are down.
    """
    session, is_new = claim_place(workspace)
    return launch(session, is_new=is_new) if session else None


def launch(session: LabSession, *, is_new: bool) -> ServerState | None:
    """Have the session's server started; None if there was no room. Refused: the labs are down.

    A new session that could not be started gives its place back.
    """
    try:
        return get_backend().start(
            session.identity.lab_id,
            memory_mb=session.memory_mb,
            cpus=float(session.cpus),
            until=session.until,
            environment=session.workspace.release.environment,
        )
    except Refused as refused:
        if not is_new:
            raise
        is_full = refused.code == "labs_full"
        give_place_back(session, is_in_line=is_full)
        if is_full:
            return None
        raise


def has_session(identity: LabIdentity) -> bool:
    """Whether the person holds a place, in whichever organisation's lab."""
    with every_organisation():  # one server serves all of a person's organisations
        return LabSession.objects.open().filter(identity=identity).exists()


@dataclass(frozen=True)
class FleetNow:
    """How full the labs are, on the whole platform, and whether they answer."""

    taken: int
    others: int
    places: int
    waiting: int
    is_down: bool


def fleet_now() -> FleetNow:
    with every_organisation():  # numbers alone are told
        fleet = Fleet.objects.filter(pk=1).first() or Fleet()
        return FleetNow(
            taken=LabSession.objects.open().count() + LabTurn.objects.called().count(),
            others=fleet.others,
            places=settings.LABS_PLACES,
            waiting=LabTurn.objects.waiting().count(),
            is_down=labs_are_down(),
        )


def labs_are_down() -> bool:
    """Whether the labs did not answer lately, or are not set up; asks nobody."""
    try:
        return get_backend().is_down()
    except LabsDown:
        return True


def log_of(session: LabSession) -> str:
    """The end of what the person's last server logged."""
    return get_backend().log_tail(session.identity.lab_id)


# Ending


@transaction.atomic
def stop_session(session: LabSession, why, *, reason: str = "", by=None) -> None:
    """Have the session's server ended: at once, and tried again until the Hub has done it."""
    asked = LabSession.objects.open().filter(pk=session.pk, stop_asked_at__isnull=True)
    is_first = asked.update(
        stop_asked_at=timezone.now(), stop_why=why, stop_reason=reason, stop_asked_by=by
    )
    if is_first and by:
        log(session, "labs.session_stopped", user=by, data={"reason": reason})
    # robust: what fails here is tried again from the row
    transaction.on_commit(partial(finish_stop, session.pk), robust=True)


def finish_stop(session_id: int) -> bool:
    """Do what was asked of an open session; whether its server is known to have ended."""
    with every_organisation():  # asked for in the scope of whoever could
        session = LabSession.objects.open().select_related("identity").filter(pk=session_id).first()
        if session is None or session.stop_asked_at is None:
            return True
        try:
            end_server(session.identity, is_access_over=session.stop_why == Why.NO_GRANT)
        except LabsDown:
            logger.warning(
                "session %d: the Hub does not answer; its end is tried again", session_id
            )
            return False
        end_session(session, session.stop_why)
    return True


def end_server(identity: LabIdentity, *, is_access_over: bool) -> None:
    """End the server, and all that the person has open at the Hub when `is_access_over`."""
    backend = get_backend()
    (backend.sign_out if is_access_over else backend.stop)(identity.lab_id)


@transaction.atomic
def end_session(session: LabSession, why, now: datetime | None = None) -> None:
    """Note that the server has ended, and give its place to the next in line."""
    with every_organisation():  # as claimed
        hold_places()
        now = now or timezone.now()
        LabSession.objects.open().filter(pk=session.pk).update(ended_at=now, why_ended=why)
        call_next(now)


# The end of a person's right


def without_right(now: datetime | None = None):
    """Open sessions whose learner may not run labs any more, whatever nobody told us of."""
    today = timezone.localdate(now)
    longer = Extension.objects.filter(
        enrolment=OuterRef("workspace__enrolment"), activity_key__isnull=True, until__gte=today
    )
    run_is_over = Q(workspace__enrolment__run__ends_on__lt=today) & ~Exists(longer)
    return LabSession.objects.open().filter(
        ~Q(workspace__enrolment__state__in=LIVE)
        | Q(workspace__enrolment__user__is_active=False)
        | run_is_over
    )


def end_access(user) -> None:
    """End all that `user` has open at the labs, and their place in line."""
    identity = LabIdentity.objects.filter(user=user).first()
    if identity is None:
        return
    leave_line(identity)
    with every_organisation():  # one server serves all of a person's organisations
        session = LabSession.objects.open().filter(identity=identity).first()
        if session:
            stop_session(session, Why.NO_GRANT)
            return
    try:
        end_server(identity, is_access_over=True)
    except LabsDown:
        logger.warning("%s: the Hub does not answer; without leave it lets nobody in", identity)


def close_labs(enrolment: Enrolment) -> None:
    """End the learner's session of this enrolment; without another live one, their access too."""
    with every_organisation():  # one server serves all of a person's organisations
        live = Enrolment.objects.live().filter(user_id=enrolment.user_id)
        is_still_used = Workspace.objects.filter(enrolment__in=live).exists()
        if is_still_used:
            for turn in LabTurn.objects.open().filter(workspace__enrolment=enrolment):
                leave_line(turn.identity)
            for session in LabSession.objects.open().filter(workspace__enrolment=enrolment):
                stop_session(session, Why.NO_GRANT)
    if not is_still_used:
        end_access(enrolment.user)


def sweep_access(now: datetime | None = None) -> int:
    """End sessions without a right, past their time, or asked to end; return how many there were.

    What makes every end durable: it reads nothing but the rows.
    """
    now = now or timezone.now()
    with every_organisation():  # a sweep over all sessions, whosever they are
        for session in without_right(now).filter(stop_asked_at__isnull=True):
            stop_session(session, Why.NO_GRANT)
        late = LabSession.objects.open().filter(stop_asked_at__isnull=True, until__lte=now)
        for session in late:
            stop_session(session, Why.OLD)
        asked = LabSession.objects.open().filter(stop_asked_at__isnull=False)
        waiting = list(asked.values_list("pk", flat=True))
        for session_id in waiting:
            if not finish_stop(session_id):
                break  # the Hub is down for the others as well
    return len(waiting)


# The Hub's own list


def reconcile(now: datetime | None = None) -> None:
    """Bring sessions in line with the Hub's list of servers; LabsDown when it does not answer."""
    servers = get_backend().servers()
    now = now or timezone.now()
    running = []
    with every_organisation():  # a sweep over all sessions, whosever they are
        for session in LabSession.objects.open().select_related("identity"):
            if server := servers.pop(session.identity.lab_id, None):
                _note(session, server, now)
                running.append(session.workspace_id)
            elif session.seen_at or session.started_at < now - STARTS_WITHIN:
                # the leave goes too: who comes back asks for a place again
                stop_session(session, _why_ended(session, now))
        WorkspaceProgress.objects.filter(workspace__in=running).update(running_at=now)
    _count_others(servers)


def _note(session: LabSession, server: Server, now: datetime) -> None:
    session.seen_at = now
    session.active_at = server.active_at or session.active_at
    session.memory_now_mb = server.memory_now_mb
    peaks = [session.memory_peak_mb, server.memory_peak_mb]
    session.memory_peak_mb = max((peak for peak in peaks if peak is not None), default=None)
    session.save(update_fields=["seen_at", "active_at", "memory_now_mb", "memory_peak_mb"])


def _why_ended(session: LabSession, now: datetime) -> Any:
    if now >= session.until:
        return Why.OLD
    met = get_backend().limit_met(session.identity.lab_id)
    return WHY_OF_LIMIT.get(met.reason, Why.UNKNOWN) if met else Why.UNKNOWN


def _count_others(servers: dict[str, Server]) -> None:
    """Count servers in which labs are written, and end those of people who are gone."""
    known = LabIdentity.objects.filter(lab_id__in=servers, user__is_active=True)
    writers = set(known.values_list("lab_id", flat=True))
    for lab_id in servers.keys() - writers:
        get_backend().sign_out(lab_id)
    Fleet.objects.update_or_create(pk=1, defaults={"others": len(writers)})
