"""What the labs hold of a person: all of it for them to take, and its removal."""

import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from wagtail.log_actions import log

from labs.backends import get_backend
from labs.domain.sessions import end_access
from labs.models import (
    GradeRun,
    HandMark,
    LabComment,
    LabIdentity,
    LabSession,
    RemarkedSubmission,
    Save,
    Submission,
    Workspace,
    WorkspaceProgress,
)
from labs.models.launches import new_lab_id
from lms.accounts.models import User
from lms.accounts.personal_data import Part, register_part
from lms.organisations.scoping import every_organisation

ERASED = {"cells": [], "erased": True}


def export_of(user: User, *, by=None) -> Iterator[tuple[str, bytes]]:
    """(path, content) of the files in the person's home, of what they handed in and its results.

    LabsDown when the home cannot be read: half an export would look like a whole one.
    """
    identity = LabIdentity.objects.filter(user=user).first()
    if identity is None:
        return
    log(user, "labs.exported", user=by)
    for path, content in get_backend().files(identity.lab_id):
        yield f"labs/home/{path}", content
    with every_organisation():  # a person's own, in whichever organisation
        handed_in = list(
            Submission.objects.filter(workspace__identity=identity)
            .select_related("release")
            .prefetch_related("grade_runs", "comments", "hand_marks")
            .order_by("pk")
        )
        saves = Save.objects.filter(workspace__identity=identity).values_list("pk", flat=True)
        saves = list(saves.order_by("pk"))
        sessions = list(
            LabSession.objects.filter(identity=identity)
            .order_by("pk")
            .values("started_at", "ended_at", "why_ended", "memory_mb", "memory_peak_mb")
        )
    for submission in handed_in:
        folder = f"labs/submissions/{submission.pk}-{submission.release.name}"
        yield f"{folder}/notebook.ipynb", _json(submission.notebook)
        yield f"{folder}/result.json", _json(_facts_of(submission))
    for key in saves:  # one at a time: all of them are large
        with every_organisation():  # the person's own, too
            save = Save.objects.select_related("workspace").get(pk=key)
        moment = f"{save.saved_at:%Y%m%dT%H%M%S}"
        yield f"labs/saves/{save.workspace.folder}/{moment}-{save.pk}.ipynb", save.content
    yield "labs/sessions.json", _json(sessions)


def _facts_of(submission: Submission) -> dict:
    return {
        "received_at": submission.received_at,
        "state": submission.state,
        "sha256": submission.sha256,
        "marked": [
            {
                "marked_at": run.marked_at,
                "score": run.score,
                "maximum": run.maximum,
                "checks": run.checks,
                "cells": run.cells,
                "output": run.output,
            }
            for run in submission.grade_runs.all()
        ],
        "comments": [
            {"written_at": comment.written_at, "cell": comment.cell, "text": comment.text}
            for comment in submission.comments.all()
        ],
        "marked_by_hand": [
            {
                "marked_at": mark.marked_at,
                "cell": mark.cell,
                "points": mark.points,
                "levels": mark.levels,
                "comment": mark.comment,
            }
            for mark in submission.hand_marks.all()
        ],
    }


def _json(value) -> bytes:
    return json.dumps(value, indent=1, cls=DjangoJSONEncoder).encode()


def erase(user: User, *, by=None) -> None:
    """Remove the person's home, server and notebooks, and the name the labs knew them by.

    Marks and the time that servers ran stay, unnamed. LabsDown when the Hub could not be told to
    forget them, or does not run: it is to be done again.
    """
    identity = LabIdentity.objects.filter(user=user).first()
    if identity is None:
        return
    end_access(user)
    get_backend().erase(identity.lab_id)
    with transaction.atomic(), every_organisation():  # a person's own, in whichever organisation
        erase_rows(identity)
        log(user, "labs.erased", user=by)


def erase_rows(identity: LabIdentity) -> None:
    handed_in = Submission.objects.filter(workspace__identity=identity)
    handed_in.update(notebook=ERASED)
    for model in (GradeRun, RemarkedSubmission):
        for run in model.objects.filter(submission__workspace__identity=identity):
            run.checks = [{**check, "detail": ""} for check in run.checks]
            run.cells = [{**cell, "detail": ""} for cell in run.cells]
            run.output = ""
            run.save(update_fields=["checks", "cells", "output"])
    LabComment.objects.filter(submission__workspace__identity=identity).update(text="")
    HandMark.objects.filter(submission__workspace__identity=identity).update(comment="")
    Save.objects.filter(workspace__identity=identity).delete()
    WorkspaceProgress.objects.filter(workspace__identity=identity).delete()
    if Workspace.objects.filter(identity=identity).exists():
        identity.lab_id = new_lab_id()  # what the Hub's logs say leads to nobody
        identity.save(update_fields=["lab_id"])
    else:
        identity.delete()


register_part(Part("labs", export_of, erase))
