"""Taking a quiz: start, the questions, overview, submit, review. Works as plain forms."""

from math import ceil
from pathlib import Path
from uuid import uuid5

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from assessments.domain.answer_files import signed_answers
from assessments.domain.attempts import attempt_items, attempt_standings, submit_attempt
from assessments.domain.files import store_answer_file
from assessments.domain.ledger import FORM
from assessments.domain.outcomes import reached_by
from assessments.domain.quizzes import frozen_quiz
from assessments.domain.recording import Event, other_devices, record_form
from assessments.domain.reviews import placement_levels, review_level, review_rows, shows
from assessments.domain.scoring import percent
from assessments.domain.starting import quiz_standing, start_attempt, start_spread
from assessments.domain.telling import answered_sentence
from assessments.forms import PageForm, StartForm, form_events, item_forms, only_stored
from assessments.models import Attempt, Review
from courses.domain.editions import pinned_revision_id
from courses.domain.progress import visit_activity
from courses.models import Enrolment
from courses.views.lessons import activity_context, own_enrolment

ARRANGED = {
    "order",
    "gap_match",
    "graphic_gap_match",
}  # may be dragged instead of chosen from lists


def quiz(request, enrolment, entry):
    """The quiz's own page: what it asks of you, how you stand, and the button to start."""
    page = frozen_quiz(pinned_revision_id(entry, get_language()))
    form = StartForm(request.POST or None, quiz=page)
    if request.method == "POST":
        standing = quiz_standing(enrolment, page, entry["key"])
        if standing.open_attempt or not form.fields or form.is_valid():
            attempt = start_attempt(
                enrolment,
                entry,
                get_language(),
                pin=getattr(form, "cleaned_data", {}).get("pin", ""),
            )
            return redirect("assessments:attempt", enrolment.pk, attempt.uuid)
    else:
        visit_activity(enrolment, entry["key"])
        standing = quiz_standing(enrolment, page, entry["key"])
    now = timezone.now()
    opens_at = standing.access.opens_at
    opens_in = max(0, (opens_at - now).total_seconds()) if opens_at else 0
    spread = start_spread(enrolment.run) if opens_in else 0
    context = activity_context(enrolment, entry) | {
        "quiz": page,
        "standing": standing,
        "form": form,
        "opens_in": opens_in,
        "spread": spread,
        "spread_minutes": ceil(spread / 60),
        "is_closed": bool(standing.access.closes_at and now >= standing.access.closes_at),
    }
    return render(request, "assessments/quiz_detail.html", context)


def own_attempt(request, pk, attempt):
    """The signed-in learner's attempt with all that its pages need in one query."""
    own = Attempt.objects.filter(
        enrolment__in=Enrolment.objects.live().filter(user=request.user, pk=pk)
    )
    return get_object_or_404(own.select_related("enrolment__run__edition"), uuid=attempt)


def _questions(attempt, items, standings, quiz, forms):
    """What the page shows of each item; in a one-way quiz the next one alone."""
    reached = reached_by(attempt, items, quiz) if quiz.has_checks else {}
    rows = []
    stimulus = ""
    for item in items:
        standing, form = standings[item.pk], forms[item.position]
        row = {
            "item": item,
            "position": str(
                item.position
            ),  # a number would be written out by locale, twenty times a question
            "form": form,
            "standing": standing,
            "section": quiz.sections[item.section],
            "is_new_section": not rows or rows[-1]["item"].section != item.section,
            "stimulus": item.version.stimulus if item.version.stimulus != stimulus else "",
            "has_stimulus": bool(item.version.stimulus),
        }
        stimulus = item.version.stimulus
        if quiz.has_checks and form.kind.scored_by == "machine":
            row |= _checked(form, standing, reached[item.pk], quiz)
        rows.append(row)
    return rows


def _checked(form, standing, reached, quiz):
    """What the last check of an item told: how it did, hints, and how many are left."""
    checks = standing.checks[: quiz.rules.checks]
    facts = {
        "can_check": not reached.is_locked,
        "is_locked": reached.is_locked,
        "checks_left": quiz.rules.checks - len(checks),
    }
    if checks:
        value = checks[-1][0]
        score = form.kind.score(form.body, value)
        facts |= {
            "check": score,
            "lines": form.kind.explain(form.body, value),
            "hints": [] if reached.is_locked else form.body.hints[: len(checks)],
            "feedback": form.body.feedback if reached.is_locked else "",
        }
    return facts


def _next_position(items, standings):
    """In a one-way quiz: the item after the furthest that was answered or passed over."""
    reached = [item.position for item in items if standings[item.pk].is_seen]
    return max(reached, default=0) + 1


def attempt(request, pk, attempt):
    """All questions of an open attempt on one page; each has its own button to save."""
    attempt = own_attempt(request, pk, attempt)
    if attempt.state != Attempt.State.IN_PROGRESS:
        return redirect("assessments:review", pk, attempt.uuid)
    quiz = frozen_quiz(attempt.revision_id)
    items = attempt_items(attempt)
    standings = attempt_standings(attempt, items, quiz)
    count = len(items)
    if quiz.is_one_way:
        position = _next_position(items, standings)
        if position > count:
            return redirect("assessments:overview", pk, attempt.uuid)
        items = items[position - 1 : position]
    if request.method == "POST":
        return _save(request, attempt, items, standings, quiz)
    forms = item_forms(attempt, items, standings, quiz)
    return _page(request, attempt, items, standings, quiz, forms, count)


def _page(request, attempt, items, standings, quiz, forms, count, status=200):  # noqa: PLR0913, PLR0917  what one page needs, worked out by its two callers
    context = {
        "attempt": attempt,
        "quiz": quiz,
        "questions": _questions(attempt, items, standings, quiz, forms),
        "count": count,
        "page_form": PageForm(auto_id=False),
        "has_files": any(form.kind.name == "upload" for form in forms.values()),
        "has_arranging": any(form.kind.name in ARRANGED for form in forms.values()),
        "seconds_left": _seconds_left(attempt),
    }
    return render(request, "assessments/attempt.html", context, status=status)


def _save(request, attempt, items, standings, quiz):
    """Keep what the page changed; go where its button says."""
    data = request.POST
    forms = item_forms(attempt, items, standings, quiz, data)
    page = PageForm(data)
    checked = int(data["check"]) if data.get("check", "").isdecimal() else None
    if not all([page.is_valid(), *(form.is_valid() for form in forms.values())]):
        messages.error(request, _("Some of this page did not arrive whole. Answer once more."))
        fresh = item_forms(attempt, items, standings, quiz)
        return _page(request, attempt, items, standings, quiz, fresh, len(items), status=422)
    for position, form in forms.items():
        _take_files(request, attempt, position, form)
    events = form_events(forms, data, page.cleaned_data["client_id"], checked)
    if quiz.is_one_way:
        events += _passed_over(items, forms, events, page.cleaned_data["client_id"])
    reply = record_form(attempt, events)
    if reply.refused:
        messages.error(request, next(iter(reply.refused.values())))
        return redirect("assessments:attempt", attempt.enrolment_id, attempt.uuid)
    here = reverse("assessments:attempt", args=[attempt.enrolment_id, attempt.uuid])
    if checked:
        return redirect(f"{here}#question-{checked}")
    if data.get("save", "").isdecimal() and int(data["save"]) < attempt.items.count():
        return redirect(here if quiz.is_one_way else f"{here}#question-{int(data['save']) + 1}")
    return redirect("assessments:overview", attempt.enrolment_id, attempt.uuid)


def _passed_over(items, forms, events, client_id):
    """Going on without an answer is final in a one-way quiz, so it is an entry of the ledger, too."""
    answered = {event.position for event in events}
    return [
        Event(0, "answer", item.position, None, client_id=uuid5(client_id, "passed"))
        for item in items
        if item.position not in answered
    ]


def _take_files(request, attempt, position, form):
    """Store the files that a plain form brings, and put them into its answer."""
    if form.kind.name != "upload":
        return
    there = only_stored(attempt, form.cleaned_data["value"]) or []
    for file in request.FILES.getlist(f"q{position}-value-files")[: form.body.max_files]:
        try:
            facts = store_answer_file(
                attempt, file, accepts=form.body.accepts, max_megabytes=form.body.max_megabytes
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            continue
        there = [row for row in there if row["sha256"] != facts["sha256"]] + [facts]
    form.cleaned_data["value"] = there[-form.body.max_files :] or None


def _seconds_left(attempt):
    return (
        max(0, int((attempt.deadline_at - timezone.now()).total_seconds()))
        if attempt.deadline_at
        else None
    )


def overview(request, pk, attempt):
    attempt = own_attempt(request, pk, attempt)
    if attempt.state != Attempt.State.IN_PROGRESS:
        return redirect("assessments:review", pk, attempt.uuid)
    quiz = frozen_quiz(attempt.revision_id)
    items = attempt_items(attempt)
    standings = attempt_standings(attempt, items, quiz)
    rows = [(item.position, standings[item.pk]) for item in items]
    context = {
        "attempt": attempt,
        "rows": rows,
        "missing": sum(not standing.is_answered for _position, standing in rows),
        "flagged": sum(standing.is_flagged for _position, standing in rows),
        "quiz": quiz,
        "others": other_devices(attempt, FORM),
        "seconds_left": _seconds_left(attempt),
    }
    return render(request, "assessments/overview.html", context)


@require_POST
def submit(request, pk, attempt):
    attempt = submit_attempt(own_attempt(request, pk, attempt), by=request.user)
    return redirect("assessments:review", pk, attempt.uuid)


def review(request, pk, attempt):
    """The closed attempt: its receipt, its result, and as much of the questions as the quiz shows now."""
    attempt = own_attempt(request, pk, attempt)
    if attempt.state == Attempt.State.IN_PROGRESS:
        return redirect("assessments:attempt", pk, attempt.uuid)
    if attempt.state == Attempt.State.VOID:
        raise Http404
    quiz = frozen_quiz(attempt.revision_id)
    key = str(attempt.activity_key)
    standing = quiz_standing(attempt.enrolment, quiz, key)
    level = review_level(quiz, standing)
    items = attempt_items(attempt)
    standings = attempt_standings(attempt, items, quiz)
    is_scored = attempt.state == Attempt.State.SCORED
    reached = percent(attempt.score, attempt.maximum) if is_scored else None
    context = {
        "attempt": attempt,
        "quiz": quiz,
        "standing": standing,
        "rows": review_rows(attempt, items, quiz, level) if is_scored else [],
        "levels": placement_levels(attempt) if quiz.is_placement and is_scored else [],
        "is_scored": is_scored,
        "shows_result": is_scored and shows(level, Review.RESULT),
        "shows_answers": shows(level, Review.ANSWERS),
        "answers": answered_sentence(standings),
        "late": sum(standing.is_late for standing in standings.values()),
        "percent": reached,
        "is_passed": reached is not None and reached >= quiz.pass_mark,
    }
    entry = attempt.enrolment.run.edition.activity(key)
    if entry:
        context |= activity_context(own_enrolment(request, pk), entry)
    return render(request, "assessments/review.html", context)


@require_POST
def file_upload(request, pk, attempt, position):
    """Store one file as it is chosen; the answer that names it comes with the other answers."""
    attempt = own_attempt(request, pk, attempt)
    item = get_object_or_404(attempt.items.select_related("version"), position=position)
    content = item.version.content
    sent = request.FILES.get("file")
    if attempt.state != Attempt.State.IN_PROGRESS or item.version.kind != "upload" or sent is None:
        raise Http404
    try:
        facts = store_answer_file(
            attempt, sent, accepts=content["accepts"], max_megabytes=content["max_megabytes"]
        )
    except ValidationError as error:
        return JsonResponse({"title": " ".join(error.messages)}, status=422)
    return JsonResponse(facts)


def file(request, pk, attempt, sha256):
    """One's own handed-in file, always as a download: what it holds is the learner's, not ours."""
    attempt = own_attempt(request, pk, attempt)
    stored = get_object_or_404(attempt.files, sha256=sha256)
    return FileResponse(stored.file.open(), as_attachment=True, filename=stored.name)


def answer_file(request, pk, attempt):
    """Everything that the server has of an attempt, signed: the learner's own proof."""
    attempt = own_attempt(request, pk, attempt)
    name = f"answers-{attempt.uuid}.json"
    return JsonResponse(
        signed_answers(attempt), headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@cache_control(max_age=3600)
def service_worker(request):
    """The worker that keeps the page of a quiz in progress on the phone."""
    path = finders.find("lms/js/sw.js")
    return FileResponse(Path(path).open("rb"), content_type="text/javascript")
