"""Marking by hand: answers to one cell, one after another, without names."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from labs.domain.hand_marks import hand_cells_of, mark_answer, piles_of, waiting_answers
from labs.domain.tasks import answers_in, hand_cells
from labs.grading.notebooks import source_of
from labs.messages import title
from labs.models import Submission
from labs.teaching.cells import shown, to_html
from labs.teaching.forms import HandMarkForm
from labs.teaching.runs import lab_in_run
from lms.core.permissions import demand


def hand_marking(request, organisation, run, key):
    """The cells of a lab that people mark, how many answers wait, and by which rubric."""
    demand(request, "labs.mark_submission", organisation)
    lab = lab_in_run(run, key)
    piles = piles_of(lab.run, lab.key, lab.page.release)
    context = {
        "organisation": organisation,
        "lab": lab,
        "piles": [(title({"name": pile.cell.name}), pile) for pile in piles],
    }
    return render(request, "labs/hand_marking.html", context)


def hand_mark_next(request, organisation, run, key, cell):
    """Lead to the answer that waits longest, or to the next one after `after`."""
    demand(request, "labs.mark_submission", organisation)
    lab = lab_in_run(run, key)
    waiting = list(waiting_answers(lab.run, lab.key, cell).values_list("pk", flat=True))
    if not waiting:
        messages.success(request, _("Nothing more waits here."))
        return redirect("labs:hand_marking", organisation.slug, run, key)
    after = request.GET.get("after", "")
    place = waiting.index(int(after)) + 1 if after.isdecimal() and int(after) in waiting else 0
    return redirect("labs:hand_mark", organisation.slug, waiting[place % len(waiting)], cell)


def hand_mark(request, organisation, pk, cell):
    """One answer, without its learner's name, and its mark."""
    demand(request, "labs.mark_submission", organisation)
    rows = Submission.objects.select_related(
        "release__master", "workspace__enrolment__run__edition"
    )
    submission = get_object_or_404(rows, pk=pk)
    asked = hand_cells_of(submission.release).get(cell)
    if asked is None:
        raise Http404
    run, key = submission.workspace.enrolment.run, submission.workspace.activity_key
    form = HandMarkForm(request.POST or None, cell=asked)
    if request.method == "POST" and form.is_valid():
        mark_answer(
            submission,
            asked,
            points=form.points,
            levels=form.levels,
            comment=form.cleaned_data["comment"],
            by=request.user,
        )
        messages.success(request, _("The answer is marked."))
        return redirect("labs:hand_mark_next", organisation.slug, run.pk, key, cell)
    text = answers_in(submission.notebook).get(cell, "")
    stub = answers_in(submission.release.notebook)[cell]
    guide = source_of(hand_cells(submission.release.master.notebook)[cell])
    is_text = asked.kind == "markdown"
    context = {
        "organisation": organisation,
        "run": run,
        "key": key,
        "entry": run.edition.activity(str(key)),
        "submission": submission,
        "cell": asked,
        "title": title({"name": cell}),
        "is_empty": text.strip() in {"", stub.strip()},
        "answer": to_html(shown(text)) if is_text else shown(text),
        "guide": guide,
        "is_text": is_text,
        "form": form,
        "waiting": waiting_answers(run, key, cell).count(),
        "marks": submission.hand_marks.filter(cell=cell).select_related("by"),
    }
    return render(request, "labs/hand_mark.html", context, status=422 if form.errors else 200)
