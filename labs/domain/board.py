"""A class at work in one lab: who is on which task, who is stuck, what the checks say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from courses.models import Enrolment
from labs.domain.progress import (
    HERE,
    Stuck,
    TaskStanding,
    TaskState,
    Try,
    current_task,
    progress_of,
    why_stuck,
)
from labs.domain.results import MarkedSubmission, Total, best_of, marked_submissions
from labs.domain.tasks import Task, tasks_of
from labs.models import LabRelease, Submission, Workspace

STATES = (
    TaskState.MET,
    TaskState.HANDED_IN,
    TaskState.NOT_MET,
    TaskState.BEGUN,
    TaskState.UNTOUCHED,
)
OUTCOMES = ("met", "not_met", "raised", "too_slow", "waiting")
KINDS = {
    "undefined": "raised",
    "ended": "raised",
    "no_time": "too_slow",
    "by_hand": "waiting",
}


@dataclass(frozen=True)
class Row:
    """One learner."""

    enrolment: Enrolment
    standings: list[TaskStanding]
    current: TaskStanding | None
    stuck: Stuck | None
    seen_at: datetime | None
    is_here: bool
    tries: int
    best: Total | None
    newest: int | None  # submission

    @property
    def is_done(self) -> bool:
        return bool(self.standings) and all(
            standing.state == TaskState.MET for standing in self.standings
        )


@dataclass(frozen=True)
class Segment:
    """A part of a bar, in per cent of its width; figures are text, as SVG reads them."""

    kind: str
    count: int
    x: str
    width: str


@dataclass(frozen=True)
class Figures:
    """How many of a class have which state of a task, or which outcome of a check."""

    name: str
    counts: dict[str, int]
    on: int = 0

    @property
    def bar(self) -> list[Segment]:
        total = sum(self.counts.values())
        segments, before = [], 0
        for kind, count in self.counts.items():
            if count:
                x, width = 100 * before / total, 100 * count / total
                segments.append(Segment(kind, count, f"{x:.2f}", f"{width:.2f}"))
            before += count
        return segments


@dataclass(frozen=True)
class Board:
    rows: list[Row]
    tasks: list[Figures]
    checks: list[Figures]
    at: datetime

    @property
    def stuck(self) -> int:
        return sum(row.stuck is not None for row in self.rows)

    @property
    def here(self) -> int:
        return sum(row.is_here for row in self.rows)

    @property
    def opened(self) -> int:
        return sum(row.seen_at is not None for row in self.rows)

    @property
    def done(self) -> int:
        return sum(row.is_done for row in self.rows)


def board_of(
    enrolments: QuerySet[Enrolment], key: str, release: LabRelease, now: datetime
) -> Board:
    """How these learners stand in the lab; a handful of queries, whatever their number.

    The tasks are those of `release`; who works on another one is matched by the tasks' names.
    """
    tasks = tasks_of(release.notebook)
    workspaces = {
        workspace.enrolment_id: workspace
        for workspace in Workspace.objects.filter(enrolment__in=enrolments, activity_key=key)
        .select_related("progress")
        .annotate(launched_at=Max("launches__launched_at"))
    }
    marked = marked_submissions(workspaces.values())
    newest = _newest_submissions(workspaces.values())
    rows = [
        _row(enrolment, workspaces.get(enrolment.pk), tasks, marked, newest, now)
        for enrolment in enrolments
    ]
    rows.sort(key=lambda row: (row.stuck is None, row.seen_at is None))
    last = [each[-1] for each in marked.values()]
    return Board(rows, _task_figures(tasks, rows), _check_figures(tasks, last), now)


def _newest_submissions(workspaces: Iterable[Workspace]) -> dict[int, Submission]:
    """{workspace: its newest submission}; one query, and no notebook is read."""
    rows = Submission.objects.filter(workspace__in=list(workspaces)).defer("notebook")
    return {row.workspace_id: row for row in rows.order_by("received_at", "pk")}


def _row(
    enrolment: Enrolment,
    workspace: Workspace | None,
    tasks: Sequence[Task],
    marked: Mapping[int, list[MarkedSubmission]],
    newest: Mapping[int, Submission],
    now: datetime,
) -> Row:
    if workspace is None:
        standings = progress_of(tasks, {}, [], is_waiting=False)
        return Row(enrolment, standings, None, None, None, False, 0, None, None)
    progress = getattr(workspace, "progress", None)
    submission = newest.get(workspace.pk)
    of_machine = marked.get(workspace.pk, [])
    tries = [_try(each) for each in of_machine]
    standings = progress_of(
        tasks,
        progress.tasks if progress else {},
        tries,
        is_waiting=bool(submission and submission.is_waiting),
    )
    current = current_task(standings)
    moments = [
        workspace.created_at,
        workspace.launched_at,
        progress and progress.changed_at,
        submission and submission.received_at,
    ]
    changed_at = max(moment for moment in moments if moment)
    running_at = progress.running_at if progress else None
    seen_at = max(changed_at, running_at) if running_at else changed_at
    return Row(
        enrolment=enrolment,
        standings=standings,
        current=current,
        stuck=why_stuck(current, tries, seen_at=seen_at, changed_at=changed_at, now=now),
        seen_at=seen_at,
        is_here=now - seen_at <= HERE,
        tries=len(tries),
        best=best_of(each.total for each in of_machine) if of_machine else None,
        newest=submission.pk if submission else None,
    )


def _try(marked: MarkedSubmission) -> Try:
    checks = {
        check["name"]: (check["points"], check["max"], check["outcome"]) for check in marked.checks
    }
    return Try(checks, marked.total.score, marked.run.marked_at)


def _task_figures(tasks: Sequence[Task], rows: Sequence[Row]) -> list[Figures]:
    on = Counter(row.current.task.name for row in rows if row.current and row.is_here)
    figures = []
    for place, task in enumerate(tasks):
        states = Counter(row.standings[place].state for row in rows)
        counts = {str(state): states[state] for state in STATES}
        figures.append(Figures(task.name, counts, on[task.name]))
    return figures


def outcome_kind(check: dict) -> str:
    """Which of OUTCOMES a check counts as: hidden tests with the visible, a mark by its points."""
    outcome = check["outcome"].removeprefix("hidden_")
    if outcome == "marked":
        return "met" if 2 * check["points"] >= check["max"] else "not_met"
    kind = KINDS.get(outcome, outcome)
    return kind if kind in OUTCOMES else "not_met"


def _check_figures(tasks: Sequence[Task], marked: Sequence[MarkedSubmission]) -> list[Figures]:
    """What each check of the release says of everybody's newest marked submission."""
    found: dict[str, Counter] = {name: Counter() for task in tasks for name in task.checks}
    for each in marked:
        for check in each.checks:
            if check["name"] in found:
                found[check["name"]][outcome_kind(check)] += 1
    return [
        Figures(name, {kind: counter[kind] for kind in OUTCOMES}) for name, counter in found.items()
    ]
