"""Marking what was handed in again, by other tests or a better marker: a dry run, then its decision.

Every marking is appended, and the dry run's figures are what is applied. Completions once earned
stay.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import CourseRun
from labs.domain.results import (
    MarkedSubmission,
    Total,
    best_of,
    best_total,
    marked_submissions,
    marks_on,
    record_best,
    total_of,
    with_marks,
)
from labs.domain.submissions import append_grade_run, facts_of, mark_by
from labs.domain.tasks import answer_cells
from labs.domain.telling import tell_change
from labs.domain.workspaces import pinned_lab
from labs.models import (
    GradeRun,
    LabRelease,
    Remark,
    RemarkChange,
    RemarkedSubmission,
    Submission,
    Workspace,
)
from labs.models.teaching import Decision
from labs.sandbox import SandboxError
from lms.core.errors import Refused
from lms.core.states import change_state

STRETCH_S = 120  # of one task's work: it ends well before its time limit
STALLED_AFTER = timedelta(minutes=5)
BANDS = 10  # of the distribution, in per cent


def submissions_of(remark: Remark) -> QuerySet[Submission]:
    """The marked submissions of the open scope that a re-mark is about."""
    found = Submission.objects.filter(
        workspace__activity_key=remark.activity_key,
        state=Submission.State.MARKED,
        received_at__lte=remark.created_at,
    )
    if remark.run_id:
        found = found.filter(workspace__enrolment__run=remark.run_id)
    return found.order_by("pk")


@transaction.atomic
def begin_remark(remark: Remark) -> Remark:
    """Save what was asked for and queue its dry run.

    Refused where nothing was handed in, and for a release whose answer cells are others than those
    that learners filled.
    """
    from labs.tasks import foresee_remark_task  # tasks import the domain

    submissions = submissions_of(remark)
    remark.total = submissions.count()
    if not remark.total:
        raise Refused(
            _("Nothing was handed in and marked so far, so there is nothing to mark again."),
            code="nothing_to_remark",
        )
    wanted = set(answer_cells(remark.release.notebook))
    for release in LabRelease.objects.filter(pk__in=submissions.order_by().values("release")):
        if others := wanted ^ set(answer_cells(release.notebook)):
            raise Refused(
                _(
                    "This release asks for other answers than the one that was handed in: "
                    "%(cells)s. Choose a release with the same cells."
                )
                % {"cells": ", ".join(sorted(others))},
                code="other_cells",
            )
    remark.save()
    transaction.on_commit(
        partial(foresee_remark_task.delay, remark.organisation_id, remark.pk), robust=True
    )
    return remark


def foresee_remark(remark: Remark, *, seconds: float = STRETCH_S) -> bool:
    """Mark what the dry run lacks, for `seconds` at most; return whether some is left.

    Nothing that counts is changed. A second worker repeats at most what the first is at.
    """
    until = monotonic() + seconds
    if remark.state == Remark.State.WAITING:
        change_state(remark, Remark.State.RUNNING, by=remark.by)
    rows = RemarkedSubmission.objects.filter(remark=remark, submission=OuterRef("pk"))
    for submission in submissions_of(remark).filter(~Exists(rows)).iterator(chunk_size=20):
        if monotonic() > until:
            return True
        remark.refresh_from_db(fields=["state"])
        if remark.state != Remark.State.RUNNING:  # dropped meanwhile
            return False
        _foresee(remark, submission)
    if remark.state == Remark.State.RUNNING:
        change_state(remark, Remark.State.FORESEEN, by=remark.by)
    return False


def _foresee(remark: Remark, submission: Submission) -> None:
    before = submission.grade_runs.first()
    row = RemarkedSubmission(remark=remark, submission=submission, before=before)
    try:
        for name, value in facts_of(mark_by(remark.release, submission.notebook)).items():
            setattr(row, name, value)
    except SandboxError:
        row.decision = Decision.FAILED
    RemarkedSubmission.objects.bulk_create([row], ignore_conflicts=True)
    Remark.objects.filter(pk=remark.pk).update(
        done=RemarkedSubmission.objects.filter(remark=remark).count(), worked_at=timezone.now()
    )


@dataclass(frozen=True)
class Before:
    """What counts for one learner, and what would after the re-mark."""

    workspace: Workspace
    before: Total
    after: Total
    pass_mark: int | None

    @property
    def rises(self) -> bool:
        return self.after.percent > self.before.percent

    @property
    def falls(self) -> bool:
        return self.after.percent < self.before.percent

    @property
    def newly_passes(self) -> bool:
        mark = self.pass_mark
        return mark is not None and self.before.percent < mark <= self.after.percent

    @property
    def passes_no_more(self) -> bool:
        mark = self.pass_mark
        return mark is not None and self.after.percent < mark <= self.before.percent


@dataclass(frozen=True)
class Share:
    """How many, and how long their bar is in per cent: as text, for SVG reads it so."""

    count: int
    width: str


@dataclass(frozen=True)
class Band:
    """Results between two shares of the points, before and after."""

    low: int
    high: int
    before: Share
    after: Share


@dataclass(frozen=True)
class Forecast:
    rows: list[Before]

    @property
    def up(self) -> int:
        return sum(row.rises for row in self.rows)

    @property
    def down(self) -> int:
        return sum(row.falls for row in self.rows)

    @property
    def newly_passed(self) -> int:
        return sum(row.newly_passes for row in self.rows)

    @property
    def no_longer_passed(self) -> int:
        return sum(row.passes_no_more for row in self.rows)

    @property
    def changes(self) -> list[Before]:
        return [row for row in self.rows if row.rises or row.falls]

    @property
    def bands(self) -> list[Band]:
        def counts(totals: Iterable[Total]) -> list[Share]:
            found = [0] * BANDS
            for total in totals:
                found[min(BANDS - 1, int(total.percent * BANDS / 100))] += 1
            most = len(self.rows) or 1
            return [Share(count, f"{100 * count / most:.2f}") for count in found]

        before = counts(row.before for row in self.rows)
        after = counts(row.after for row in self.rows)
        width = 100 // BANDS
        return [
            Band(place * width, (place + 1) * width, before[place], after[place])
            for place in range(BANDS)
        ]


def forecast_of(remark: Remark) -> Forecast:
    """What applying the dry run would do to each learner's result if all of it counted.

    A handful of queries for each run, whatever the number of learners.
    """
    rows = _rows_of(remark)
    found = Workspace.objects.filter(submissions__remarkings__remark=remark).distinct()
    workspaces = list(
        found.select_related(
            "enrolment__user", "enrolment__organisation", "enrolment__run__edition"
        )
    )
    marked = marked_submissions(workspaces)
    pass_marks: dict[int, int | None] = {}
    forecast = []
    for workspace in workspaces:
        run = workspace.enrolment.run
        if run.pk not in pass_marks:
            pass_marks[run.pk] = _pass_mark(run, remark)
        totals = [(each.total, _after(each, rows)) for each in marked[workspace.pk]]
        before = best_of(total for total, _after_it in totals)
        after = best_of(total for _before_it, total in totals)
        forecast.append(Before(workspace, before, after, pass_marks[run.pk]))
    forecast.sort(key=lambda row: (row.after.percent - row.before.percent, row.workspace.pk))
    return Forecast(forecast)


def _rows_of(remark: Remark) -> dict[int, RemarkedSubmission]:
    rows = RemarkedSubmission.objects.filter(remark=remark, decision=Decision.OPEN)
    return {row.submission_id: row for row in rows.defer("cells", "output")}


def _after(marked: MarkedSubmission, rows: Mapping[int, RemarkedSubmission]) -> Total:
    """The total of a submission once the re-mark is applied; what was marked since stays."""
    row = rows.get(marked.submission)
    if row is None or row.before_id != marked.run.pk:
        return marked.total
    marks = {check["name"]: check["mark"] for check in marked.checks if "mark" in check}
    return total_of(with_marks(row.checks, marks))


def _pass_mark(run: CourseRun, remark: Remark) -> int | None:
    entry = run.edition.activity(str(remark.activity_key))
    return pinned_lab(entry, "").pass_mark if entry else None


@transaction.atomic
def apply_remark(
    remark: Remark, *, by: AbstractBaseUser, reason: str, may_fall: bool = False
) -> None:
    """Decide that the dry run counts, and queue it. Results only rise unless `may_fall`."""
    from labs.tasks import apply_remark_task  # tasks import the domain

    change_state(
        remark,
        Remark.State.APPLYING,
        by=by,
        applied_by=by,
        reason=reason,
        may_fall=may_fall,
        worked_at=timezone.now(),
    )
    transaction.on_commit(
        partial(apply_remark_task.delay, remark.organisation_id, remark.pk), robust=True
    )


def drop_remark(remark: Remark, *, by: AbstractBaseUser) -> None:
    """Decide that the dry run changes nothing, or end it; its figures are kept."""
    change_state(remark, Remark.State.DROPPED, by=by, finished_at=timezone.now())


def run_remark(remark: Remark) -> None:
    """Apply a dry run, each learner in a transaction of its own; taken up again, it repeats nothing."""
    if remark.state != Remark.State.APPLYING:
        return
    open_rows = RemarkedSubmission.objects.filter(remark=remark, decision=Decision.OPEN)
    for pk in list(open_rows.order_by().values_list("submission__workspace", flat=True).distinct()):
        _apply_to(remark, pk)
        Remark.objects.filter(pk=remark.pk).update(worked_at=timezone.now())
    remark.refresh_from_db()
    if remark.state == Remark.State.APPLYING:
        change_state(remark, Remark.State.DONE, by=remark.applied_by, finished_at=timezone.now())


@transaction.atomic
def _apply_to(remark: Remark, workspace_id: int) -> None:
    workspace = (
        Workspace.objects.select_for_update(of=["self"])
        .select_related("enrolment__run__edition", "enrolment__user", "enrolment__organisation")
        .get(pk=workspace_id)
    )
    before = best_total(workspace)
    rows = RemarkedSubmission.objects.filter(
        remark=remark, decision=Decision.OPEN, submission__workspace=workspace
    ).select_related("submission__release", "remark")
    rows = list(rows.order_by("submission__received_at", "submission_id"))
    marks = marks_on(row.submission_id for row in rows)
    for row in rows:
        _decide(remark, row, marks[row.submission_id])
        if row.decision == Decision.APPLIED:
            row.grade_run = append_grade_run(
                row.submission,
                checks=row.checks,
                cells=row.cells,
                output=row.output,
                seconds=row.seconds,
            )
        row.save(update_fields=["decision", "grade_run"])
    after = best_total(workspace)
    if (after.score, after.maximum) == (before.score, before.maximum):
        return
    comment = _("Marked again: %(reason)s") % {"reason": remark.reason}
    result = record_best(workspace, comment=comment)
    change = RemarkChange.objects.create(
        remark=remark,
        workspace=workspace,
        score_before=before.score,
        maximum_before=before.maximum,
        score_after=after.score,
        maximum_after=after.maximum,
    )
    if result.by_id is None:  # a result that a person set by hand stays, and so there is no news
        tell_change(change, rows[-1].submission)


def _decide(remark: Remark, row: RemarkedSubmission, marks: Mapping) -> None:
    newest: GradeRun = row.submission.grade_runs.first()
    before = total_of(with_marks(newest.checks, marks))
    after = total_of(with_marks(row.checks, marks))
    if newest.pk != row.before_id:
        row.decision = Decision.STALE
    elif row.checks == newest.checks:
        row.decision = Decision.SAME
    elif after.percent < before.percent and not remark.may_fall:
        row.decision = Decision.KEPT
    else:
        row.decision = Decision.APPLIED


def resume_remarks(now: datetime | None = None) -> list[Remark]:
    """Those that a lost message or a dead worker left, for their tasks."""
    now = now or timezone.now()
    return list(Remark.objects.going_on().filter(worked_at__lt=now - STALLED_AFTER))
