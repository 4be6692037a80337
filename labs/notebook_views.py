"""A learner's notebook without JupyterLab: earlier saves, reset, and the light page."""

from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.domain.progress import visit_activity
from labs.cells import MOST_CELLS, answers_in, picture, read_cells, shown_cells
from labs.domain import saves, submissions, workspaces
from labs.domain.standing import lab_standing
from labs.forms import AnswersForm
from labs.messages import with_sentences
from labs.views import own_lab, own_workspace

PAGE_SIZE = 20
PICTURE_SECONDS = 24 * 3600


def save_list(request, pk, key):
    entry, workspace = own_workspace(request, pk, key)
    saves.present_save(workspace)
    rows = workspace.saves.defer("packed")
    context = {
        "entry": entry,
        "enrolment": workspace.enrolment,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "labs/save_list.html", context)


def save_detail(request, pk, key, save):
    """An earlier save to look at, and to put back."""
    entry, workspace = own_workspace(request, pk, key)
    save = get_object_or_404(workspace.saves, pk=save)
    release = workspace.release.notebook
    context = {
        "entry": entry,
        "enrolment": workspace.enrolment,
        "save": save,
        "cells": [(cell, None, None) for cell in shown_cells(read_cells(save.content), release)],
    }
    return render(request, "labs/save_detail.html", context)


@require_POST
def save_restore(request, pk, key, save):
    entry, workspace = own_workspace(request, pk, key)
    saves.restore(workspace, get_object_or_404(workspace.saves, pk=save))
    messages.success(
        request,
        _(
            "The earlier save is back, and what was there before is kept among the saves. If the "
            "lab is open and asks about a file that changed on disk, choose Revert."
        ),
    )
    return redirect("courses:activity", pk, entry["key"])


def lab_reset(request, pk, key):
    """Asks first, then puts the lab's own notebook back."""
    entry, workspace = own_workspace(request, pk, key)
    if request.method == "POST":
        saves.reset(workspace)
        messages.success(
            request,
            _(
                "The notebook is as it was given out. Your own is kept among the earlier saves. "
                "If the lab is open and asks about a file that changed on disk, choose Revert."
            ),
        )
        return redirect("courses:activity", pk, entry["key"])
    context = {
        "entry": entry,
        "enrolment": workspace.enrolment,
        "save": saves.present_save(workspace),
        "names": [name for name, _content in workspaces.release_files(workspace.release)],
    }
    return render(request, "labs/lab_reset.html", context)


def save_picture(request, pk, key, save, cell, output):
    """A picture among the outputs of a save; shown by itself, it can do nothing."""
    _entry, workspace = own_workspace(request, pk, key)
    save = get_object_or_404(workspace.saves, pk=save)
    content = picture(read_cells(save.content), cell, output)
    if content is None:
        raise Http404
    headers = {
        "Cache-Control": f"private, max-age={PICTURE_SECONDS}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return HttpResponse(content, content_type="image/png", headers=headers)


def notebook(request, pk, key):
    """The light page: the notebook to read, its answer cells to fill, for a phone or a weak line."""
    enrolment, entry = own_lab(request, pk, key)
    lab = workspaces.pinned_lab(entry, get_language())
    visit_activity(enrolment, entry["key"])
    standing = lab_standing(enrolment, entry["key"])
    save = saves.present_save(standing.workspace) if standing.workspace else None
    released = lab.release.notebook
    cells = read_cells(save.content) if save else released["cells"]
    texts = answers_in(released["cells"], released) | answers_in(cells, released)
    form = AnswersForm(
        request.POST or None, answers=texts, initial={"base": save.sha256 if save else ""}
    )
    if form.is_valid():
        return _written(request, enrolment, entry, lab, form)
    context = {
        "entry": entry,
        "enrolment": enrolment,
        "lab": lab,
        "save": save,
        "form": form,
        "standing": standing,
        "cells": _with_fields_and_results(cells, released, form, standing),
        "answered": save.answered if save else 0,
        "answers": len(texts),
    }
    return render(request, "labs/notebook.html", context)


def _with_fields_and_results(cells, released, form, standing):
    """[(cell, its field or None, what marking said of it or None)], lost answer cells at the end."""
    run = standing.grade_run
    said = {}
    if run:
        bounds = submissions.bounds_of(standing.submission.release)
        for check in [*with_sentences(run.cells, bounds), *with_sentences(run.checks, bounds)]:
            said[check["name"]] = check
    fields = form.by_name()
    shown = [
        (cell, fields.pop(cell.name, None), said.get(cell.name))
        for cell in shown_cells(cells, released)
    ]
    lost = [
        replace(cell, number=cell.number + MOST_CELLS)  # a number that no other cell here has
        for cell in shown_cells(released["cells"], released)
        if cell.name in fields
    ]
    return shown + [(cell, fields[cell.name], said.get(cell.name)) for cell in lost]


def _written(request, enrolment, entry, lab, form):
    """Write what was typed, and hand it in if that was asked for."""
    workspace = workspaces.workspace_of(enrolment, entry["key"], lab.release)
    is_behind = saves.put_typed(workspace, form.answers(), base=form.cleaned_data["base"])
    if "hand_in" in request.POST:
        return redirect("labs:submission", submissions.submit_workspace(workspace).pk)
    messages.success(request, _("Saved."))
    if is_behind:
        messages.warning(
            request,
            _(
                "The notebook had been changed elsewhere since you opened this page. Answers that "
                "you did not touch are as changed there; the rest is as you typed it. What was "
                "there before is kept among the earlier saves."
            ),
        )
    return redirect("labs:notebook", enrolment.pk, entry["key"])
