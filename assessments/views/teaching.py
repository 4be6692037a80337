"""A trainer's pages: sittings and allowances of a quiz, its attempts, and answer files brought by hand."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from assessments.domain.allowances import end_allowance, give_allowance
from assessments.domain.answer_files import moment_of, read_answer_file
from assessments.domain.attempts import attempt_items, attempt_standings
from assessments.domain.outcomes import void_attempt
from assessments.domain.quizzes import frozen_quiz
from assessments.domain.recording import record_events
from assessments.domain.reviews import review_rows
from assessments.forms import (
    AllowanceForm,
    AnswerFileForm,
    ReasonForm,
    SittingForm,
    events_of,
    item_forms,
)
from assessments.models import Allowance, Attempt, Review, Sitting
from courses.models import Cohort, CourseRun, Enrolment
from lms.core.permissions import demand

PAGE_SIZE = 50


def _quiz_entry(run, key):
    entry = run.edition.activity(str(key))
    if entry is None or entry["kind"] != "quiz":
        raise Http404
    return entry


def quiz_run(request, organisation, run, key):
    """One quiz in one run: when it is open, who has more time or tries, and all attempts at it."""
    demand(request, "assessments.teach", organisation)
    run = get_object_or_404(CourseRun.objects.select_related("edition", "course"), pk=run)
    entry = _quiz_entry(run, key)
    sitting = Sitting.objects.filter(run=run, activity_key=key).first()
    sitting = sitting or Sitting(run=run, activity_key=key)
    enrolments = Enrolment.objects.named().filter(run=run).select_related("user", "organisation")
    form = SittingForm(instance=sitting)
    cohorts = Cohort.objects.filter(run=run).select_related("organisation").order_by("name", "pk")
    allowance_form = AllowanceForm(enrolments=enrolments, cohorts=cohorts)
    if request.method == "POST" and "sitting" in request.POST:
        form = SittingForm(request.POST, instance=sitting)
        if form.is_valid():
            form.save()
            log(run, "assessments.sitting", user=request.user, data={"activity": str(key)})
            messages.success(request, _("The times of this quiz are kept."))
            return redirect(request.path)
    elif request.method == "POST":
        allowance_form = AllowanceForm(request.POST, enrolments=enrolments, cohorts=cohorts)
        if allowance_form.is_valid():
            allowance = allowance_form.save(commit=False)
            allowance.run, allowance.activity_key = run, key
            allowance.organisation = allowance_form.sender() or organisation
            give_allowance(allowance, by=request.user)
            messages.success(request, _("It holds from the next start of an attempt."))
            return redirect(request.path)
    attempts = (
        Attempt.objects.filter(enrolment__run=run, activity_key=key)
        .select_related("enrolment__user", "enrolment__organisation")
        .order_by("enrolment__user__full_name", "number")
    )
    context = {
        "organisation": organisation,
        "run": run,
        "entry": entry,
        "form": form,
        "allowance_form": allowance_form,
        "allowances": Allowance.objects.filter(
            run=run, activity_key=key, ended_at__isnull=True
        ).select_related("enrolment__user", "cohort", "organisation", "by"),
        "has_figures": attempts.filter(state=Attempt.State.SCORED).exists(),
        "page": Paginator(attempts, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "assessments/quiz_run.html", context)


@require_POST
def allowance_end(request, organisation, pk):
    """Take an allowance back; attempts that have begun keep it."""
    demand(request, "assessments.teach", organisation)
    allowance = get_object_or_404(
        Allowance.objects.select_related("run"), pk=pk, ended_at__isnull=True
    )
    end_allowance(allowance, by=request.user)
    messages.success(request, _("It was taken back. Attempts that have begun keep it."))
    return redirect(
        "assessments:quiz_run", organisation.slug, allowance.run_id, allowance.activity_key
    )


def attempt_detail(request, organisation, attempt):
    """What the ledger says of one attempt: facts for a talk, never a penalty by itself."""
    demand(request, "assessments.teach", organisation)
    found = get_object_or_404(
        Attempt.objects.visible_to(request.user).select_related(
            "enrolment__user", "enrolment__organisation", "enrolment__run__edition"
        ),
        uuid=attempt,
    )
    quiz = frozen_quiz(found.revision_id)
    items = attempt_items(found)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        void_attempt(found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The attempt does not count any more."))
        return redirect(request.path)
    responses = list(found.responses.select_related("item", "device"))
    context = {
        "organisation": organisation,
        "attempt": found,
        "quiz": quiz,
        "rows": review_rows(found, items, quiz, Review.ANSWERS)
        if found.state in {Attempt.State.SUBMITTED, Attempt.State.SCORED}
        else [],
        "standings": attempt_standings(found, items, quiz),
        "responses": responses,
        "devices": found.devices.order_by("epoch"),
        "away": sum(row.type == "away" for row in responses),
        "late": sum(row.is_late and row.is_accepted for row in responses),
        "refused": sum(not row.is_accepted for row in responses),
        "form": form,
    }
    log(found, "assessments.attempt_read", user=request.user)
    return render(request, "assessments/attempt_detail.html", context)


def answer_file_upload(request, organisation):
    """Take in the answers that a phone could not send: the same as if it had sent them now."""
    demand(request, "assessments.teach", organisation)
    form = AnswerFileForm(request.POST or None, request.FILES or None)
    told = None
    if request.method == "POST" and form.is_valid():
        attempt, device, rows = read_answer_file(form.cleaned_data["file"])
        quiz = frozen_quiz(attempt.revision_id)
        forms = item_forms(attempt, attempt_items(attempt), {}, quiz)
        events = events_of(attempt, forms, [_row(row) for row in rows])
        before = attempt.responses.count()
        reply = record_events(attempt, device, events)
        log(attempt, "assessments.answer_file", user=request.user, data={"events": len(rows)})
        told = {
            "attempt": reply.attempt,
            "new": attempt.responses.count() - before,
            "refused": reply.refused,
        }
        messages.success(
            request,
            ngettext(
                "%(new)d entry was new and is in the ledger now.",
                "%(new)d entries were new and are in the ledger now.",
                told["new"],
            )
            % told,
        )
    context = {"organisation": organisation, "form": form, "told": told}
    return render(request, "assessments/answer_file.html", context)


def _row(row):
    """A raw event of a file, as the outbox's endpoint reads it."""
    row = row if isinstance(row, dict) else {}
    inputs = row.get("inputs")
    return {
        "seq": row["seq"] if isinstance(row.get("seq"), int) and row["seq"] > 0 else 1,
        "type": row.get("type")
        if row.get("type") in {"answer", "check", "flag", "away", "submit"}
        else "away",
        "position": row.get("position") if isinstance(row.get("position"), int) else None,
        "inputs": [
            (str(pair[0]), str(pair[1]))
            for pair in (inputs if isinstance(inputs, list) else [])[:400]
            if isinstance(pair, list) and len(pair) == 2  # noqa: PLR2004  a name and a value
        ],
        "value": row.get("value") if isinstance(row.get("value"), bool | dict) else None,
        "claimed_at": moment_of(row.get("claimed_at")),
    }
