"""Marking by people: a queue without names for each cell, rubrics, and marks that are kept."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from courses.models import CourseRun
from labs.domain.results import checks_of, marks_on, record_best, total_of
from labs.domain.tasks import answers_in, hand_cells, marks_in
from labs.domain.telling import tell_hand_marked
from labs.grading.rubrics import Criterion, read_rubric
from labs.models import HandMark, LabRelease, Submission, Workspace
from lms.core.errors import Refused


@dataclass(frozen=True)
class HandCell:
    """A cell that people mark: what it asks, what it is worth, and by which rubric."""

    name: str
    kind: str
    maximum: Decimal
    rubric: list[Criterion]


def hand_cells_of(release: LabRelease) -> dict[str, HandCell]:
    """{name: HandCell} of a release, in the notebook's order."""
    return {
        name: HandCell(
            name, cell["cell_type"], Decimal(str(marks_in(cell)["points"])), read_rubric(cell)
        )
        for name, cell in hand_cells(release.notebook).items()
    }


def newest_marked(run: CourseRun, key: str) -> QuerySet[Submission]:
    """The newest marked submission of each learner of the open scope."""
    marked = Submission.objects.filter(state=Submission.State.MARKED)
    newest = marked.filter(workspace=OuterRef("workspace")).order_by("-received_at", "-pk")
    return marked.filter(
        workspace__enrolment__run=run,
        workspace__activity_key=key,
        pk=Subquery(newest.values("pk")[:1]),
    )


def waiting_answers(run: CourseRun, key: str, cell: str) -> QuerySet[Submission]:
    """Submissions of which one cell waits for a mark, the longest wait first."""
    newest = newest_marked(run, key)
    having = [
        release.pk
        for release in LabRelease.objects.filter(pk__in=newest.order_by().values("release"))
        if cell in hand_cells(release.notebook)
    ]
    marks = HandMark.objects.filter(submission=OuterRef("pk"), cell=cell)
    return newest.filter(~Exists(marks), release__in=having).order_by("received_at", "pk")


@dataclass(frozen=True)
class Pile:
    """The answers of a run to one cell."""

    cell: HandCell
    waiting: int
    marked: int


def piles_of(run: CourseRun, key: str, release: LabRelease) -> list[Pile]:
    """The queue by cell; three queries. Cells of `release` come even when nobody answered them."""
    releases = dict(newest_marked(run, key).order_by().values_list("pk", "release"))
    marks = HandMark.objects.filter(submission__in=releases).order_by()
    marked = set(marks.values_list("submission", "cell"))
    found: dict[str, HandCell] = hand_cells_of(release)
    having: dict[str, set[int]] = {name: set() for name in found}
    for each in LabRelease.objects.filter(pk__in=set(releases.values())):
        for name, cell in hand_cells_of(each).items():
            found.setdefault(name, cell)
            having.setdefault(name, set()).add(each.pk)
    piles = []
    for name, cell in found.items():
        answers = [pk for pk, of_release in releases.items() if of_release in having[name]]
        done = sum((pk, name) in marked for pk in answers)
        piles.append(Pile(cell, len(answers) - done, done))
    return piles


@transaction.atomic
def mark_answer(
    submission: Submission,
    cell: HandCell,
    *,
    points: Decimal,
    by: AbstractBaseUser,
    levels: list[int] | None = None,
    comment: str = "",
) -> HandMark:
    """Append a mark, which counts from now on; the gradebook and the learner are told.

    Refused for one's own answer, and for a submission that the machine has not marked.
    """
    workspace = Workspace.objects.select_for_update(of=["self"]).get(pk=submission.workspace_id)
    if workspace.enrolment.user_id == by.pk:
        raise Refused(_("You cannot mark your own answers."), code="own_answer")
    run = submission.grade_runs.first()
    if run is None:
        raise Refused(
            _("This notebook is not marked by the machine yet. Try again in a minute."),
            code="not_marked",
        )
    mark = HandMark.objects.create(
        submission=submission,
        cell=cell.name,
        levels=levels or [],
        points=points,
        maximum=cell.maximum,
        comment=comment,
        by=by,
    )
    record_best(workspace)
    if not total_of(checks_of(run)).waiting:
        tell_hand_marked(submission)
    return mark


def carry_marks(submission: Submission) -> None:
    """Give answers that were handed in before, word for word, the mark that they got then."""
    cells = hand_cells_of(submission.release)
    earlier = (
        submission.workspace.submissions.filter(state=Submission.State.MARKED)
        .exclude(pk=submission.pk)
        .first()
        if cells
        else None
    )
    if earlier is None:
        return
    before, now = answers_in(earlier.notebook), answers_in(submission.notebook)
    for name, mark in marks_on([earlier.pk])[earlier.pk].items():
        is_same = name in now and before.get(name) == now[name]
        if is_same and name in cells and cells[name].maximum == mark.maximum:
            HandMark.objects.create(
                submission=submission,
                cell=name,
                levels=mark.levels,
                points=mark.points,
                maximum=mark.maximum,
                comment=mark.comment,
                by=mark.by,
                marked_at=mark.marked_at,
                carried_from=mark,
            )
