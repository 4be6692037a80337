"""How a learner's labs stand, for pages that must be quick and must show while the Hub is down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from django.core.cache import cache
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from courses.models import Enrolment
from labs.backends import (
    LARGEST_FILE,
    FileFacts,
    LabsDown,
    LimitMet,
    ServerState,
    get_backend,
)
from labs.models import GradeRun, Launch, Submission, Workspace
from lms.organisations.scoping import every_organisation

PATIENCE = 1.0  # seconds that a page waits for the Hub
FRESH = 2  # seconds that its answer holds
PAUSE = 10  # seconds in which nobody asks a Hub that gave none
DOWN = "labs-down"
LIMIT_SHOWN_FOR = timedelta(hours=12)
LATEST = 50
STARTS_WITHIN = timedelta(minutes=10)  # later than that it was not waited for
USUAL = "labs-usual-seconds"
LEAST_PATIENCE = 20  # seconds before a start counts as slow


class LabState(StrEnum):
    NOT_STARTED = "not_started"
    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    UNKNOWN = "unknown"
    RECEIVED = "received"
    MARKING = "marking"
    MARKED = "marked"
    FAILED = "failed"


OF_SERVER = {
    None: LabState.UNKNOWN,
    ServerState.STOPPED: LabState.STOPPED,
    ServerState.STARTING: LabState.STARTING,
    ServerState.READY: LabState.RUNNING,
}
OF_SUBMISSION = {
    Submission.State.RECEIVED: LabState.RECEIVED,
    Submission.State.MARKING: LabState.MARKING,
    Submission.State.MARKED: LabState.MARKED,
    Submission.State.FAILED: LabState.FAILED,
}
CHANGING = {LabState.STARTING, LabState.RUNNING, LabState.RECEIVED, LabState.MARKING}


@dataclass(frozen=True)
class Standing:
    """One lab as one learner finds it."""

    workspace: Workspace | None = None
    submission: Submission | None = None
    grade_run: GradeRun | None = None
    server: LabState = LabState.NOT_STARTED
    file: FileFacts | None = None
    limit: LimitMet | None = None
    # the workspace for which the learner's one server was opened last, if not this one
    other: Workspace | None = None

    @property
    def state(self) -> LabState:
        """In one word: what waits to be marked, else a server that is on, else the last result."""
        handed_in = OF_SUBMISSION.get(self.submission.state) if self.submission else None
        if handed_in in {LabState.RECEIVED, LabState.MARKING}:
            return handed_in
        if self.server in {LabState.STARTING, LabState.RUNNING} and not self.other:
            return self.server
        return handed_in or self.server

    @property
    def saved_at(self) -> datetime | None:
        """When the notebook was written, never after now: a learner can set a file's time."""
        return min(self.file.modified_at, timezone.now()) if self.file else None

    @property
    def is_too_large(self) -> bool:
        return bool(self.file and self.file.size > LARGEST_FILE)

    @property
    def is_changing(self) -> bool:
        return bool({self.state, self.server} & CHANGING)

    @property
    def version(self) -> str:
        """Another one says that the page around the state is old."""
        parts = (self.server, self.submission, self.grade_run)
        marks = [str(getattr(part, "pk", part) or "") for part in parts]
        return "-".join([self.state, *marks, self.limit.reason if self.limit else ""])


def lab_standing(enrolment: Enrolment, key: str) -> Standing:
    return lab_standings(enrolment, [key])[key]


def lab_standings(enrolment: Enrolment, keys: list[str]) -> dict[str, Standing]:
    """{key: Standing} of the enrolment's labs, in four queries and at most one question to the Hub."""
    last = Submission.objects.filter(workspace=OuterRef("pk")).values("pk")[:1]
    found = (
        Workspace.objects.filter(enrolment=enrolment, activity_key__in=keys)
        .select_related("release", "identity")
        .annotate(last_submission=Subquery(last))
    )
    workspaces = {str(workspace.activity_key): workspace for workspace in found}
    if not workspaces:
        return {key: Standing() for key in keys}
    submissions = Submission.objects.in_bulk(
        [w.last_submission for w in workspaces.values() if w.last_submission]
    )
    marked = [pk for pk, row in submissions.items() if row.state == Submission.State.MARKED]
    runs = {}
    if marked:
        for run in GradeRun.objects.filter(submission__in=marked).defer("output"):
            runs.setdefault(run.submission_id, run)  # the newest comes first
    server = _Server.of(next(iter(workspaces.values())))
    return {
        key: server.standing(
            workspaces[key],
            submissions.get(workspaces[key].last_submission),
            runs.get(workspaces[key].last_submission),
        )
        if key in workspaces
        else Standing()
        for key in keys
    }


@dataclass(frozen=True)
class _Server:
    """The one server of a person, that serves all their labs."""

    state: LabState
    launch: Launch | None
    limit: LimitMet | None

    @classmethod
    def of(cls, workspace: Workspace) -> "_Server":
        identity = workspace.identity
        with every_organisation():  # one server serves all of a person's organisations
            launch = (
                Launch.objects.filter(workspace__identity=identity)
                .select_related("workspace__release")
                .first()
            )
        if launch is None:
            return cls(LabState.NOT_STARTED, None, None)
        state = OF_SERVER[server_state(identity.lab_id)]
        if state == LabState.RUNNING:
            note_ready(launch)
        return cls(state, launch, _limit_met(identity.lab_id))

    def standing(self, workspace, submission, run) -> Standing:
        other = self.launch.workspace if self.launch else None
        is_on = self.state in {LabState.STARTING, LabState.RUNNING}
        return Standing(
            workspace=workspace,
            submission=submission,
            grade_run=run,
            server=self.state,
            file=_file(workspace),
            limit=self.limit,
            other=other if is_on and other != workspace else None,
        )


def server_state(lab_id: str) -> ServerState | None:
    """How the learner's server stands, or None while the Hub does not answer.

    It is asked once in two seconds for each learner; after it failed to answer, not at all for
    ten, so that one page waits and not each.
    """
    key = f"lab-server:{lab_id}"
    known = cache.get(key)
    if known:
        return ServerState(known)
    if cache.get(DOWN):
        return None
    try:
        state = get_backend().poll(lab_id, patience=PATIENCE)
    except LabsDown:
        cache.set(DOWN, True, PAUSE)
        return None
    cache.set(key, str(state), FRESH)
    return state


def forget_server_state(lab_id: str) -> None:
    """After the server was started or stopped: the next page asks anew."""
    cache.delete_many([f"lab-server:{lab_id}", DOWN])


def _file(workspace: Workspace) -> FileFacts | None:
    try:
        return get_backend().facts(workspace.identity.lab_id, workspace.notebook_path)
    except LabsDown:
        return None


def _limit_met(lab_id: str) -> LimitMet | None:
    try:
        met = get_backend().limit_met(lab_id)
    except LabsDown:
        return None
    return met if met and timezone.now() - met.at < LIMIT_SHOWN_FOR else None


def note_ready(launch: Launch) -> None:
    """Note when the server that `launch` started was first seen ready."""
    now = timezone.now()
    if launch.ready_at or not launch.started_server or now - launch.launched_at > STARTS_WITHIN:
        return
    with every_organisation():  # the launch may be of another of the person's organisations
        Launch.objects.filter(pk=launch.pk, ready_at=None).update(ready_at=now)


def usual_seconds() -> int | None:
    """How long a start usually takes: the median of the latest; None where none is known."""

    def measure():
        with every_organisation():  # how quick this machine is tells of nobody
            times = Launch.objects.filter(
                Q(ready_at__isnull=False), started_server=True
            ).values_list("launched_at", "ready_at")[:LATEST]
            seconds = [(ready - launched).total_seconds() for launched, ready in times]
        return max(1, round(median(seconds))) if seconds else 0

    return cache.get_or_set(USUAL, measure, 60) or None


def is_slow(seconds: float) -> bool:
    """Whether a start that has gone on for `seconds` takes longer than it should."""
    return seconds > max(LEAST_PATIENCE, 3 * (usual_seconds() or 0))
