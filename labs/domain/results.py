"""What a submission brings: the machine's points and those that people gave, and the best that counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from courses.domain.gradebook import record_result
from courses.domain.progress import complete_activity
from courses.models import Result
from labs.domain.workspaces import pinned_lab
from labs.models import GradeRun, HandMark, Workspace

BY_HAND, MARKED = "by_hand", "marked"


@dataclass(frozen=True)
class Total:
    """Points by machine and by hand; `waiting` counts the answers that nobody marked yet."""

    score: Decimal
    maximum: Decimal
    waiting: int = 0

    @property
    def percent(self) -> Decimal:
        return 100 * self.score / self.maximum if self.maximum else Decimal(0)


def with_marks(checks: Sequence[dict], marks: Mapping[str, HandMark]) -> list[dict]:
    """`checks` with what people gave: a cell marked by hand has the outcome "marked" from then on.

    A mark brings no more than the cell is worth by these checks.
    """
    merged = []
    for check in checks:
        mark = marks.get(check["name"])
        if check["outcome"] == BY_HAND and mark:
            points = min(mark.points, Decimal(str(check["max"])))
            merged.append({**check, "outcome": MARKED, "points": float(points), "mark": mark})
        else:
            merged.append(dict(check))
    return merged


def total_of(checks: Sequence[dict]) -> Total:
    """The Total of checks that `with_marks` gives."""
    cents = Decimal("0.01")
    score = sum((Decimal(str(check["points"])) for check in checks), Decimal(0))
    maximum = sum((Decimal(str(check["max"])) for check in checks), Decimal(0))
    waiting = sum(check["outcome"] == BY_HAND for check in checks)
    return Total(score.quantize(cents), maximum.quantize(cents), waiting)


def marks_on(submissions: Iterable[int]) -> dict[int, dict[str, HandMark]]:
    """{submission: {cell: its newest mark by hand}}; one query."""
    found: dict[int, dict[str, HandMark]] = defaultdict(dict)
    marks = HandMark.objects.filter(submission__in=list(submissions)).select_related("by")
    for mark in marks.order_by("marked_at", "pk"):
        found[mark.submission_id][mark.cell] = mark
    return found


@dataclass(frozen=True)
class MarkedSubmission:
    """A submission's newest marking, with the marks by hand in its checks."""

    submission: int
    run: GradeRun
    checks: list[dict]

    @property
    def total(self) -> Total:
        return total_of(self.checks)


def marked_submissions(workspaces: Iterable[Workspace]) -> dict[int, list[MarkedSubmission]]:
    """{workspace: its marked submissions, oldest first}; two queries, whatever their number."""
    runs = (
        GradeRun.objects.filter(submission__workspace__in=list(workspaces))
        .defer("output", "cells")
        .annotate(of_workspace=F("submission__workspace"))
        .order_by("submission__received_at", "submission_id", "marked_at", "pk")
    )
    newest = {run.submission_id: run for run in runs}  # the later ones replace the earlier
    marks = marks_on(newest)
    found = defaultdict(list)
    for pk, run in newest.items():
        marked = MarkedSubmission(pk, run, with_marks(run.checks, marks[pk]))
        found[run.of_workspace].append(marked)
    return found


def checks_of(run: GradeRun) -> list[dict]:
    """The checks of one marking with the marks by hand; one query."""
    return with_marks(run.checks, marks_on([run.submission_id])[run.submission_id])


def best_of(totals: Iterable[Total]) -> Total:
    return max(totals, key=lambda total: total.percent)


def best_total(workspace: Workspace) -> Total:
    """What counts of all that was handed in and marked; two queries."""
    return best_of(each.total for each in marked_submissions([workspace])[workspace.pk])


def record_best(workspace: Workspace, *, comment: str = "") -> Result:
    """Put the best total in the gradebook, and complete the lab if it is a pass.

    While answers wait for a trainer, the result is no failure that the learner is stuck at.
    """
    best = best_total(workspace)
    enrolment, key = workspace.enrolment, str(workspace.activity_key)
    entry = enrolment.run.edition.activity(key)
    # the edition may have been changed for one without this lab; the result stays
    has_passed = bool(entry) and best.percent >= pinned_lab(entry, "").pass_mark
    result = record_result(
        enrolment,
        key,
        score=best.score,
        maximum=best.maximum,
        is_blocking=bool(entry) and not has_passed and not best.waiting,
        comment=comment,
    )
    if has_passed:
        complete_activity(enrolment, key)
    return result
