"""Reading what a learner handed in, and commenting on it."""

from collections import defaultdict

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from labs.domain.comments import add_comment, delete_comment, edit_comment
from labs.domain.results import MARKED, marked_submissions
from labs.domain.tasks import answer_cells
from labs.messages import title, with_sentences
from labs.models import LabComment, Submission
from labs.teaching.cells import cells_of
from labs.teaching.forms import CommentForm
from lms.core.permissions import demand

PEOPLE = ("workspace__enrolment__user", "workspace__enrolment__organisation")


def submission_read(request, organisation, pk):
    """One submission, read-only, with its checks, comments and the ones before. Each view is logged."""
    rows = Submission.objects.visible_to(request.user).select_related(
        *PEOPLE, "workspace__enrolment__run__edition", "release"
    )
    submission = get_object_or_404(rows, pk=pk)
    demand(request, "labs.view_submission", submission)
    may_mark = request.user.has_perm("labs.mark_submission", organisation)
    if request.method == "POST":
        demand(request, "labs.mark_submission", organisation)
    cell = request.POST.get("cell", "")
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_answer = cell in answer_cells(submission.release.notebook)
        text = form.cleaned_data["text"]
        add_comment(submission, text, by=request.user, cell=cell if is_answer else "")
        messages.success(request, _("The comment is kept, and the learner is told."))
        return redirect(request.path)
    log(submission, "labs.submission_read", user=request.user)
    context = _context(submission) | {
        "organisation": organisation,
        "form": form,
        "cell_at_fault": cell if form.is_bound else "",
        "may_mark": may_mark,
    }
    return render(request, "labs/submission_read.html", context, status=422 if form.errors else 200)


def _context(submission):
    marked = marked_submissions([submission.workspace])[submission.workspace_id]
    of_each = {each.submission: each for each in marked}
    found = of_each.get(submission.pk)
    comments = defaultdict(list)
    for comment in submission.comments.select_related("by"):
        comments[comment.cell].append(comment)
    rows = [
        {
            "cell": cell,
            "title": title({"name": cell.name}),
            "comments": comments.pop(cell.name, []) if cell.is_answer else [],
        }
        for cell in cells_of(submission)
    ]
    enrolment = submission.workspace.enrolment
    return {
        "submission": submission,
        "enrolment": enrolment,
        "run": enrolment.run,
        "key": str(submission.workspace.activity_key),
        "entry": enrolment.run.edition.activity(str(submission.workspace.activity_key)),
        "rows": rows,
        "comments": [comment for of_cell in comments.values() for comment in of_cell],
        "total": found.total if found else None,
        "checks": with_sentences(found.checks) if found else [],
        "cells": with_sentences(found.run.cells) if found else [],
        "by_hand": {"by_hand", MARKED},
        "others": [
            {"submission": other, "marked": of_each.get(other.pk)}
            for other in submission.workspace.submissions.defer("notebook")
        ],
    }


def comment_edit(request, organisation, pk):
    """Writing one's own comment anew, or taking it away."""
    demand(request, "labs.mark_submission", organisation)
    comment = get_object_or_404(
        LabComment.objects.select_related("submission"), pk=pk, by=request.user
    )
    back = redirect("labs:submission_read", organisation.slug, comment.submission_id)
    if request.method == "POST" and "delete" in request.POST:
        delete_comment(comment, by=request.user)
        messages.success(request, _("The comment is deleted."))
        return back
    form = CommentForm(request.POST or None, initial={"text": comment.text})
    if request.method == "POST" and form.is_valid():
        edit_comment(comment, form.cleaned_data["text"])
        messages.success(request, _("The comment is kept."))
        return back
    context = {"organisation": organisation, "comment": comment, "form": form}
    return render(request, "labs/comment_edit.html", context)
