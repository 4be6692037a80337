"""Marking by people: piles of answers without names, one after another."""

from decimal import Decimal

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.domain import marking
from assessments.domain.items import bodies
from assessments.domain.scoring import seed_of
from assessments.domain.suggestions import Marked, suggest_mark
from assessments.interactions import KINDS
from assessments.interactions.variables import instantiate
from assessments.models import AttemptItem, Comment, Item, Mark
from lms.core.errors import Refused
from lms.core.permissions import demand

COMMENTS_SHOWN = 8


def marking_list(request, organisation):
    """Which questions have answers that wait, the longest wait first."""
    demand(request, "assessments.teach", organisation)
    context = {
        "organisation": organisation,
        "piles": marking.piles(),
        "seconds": marking.second_answers(request.user).count(),
    }
    return render(request, "assessments/marking_list.html", context)


def _model_answer(body):
    return getattr(body, "model_answer", "")


def _suggestion(item, body, value):
    """A suggested mark from what was marked so far for this question, or None."""
    if not isinstance(value, str):
        return None
    question = item.version.item
    others = [
        _marked(other, bodies([other.current])[other.current_id])
        for other in marking.questions_like(question)
    ]
    return suggest_mark(value, _marked(question, body), others)


def _marked(question, body):
    """What people gave for answers to a question, as suggestions learn from it."""
    answers = [(text, float(fraction)) for text, fraction in marking.marked_texts(question.pk)]
    return Marked(answers, strip_tags(_model_answer(body)))


def mark_next(request, organisation, pk):
    """The next waiting answer to one question, and its mark."""
    demand(request, "assessments.teach", organisation)
    question = get_object_or_404(Item, pk=pk)
    waiting = marking.waiting_answers().filter(version__item=question)
    return _mark(request, waiting, question, organisation, is_second=False)


def mark_second(request, organisation):
    """The next answer of the sample that somebody else marked."""
    demand(request, "assessments.teach", organisation)
    return _mark(request, marking.second_answers(request.user), None, organisation, is_second=True)


def _mark(request, waiting, question, organisation, *, is_second):
    if request.method == "POST" and "skip" not in request.POST:
        item = get_object_or_404(
            AttemptItem.objects.select_related("version__item", "attempt"),
            pk=request.POST.get("answer", "0") if request.POST.get("answer", "").isdecimal() else 0,
        )
        try:
            _give(request, item, is_second=is_second)
        except Refused as refusal:
            if refusal.code != "not_points":
                raise
            return _page(
                request,
                item,
                waiting,
                question,
                organisation,
                is_second=is_second,
                problem=str(refusal),
            )
        return redirect(request.get_full_path())
    skipped = [int(each) for each in request.GET.getlist("skip") if each.isdecimal()]
    item = waiting.exclude(pk__in=skipped).first()
    if item is None:
        messages.success(request, _("Nothing more waits here."))
        return redirect("assessments:marking_list", organisation.slug)
    return _page(request, item, waiting, question, organisation, is_second=is_second)


def _give(request, item, *, is_second):
    body = bodies([item.version])[item.version_id]
    points = marking.read_points(
        body,
        item.maximum,
        {name.removeprefix("points-"): value for name, value in request.POST.items()},
    )
    items = [item]
    if "equal" in request.POST and not is_second:
        items += marking.equal_answers(item, marking.answer_of(item))
    suggested = request.POST.get("suggested", "")
    marking.mark_answers(
        items,
        points,
        by=request.user,
        comment=request.POST.get("comment", "").strip()[:5000],
        is_second=is_second,
        suggested=Decimal(suggested) if suggested.replace(".", "", 1).isdecimal() else None,
    )
    messages.success(
        request,
        ngettext("%(count)d answer is marked.", "%(count)d answers are marked.", len(items))
        % {"count": len(items)},
    )


def _page(request, item, waiting, question, organisation, *, is_second, problem=""):
    kind = KINDS[item.version.kind]
    body = bodies([item.version])[item.version_id]
    shown = instantiate(body, seed_of(item.attempt.seed, item.position))
    value = marking.answer_of(item)
    wants_suggestion = "suggest" in request.GET
    context = {
        "organisation": organisation,
        "question": question or item.version.item,
        "item": item,
        "body": shown,
        "lines": kind.explain(shown, value),
        "files": value if kind.name == "upload" else [],
        "rubric": [
            {
                "id": each.id,
                "title": each.title,
                "description": each.description,
                "points": each.points,
            }
            for each in marking.rubric_of(body)
        ]
        or [{"id": "", "title": _("Points"), "description": "", "points": item.maximum}],
        "model_answer": _model_answer(shown),
        "equal": [] if is_second else marking.equal_answers(item, value),
        "waiting": waiting.count(),
        "comments": Comment.objects.filter(user=request.user)[:COMMENTS_SHOWN],
        "wants_suggestion": wants_suggestion,
        "suggestion": _suggestion(item, body, value) if wants_suggestion else None,
        "is_second": is_second,
        "problem": problem,
        "sent": request.POST,
        "marked_by_me": Mark.objects.filter(
            by=request.user, item__version__item=item.version.item_id
        ).count(),
    }
    return render(request, "assessments/mark.html", context, status=422 if problem else 200)


def marked_file(request, organisation, pk, sha256):
    """A handed-in file, for whoever marks it; always as a download."""
    demand(request, "assessments.teach", organisation)
    item = get_object_or_404(AttemptItem.objects.select_related("attempt"), pk=pk)
    stored = get_object_or_404(item.attempt.files, sha256=sha256)
    return FileResponse(stored.file.open(), as_attachment=True, filename=stored.name)
