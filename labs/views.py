"""A lab's page, opening it, waiting for it, handing it in, and the result."""

from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from courses.activities import StepState
from courses.domain.progress import visit_activity
from courses.views.lessons import activity_context, own_enrolment
from labs.domain import saves, submissions, workspaces
from labs.domain.results import checks_of, total_of
from labs.domain.sessions import labs_are_down
from labs.domain.standing import (
    LabState,
    is_slow,
    lab_standing,
    lab_standings,
    usual_seconds,
)
from labs.lite.releases import is_offered, publish
from labs.messages import (
    limit_sentence,
    other_sentences,
    saved_sentence,
    state_sentence,
    submission_sentence,
    title,
    with_sentences,
)
from labs.models import Submission, Workspace

SHOWN_SUBMISSIONS = 5
PAGE_SIZE = 20
# seconds after which a page asks again; where it says nothing, only when the page comes to front
PACE = {
    LabState.STARTING: 2,
    LabState.RECEIVED: 2,
    LabState.MARKING: 2,
    LabState.RUNNING: 5,
    LabState.UNKNOWN: 15,
}


def lab(request, enrolment, entry):
    """The lab's own page. It waits a second for the Hub at most, and shows without it."""
    page = workspaces.pinned_lab(entry, get_language())
    if request.method == "POST":
        workspaces.complete_without_lab(enrolment, entry["key"], page)
        return redirect("courses:run", enrolment.pk)
    visit_activity(enrolment, entry["key"])
    standing = lab_standing(enrolment, entry["key"])
    context = {
        **activity_context(enrolment, entry),
        **_told(enrolment, entry, standing),
        **_results(standing.submission, standing.grade_run),
        "lab": page,
        "in_browser": is_offered(page.release),
        "earlier": _earlier(standing),
        "is_down": labs_are_down(),
        "is_in_line": bool(standing.workspace) and workspaces.is_in_line(standing.workspace),
    }
    return render(request, "labs/lab_detail.html", context)


def _told(enrolment, entry, standing):
    """What pages say of how the lab stands."""
    return {
        "standing": standing,
        "workspace": standing.workspace,
        "submission": standing.submission,
        "sentence": state_sentence(standing),
        "saved": saved_sentence(standing, timezone.now()),
        "limit": limit_sentence(standing),
        "others": other_sentences(standing),
        "seconds": PACE.get(standing.state, 0),
        "state_url": reverse("labs:state", args=[enrolment.pk, entry["key"]]),
    }


def _earlier(standing):
    if standing.submission is None:
        return []
    return submissions.history(standing.workspace)[:SHOWN_SUBMISSIONS]


def _results(submission, grade_run):
    if grade_run is None:
        return {}
    bounds = submissions.bounds_of(submission.release)
    checks = checks_of(grade_run)
    return {
        "grade_run": grade_run,
        "checks": with_sentences(checks, bounds),
        "cells": with_sentences(grade_run.cells, bounds),
        "total": total_of(checks),
    }


def states(enrolment, keys):
    """What the course's page says of its labs."""
    now = timezone.now()
    return {
        key: StepState(
            _line(standing, now),
            reverse("labs:state", args=[enrolment.pk, key]),
            PACE.get(standing.state, 0),
        )
        for key, standing in lab_standings(enrolment, keys).items()
        if standing.workspace
    }


def _line(standing, now):
    sentence, saved = state_sentence(standing), saved_sentence(standing, now)
    return f"{sentence} {saved}" if standing.state == LabState.RUNNING else sentence


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


@never_cache
def lab_state(request, pk, key):
    """How the lab stands, for <lms-state>."""
    enrolment, entry = own_lab(request, pk, key)
    standing = lab_standing(enrolment, entry["key"])
    now = timezone.now()
    is_open = standing.server == LabState.RUNNING and not standing.other
    return JsonResponse(
        {
            "state": standing.state,
            "version": standing.version,
            "sentence": state_sentence(standing),
            "saved": saved_sentence(standing, now),
            "line": _line(standing, now),
            "seconds": PACE.get(standing.state, 0),
            "next": reverse("labs:wait", args=[pk, key]) if is_open else "",
        }
    )


@require_POST
def lab_open(request, pk, key):
    enrolment, entry = own_lab(request, pk, key)
    launch = workspaces.open_lab(enrolment, entry, get_language())
    if launch is None or launch.started_server:
        return redirect("labs:wait", pk, key)
    return redirect(workspaces.lab_address(launch.workspace))


def lab_wait(request, pk, key):
    """Looks again every two seconds until the learner's server is ready, then leads to it."""
    entry, workspace = own_workspace(request, pk, key)
    if workspaces.is_in_line(workspace):
        return redirect("labs:line", pk, key)
    enrolment = workspace.enrolment
    standing = lab_standing(enrolment, entry["key"])
    if standing.server == LabState.RUNNING:
        return redirect(workspaces.lab_address(workspace))
    launch = workspace.launches.first()
    waited = (timezone.now() - launch.launched_at).total_seconds() if launch else 0
    context = {
        **_told(enrolment, entry, standing),
        "entry": entry,
        "enrolment": enrolment,
        "lab": workspaces.pinned_lab(entry, get_language()),
        "is_starting": standing.server == LabState.STARTING,
        "is_unknown": standing.server == LabState.UNKNOWN,
        "is_slow": standing.server == LabState.STARTING and is_slow(waited),
        "usual": usual_seconds(),
    }
    return render(request, "labs/lab_wait.html", context)


@require_POST
def lab_stop(request, pk, key):
    entry, workspace = own_workspace(request, pk, key)
    workspaces.stop_lab(workspace)
    return redirect("courses:activity", pk, entry["key"])


def lab_submit(request, pk, key):
    """Hand in by POST; asked for from inside the lab, say first what would be handed in."""
    entry, workspace = own_workspace(request, pk, key)
    if request.method == "POST":
        submission = submissions.submit_workspace(workspace)
        return redirect("labs:submission", submission.pk)
    standing = lab_standing(workspace.enrolment, entry["key"])
    context = {
        **_told(workspace.enrolment, entry, standing),
        "entry": entry,
        "enrolment": workspace.enrolment,
        "save": saves.present_save(workspace),
    }
    return render(request, "labs/lab_submit.html", context)


def from_lab(request):
    """Where JupyterLab's button leads: to handing in the notebook that it names by its path."""
    folder = request.GET.get("path", "").partition("/")[0]
    if not folder:
        return redirect("courses:dashboard")
    own = Workspace.objects.filter(enrolment__user=request.user)
    workspace = get_object_or_404(own, folder=folder)
    return redirect("labs:submit", workspace.enrolment_id, workspace.activity_key)


def submission_list(request, pk, key):
    entry, workspace = own_workspace(request, pk, key)
    rows = submissions.history(workspace)
    context = {
        "entry": entry,
        "enrolment": workspace.enrolment,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "labs/submission_list.html", context)


def lab_in_browser(request, pk, key):
    """Leads to the lab where the learner's own browser runs it."""
    _enrolment, entry = own_lab(request, pk, key)
    release = workspaces.pinned_lab(entry, get_language()).release
    if not is_offered(release):
        raise Http404
    return redirect(publish(release))


@require_POST
def lab_file(request, pk, key):
    """Hand in a notebook that was worked on elsewhere."""
    enrolment, entry = own_lab(request, pk, key)
    lab = workspaces.pinned_lab(entry, get_language())
    submission = submissions.submit_file(enrolment, entry["key"], lab, request.FILES.get("file"))
    return redirect("labs:submission", submission.pk)


def submission_detail(request, pk):
    """How a submission stands: looks again every three seconds until it is marked."""
    rows = Submission.objects.visible_to(request.user).select_related(
        "release", "workspace__enrolment__run__edition"
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
        "sentence": submission_sentence(submission),
        "comments": _comments(submission),
    }
    return render(request, "labs/submission_detail.html", context | _results(submission, grade_run))


@never_cache
def submission_state(request, pk):
    """How a submission stands, for <lms-state>."""
    submission = get_object_or_404(Submission.objects.visible_to(request.user), pk=pk)
    return JsonResponse(
        {
            "state": submission.state,
            "version": submission.state,
            "sentence": submission_sentence(submission),
            "seconds": 2 if submission.is_waiting else 0,
        }
    )


def _comments(submission):
    """What trainers wrote, each with the name of the cell that it is about."""
    comments = list(submission.comments.select_related("by"))
    for comment in comments:
        comment.title = title({"name": comment.cell})
    return comments
