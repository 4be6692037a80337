"""How far learners are with the tasks of a lab, and who is stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db import transaction

from labs.domain.tasks import Task, digests_of
from labs.messages import STUCK, TASK_STATES
from labs.models import Workspace, WorkspaceProgress

HERE = timedelta(minutes=3)  # since the last sign of the learner
UNCHANGED = timedelta(minutes=10)
FAILING = timedelta(minutes=20)
TRIES_WITHOUT_GAIN = 3


class TaskState(StrEnum):
    UNTOUCHED = "untouched"
    BEGUN = "begun"
    HANDED_IN = "handed_in"
    MET = "met"
    NOT_MET = "not_met"

    @property
    def label(self) -> str:
        return TASK_STATES[self]


class Stuck(StrEnum):
    """Why somebody seems to need help."""

    NO_GAIN = "no_gain"
    FAILING = "failing"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        return STUCK[self]


@transaction.atomic
def note_progress(workspace: Workspace, notebook: Mapping, *, at: datetime) -> WorkspaceProgress:
    """Note which answers of `notebook` were begun or changed since; for each save and submission."""
    progress, _created = WorkspaceProgress.objects.select_for_update().get_or_create(
        workspace=workspace
    )
    moment = at.isoformat()
    tasks = {}
    for name, digest in digests_of(workspace.release.notebook, notebook).items():
        before = progress.tasks.get(name)
        if before is None:
            tasks[name] = {"digest": digest, "begun_at": moment, "changed_at": moment}
        else:
            is_same = before["digest"] == digest
            changed_at = before["changed_at"] if is_same else moment
            tasks[name] = before | {"digest": digest, "changed_at": changed_at}
    if tasks != progress.tasks:
        progress.tasks, progress.changed_at = tasks, at
    progress.save()
    return progress


@dataclass(frozen=True)
class TaskStanding:
    """How one learner stands with one task."""

    task: Task
    state: TaskState
    changed_at: datetime | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True)
class Try:
    """A marked submission: what each check gave, {name: (points, maximum, outcome)}, and when."""

    checks: Mapping[str, tuple[Decimal, Decimal, str]]
    score: Decimal
    at: datetime


def progress_of(
    tasks: Sequence[Task], begun: Mapping[str, dict], tries: Sequence[Try], *, is_waiting: bool
) -> list[TaskStanding]:
    """How far a learner is with each task.

    `begun` is `WorkspaceProgress.tasks`, `tries` the marked submissions, oldest first, and
    `is_waiting` says that another one waits to be marked.
    """
    standings = []
    for task in tasks:
        seen = begun.get(task.name)
        state = TaskState.BEGUN if seen else TaskState.UNTOUCHED
        if tries and state_in(task, tries[-1]):
            state = state_in(task, tries[-1])
        if is_waiting and state in {TaskState.BEGUN, TaskState.NOT_MET}:
            state = TaskState.HANDED_IN
        standings.append(
            TaskStanding(
                task,
                state,
                datetime.fromisoformat(seen["changed_at"]) if seen else None,
                _failing_since(task, tries),
            )
        )
    return standings


def state_in(task: Task, attempt: Try) -> TaskState | None:
    """What a marked submission says of a task; None if it did not check it.

    A cell marked by hand counts as met from half of its points.
    """
    found = [attempt.checks[name] for name in task.checks if name in attempt.checks]
    if not found:
        return None
    if any(outcome == "by_hand" for _points, _maximum, outcome in found):
        return TaskState.HANDED_IN
    is_met = all(
        2 * points >= maximum if outcome == "marked" else outcome == "met"
        for points, maximum, outcome in found
    )
    return TaskState.MET if is_met else TaskState.NOT_MET


def _failing_since(task: Task, tries: Sequence[Try]) -> datetime | None:
    """When the newest unbroken row of tries that did not meet the task began."""
    since = None
    for attempt in reversed(tries):
        if state_in(task, attempt) != TaskState.NOT_MET:
            break
        since = attempt.at
    return since


def current_task(standings: Sequence[TaskStanding]) -> TaskStanding | None:
    """The task that a learner is on: the one last changed, else the first that is not done."""
    done = {TaskState.MET, TaskState.HANDED_IN}
    left = [standing for standing in standings if standing.state not in done]
    changed = [standing for standing in left if standing.changed_at]
    last = max((s.changed_at for s in standings if s.changed_at), default=None)
    on = next((standing for standing in changed if standing.changed_at == last), None)
    return on or next(iter(left), None)


def tries_without_gain(tries: Sequence[Try]) -> int:
    """How many of the newest tries brought no more points than an earlier one."""
    best, count = Decimal(0), 0
    for attempt in tries:
        is_better = attempt.score > best
        best, count = (attempt.score, 0) if is_better else (best, count + 1)
    return count


def why_stuck(
    current: TaskStanding | None,
    tries: Sequence[Try],
    *,
    seen_at: datetime | None,
    changed_at: datetime | None,
    now: datetime,
) -> Stuck | None:
    """Why the learner on `current` seems to need help, if they do.

    `seen_at` is the last sign of them, `changed_at` when anything of theirs last changed. Who left
    is stuck only for tries that gained nothing.
    """
    if current is None:
        return None
    if tries_without_gain(tries) >= TRIES_WITHOUT_GAIN:
        return Stuck.NO_GAIN
    if seen_at is None or now - seen_at > HERE:
        return None
    if current.failing_since and now - current.failing_since >= FAILING:
        return Stuck.FAILING
    if changed_at and now - changed_at >= UNCHANGED:
        return Stuck.UNCHANGED
    return None
