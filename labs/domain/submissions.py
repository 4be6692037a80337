"""Handing in a notebook and having it marked."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from threading import Event, Thread

from django.core.cache import cache
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from courses.models import Enrolment
from labs.backends import get_backend
from labs.backends.base import LARGEST_FILE
from labs.backends.marking import mark
from labs.cells import NotANotebook
from labs.domain.hand_marks import carry_marks
from labs.domain.progress import note_progress
from labs.domain.results import record_best
from labs.domain.saves import keep
from labs.domain.workspaces import workspace_of
from labs.grading.marking import Bounds, Report
from labs.grading.notebooks import marks_of, source_of
from labs.models import GradeRun, LabPage, LabRelease, SaveReason, Submission, Workspace
from labs.sandbox import SandboxError
from lms.core.errors import InvalidTransition, Refused
from lms.core.states import change_state

logger = logging.getLogger("labs")

FORGOTTEN_AFTER = timedelta(seconds=45)  # by the queue; queued twice, it is marked once
MOST_AT_ONCE = 100
SIGN_EVERY = 10  # seconds in which a worker shows that it goes on marking
SIGN_LASTS = 35  # one that lived on after all records nothing
MOST_TRIES = 3
State = Submission.State


def submit_workspace(workspace: Workspace) -> Submission:
    """Freeze a copy of the learner's notebook and queue its marking.

    While one waits to be marked, and when nothing changed since the last, that one is returned.
    """
    content = get_backend().collect(workspace.identity.lab_id, workspace.notebook_path)
    if content is None:
        raise Refused(
            _("Your notebook %(name)s is not there. Open the lab, save the notebook, try again.")
            % {"name": workspace.notebook_path},
            code="no_notebook",
        )
    notebook = read_notebook(content)
    with suppress(NotANotebook):
        keep(workspace, content, SaveReason.HANDED_IN, _written_at(workspace))
    return receive_notebook(workspace, notebook)


def _written_at(workspace: Workspace):
    facts = get_backend().facts(workspace.identity.lab_id, workspace.notebook_path)
    return facts.modified_at if facts else None


def submit_file(enrolment: Enrolment, key: str, lab: LabPage, file) -> Submission:
    """Hand in the notebook in an uploaded `file`, worked on in a browser or anywhere else."""
    if file is None:
        raise Refused(
            _("No file was chosen. Choose the notebook, a file that ends in .ipynb."),
            code="no_file",
        )
    if file.size > LARGEST_FILE:
        raise Refused(
            _("The notebook is larger than 8 MB. Clear its outputs, save, and submit again."),
            code="notebook_too_large",
        )
    notebook = read_notebook(file.read())
    ours = {
        marks["grade_id"] for cell in lab.release.notebook["cells"] if (marks := marks_of(cell))
    }
    theirs = {cell["metadata"]["nbgrader"].get("grade_id") for cell in notebook["cells"]}
    if not ours & theirs:
        raise Refused(
            _("This is another notebook: none of this lab's cells is in it. Choose %(name)s.")
            % {"name": lab.release.file_name},
            code="another_notebook",
        )
    return receive_notebook(workspace_of(enrolment, key, lab.release), notebook)


def read_notebook(content: bytes) -> dict:
    """What marking needs of a notebook: its cells, with what they are called, and no outputs."""
    try:
        cells = json.loads(content)["cells"]
        return {
            "cells": [
                {
                    "cell_type": str(cell["cell_type"]),
                    "metadata": {"nbgrader": _plain_marks(cell["metadata"].get("nbgrader"))},
                    "source": clean(source_of(cell)),
                }
                for cell in cells
            ]
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(
            _("The file is not a notebook any more. Open the lab and save the notebook again."),
            code="not_a_notebook",
        ) from error


def clean(text) -> str:
    """`text` without what a database refuses: null characters and halves of surrogate pairs."""
    return str(text).replace("\0", "").encode("utf-8", "replace").decode()


def _plain_marks(marks) -> dict:
    return {"grade_id": clean(marks.get("grade_id", ""))} if isinstance(marks, dict) else {}


@transaction.atomic
def receive_notebook(workspace: Workspace, notebook: dict) -> Submission:
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    digest = sha256(json.dumps(notebook, sort_keys=True).encode()).hexdigest()
    last = workspace.submissions.first()
    if last and (last.is_waiting or _is_same(last, digest, workspace)):
        return last
    submission = Submission.objects.create(
        workspace=workspace, release=workspace.release, notebook=notebook, sha256=digest
    )
    note_progress(workspace, notebook, at=submission.received_at)
    _queue(submission)
    return submission


def _is_same(last: Submission, digest: str, workspace: Workspace) -> bool:
    is_final = last.state == State.MARKED
    return is_final and last.sha256 == digest and last.release_id == workspace.release_id


def _queue(submission: Submission) -> None:
    from labs.tasks import mark_submission_task  # tasks import this module

    organisation = submission.workspace.enrolment.organisation_id
    # robust: when the queue is away, the sweep finds the submission
    transaction.on_commit(
        partial(mark_submission_task.delay, organisation, submission.pk), robust=True
    )


def mark_submission(submission: Submission) -> None:
    """Mark `submission` and put the best result in the gradebook; when not waiting, do nothing."""
    try:
        change_state(
            submission, State.MARKING, marking_at=timezone.now(), tries=submission.tries + 1
        )
    except InvalidTransition:
        return
    try:
        with signs_of_life(submission):
            report = mark_by(submission.release, submission.notebook)
    except SandboxError:
        logger.exception("submission %d could not be marked", submission.pk)
        _take_back(submission)
        return
    record_marking(submission, report)


@contextmanager
def signs_of_life(submission: Submission) -> Iterator[None]:
    """Show meanwhile that `submission` is being marked: where the signs stop, its worker has died."""
    over = Event()

    def show():
        while True:
            # without a cache it may be marked again, which is recorded once all the same
            with suppress(RedisError):
                cache.set(_sign_of(submission), 1, SIGN_LASTS)
            if over.wait(SIGN_EVERY):
                return

    thread = Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _sign_of(submission: Submission) -> str:
    return f"lab-marking-{submission.pk}-{submission.tries}"


def mark_by(release: LabRelease, notebook: dict) -> Report:
    """What the tests of `release` say of a notebook; raises SandboxError."""
    files = {file.name: bytes(file.content) for file in release.files.all()}
    return mark(release.master.notebook, notebook, files, bounds_of(release))


def _take_back(submission: Submission) -> None:
    """Have the sweep queue `submission` again, while there are tries left."""
    to = State.RECEIVED if submission.tries < MOST_TRIES else State.FAILED
    change_state(submission, to)


def bounds_of(release: LabRelease) -> Bounds:
    return Bounds(memory_mb=max(release.memory_mb, 512), total_seconds=release.marking_seconds)


@transaction.atomic
def record_marking(submission: Submission, report: Report) -> GradeRun | None:
    """Record what marking yielded, unless another took `submission` up in the meantime."""
    current = Submission.objects.select_for_update().get(pk=submission.pk)
    if current.tries != submission.tries:
        return None
    change_state(submission, State.MARKED)
    run = append_grade_run(submission, **facts_of(report))
    carry_marks(submission)
    record_best(submission.workspace)
    return run


def facts_of(report: Report) -> dict:
    """What is kept of a report, fit for a database."""
    return {
        "checks": [{**asdict(check), "detail": clean(check.detail)} for check in report.checks],
        "cells": [{**cell, "detail": clean(cell["detail"])} for cell in report.cells],
        "output": clean(report.output),
        "seconds": report.seconds,
    }


def append_grade_run(submission: Submission, *, checks: list[dict], **facts) -> GradeRun:
    return GradeRun.objects.create(
        submission=submission,
        checks=checks,
        score=_points(sum(check["points"] for check in checks)),
        maximum=_points(sum(check["max"] for check in checks)),
        **facts,
    )


def _points(number) -> Decimal:
    return Decimal(str(number)).quantize(Decimal("0.01"))


def requeue_forgotten(now=None) -> int:
    """Queue again what the queue forgot and what a dying worker left; return how many."""
    now = now or timezone.now()
    silent = now - timedelta(seconds=SIGN_LASTS)
    for submission in Submission.objects.filter(state=State.MARKING, marking_at__lt=silent):
        if not cache.get(_sign_of(submission)):
            _take_back(submission)
    waiting = Submission.objects.filter(
        state=State.RECEIVED, received_at__lt=now - FORGOTTEN_AFTER
    ).order_by("received_at")
    # a long queue is not forgotten: of what merely waits, few are queued twice
    forgotten = waiting.defer("notebook").select_related("workspace__enrolment")[:MOST_AT_ONCE]
    for submission in forgotten:
        _queue(submission)
    return len(forgotten)


def history(workspace: Workspace):
    """What was handed in, the newest first, each with its `score` and `maximum` once marked."""
    runs = GradeRun.objects.filter(submission=OuterRef("pk"))
    return workspace.submissions.defer("notebook").annotate(
        score=Subquery(runs.values("score")[:1]), maximum=Subquery(runs.values("maximum")[:1])
    )
