"""Handing in a notebook and having it marked."""

import json
import logging
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.domain.gradebook import record_result
from courses.domain.progress import complete_activity
from courses.models import Enrolment
from labs.backends import get_backend
from labs.domain.workspaces import pinned_lab
from labs.grading.marking import Bounds, mark
from labs.grading.notebooks import source_of
from labs.models import GradeRun, Submission, Workspace
from labs.sandbox import SandboxError
from lms.core.errors import InvalidTransition, Refused
from lms.core.states import change_state

logger = logging.getLogger("labs")

FORGOTTEN_AFTER = timedelta(minutes=2)  # by the queue
DIED_AFTER = timedelta(minutes=6)  # one that lived on after all records nothing
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
    return receive_notebook(workspace, read_notebook(content))


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
    release = submission.release
    files = {file.name: bytes(file.content) for file in release.files.all()}
    bounds = Bounds(memory_mb=max(release.memory_mb, 512))
    try:
        report = mark(release.master.notebook, submission.notebook, files, bounds)
    except SandboxError:
        logger.exception("submission %d could not be marked", submission.pk)
        _take_back(submission)
        return
    record_marking(submission, report)


def _take_back(submission: Submission) -> None:
    """Have the sweep queue `submission` again, while there are tries left."""
    to = State.RECEIVED if submission.tries < MOST_TRIES else State.FAILED
    change_state(submission, to)


@transaction.atomic
def record_marking(submission: Submission, report) -> GradeRun | None:
    """Record what marking yielded, unless another took `submission` up in the meantime."""
    current = Submission.objects.select_for_update().get(pk=submission.pk)
    if current.tries != submission.tries:
        return None
    change_state(submission, State.MARKED)
    run = GradeRun.objects.create(
        submission=submission,
        checks=[{**asdict(check), "detail": clean(check.detail)} for check in report.checks],
        cells=[{**cell, "detail": clean(cell["detail"])} for cell in report.cells],
        output=clean(report.output),
        score=_points(report.score),
        maximum=_points(report.maximum),
        seconds=report.seconds,
    )
    _record_best(submission.workspace)
    return run


def _points(number) -> Decimal:
    return Decimal(str(number)).quantize(Decimal("0.01"))


def _record_best(workspace: Workspace) -> None:
    enrolment, key = workspace.enrolment, str(workspace.activity_key)
    runs = GradeRun.objects.filter(submission__workspace=workspace)
    best = max(runs, key=lambda run: run.percent)
    entry = enrolment.run.edition.activity(key)
    # the edition may have been changed for one without this lab; the result stays
    has_passed = bool(entry) and best.percent >= pinned_lab(entry, "").pass_mark
    is_failing = bool(entry) and not has_passed
    record_result(enrolment, key, score=best.score, maximum=best.maximum, is_blocking=is_failing)
    if has_passed:
        complete_activity(enrolment, key)


def requeue_forgotten(now=None) -> int:
    """Queue again what the queue forgot and what a dying worker left; return how many."""
    now = now or timezone.now()
    died = Submission.objects.filter(state=State.MARKING, marking_at__lt=now - DIED_AFTER)
    for submission in died:
        _take_back(submission)
    forgotten = Submission.objects.filter(
        state=State.RECEIVED, received_at__lt=now - FORGOTTEN_AFTER
    ).select_related("workspace__enrolment")
    for submission in forgotten:
        _queue(submission)
    return len(forgotten)


def standing(enrolment: Enrolment, key: str) -> dict:
    """What a lab's page says of the learner's work, in three queries."""
    workspace = (
        Workspace.objects.filter(enrolment=enrolment, activity_key=key)
        .select_related("release", "identity")
        .first()
    )
    last = workspace.submissions.first() if workspace else None
    run = last.grade_runs.first() if last and last.state == State.MARKED else None
    return {"workspace": workspace, "submission": last, "grade_run": run}
