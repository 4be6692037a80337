"""A lab's page, opening it, waiting for it, handing it in, and the result."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from courses.domain.progress import visit_activity
from courses.views.lessons import activity_context, own_enrolment
from labs.backends import ServerState
from labs.domain import submissions, workspaces
from labs.domain.results import checks_of, total_of
from labs.messages import title, with_sentences
from labs.models import Submission, Workspace


def lab(request, enrolment, entry):
    """The lab's own page. It asks nothing of the Hub, so that it shows when the Hub is down."""
    page = workspaces.pinned_lab(entry, get_language())
    if request.method == "POST":
        workspaces.complete_without_lab(enrolment, entry["key"], page)
        return redirect("courses:run", enrolment.pk)
    visit_activity(enrolment, entry["key"])
    standing = submissions.standing(enrolment, entry["key"])
    context = activity_context(enrolment, entry) | standing | {"lab": page}
    return render(request, "labs/lab_detail.html", context | _results(standing["grade_run"]))


def _results(grade_run):
    if grade_run is None:
        return {}
    checks = checks_of(grade_run)
    return {
        "checks": with_sentences(checks),
        "cells": with_sentences(grade_run.cells),
        "total": total_of(checks),
    }


def own_lab(request, pk, key):
    """The learner's enrolment and the outline's entry of a lab in it, or 404."""
    enrolment = own_enrolment(request, pk)
    entry = enrolment.run.edition.activity(str(key))
    if entry is None or entry["kind"] != "lab":
        raise Http404
    return enrolment, entry


def own_workspace(request, pk, key):
    enrolment, entry = own_lab(request, pk, key)
    rows = Workspace.objects.select_related("release", "identity", "enrolment")
    return entry, get_object_or_404(rows, enrolment=enrolment, activity_key=entry["key"])


@require_POST
def lab_open(request, pk, key):
    enrolment, entry = own_lab(request, pk, key)
    workspaces.open_lab(enrolment, entry, get_language())
    return redirect("labs:wait", pk, key)


def lab_wait(request, pk, key):
    """Looks again every two seconds until the learner's server is ready, then leads to it."""
    entry, workspace = own_workspace(request, pk, key)
    state = workspaces.server_of(workspace)
    if state == ServerState.READY:
        return redirect(workspaces.lab_address(workspace))
    context = {
        "entry": entry,
        "enrolment": workspace.enrolment,
        "is_starting": state == ServerState.STARTING,
    }
    return render(request, "labs/lab_wait.html", context)


@require_POST
def lab_submit(request, pk, key):
    _entry, workspace = own_workspace(request, pk, key)
    submission = submissions.submit_workspace(workspace)
    return redirect("labs:submission", submission.pk)


def submission_detail(request, pk):
    """How a submission stands: looks again every three seconds until it is marked."""
    rows = Submission.objects.visible_to(request.user).select_related(
        "workspace__enrolment__run__edition"
    )
    submission = get_object_or_404(rows, pk=pk)
    enrolment = submission.workspace.enrolment
    grade_run = submission.grade_runs.first()
    context = {
        "submission": submission,
        "grade_run": grade_run,
        "enrolment": enrolment,
        "entry": enrolment.run.edition.activity(str(submission.workspace.activity_key)),
        "is_own": enrolment.user_id == request.user.pk,
        "comments": _comments(submission),
    }
    return render(request, "labs/submission_detail.html", context | _results(grade_run))


def _comments(submission):
    """What trainers wrote, each with the name of the cell that it is about."""
    comments = list(submission.comments.select_related("by"))
    for comment in comments:
        comment.title = title({"name": comment.cell})
    return comments
