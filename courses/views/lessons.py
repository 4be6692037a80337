"""Pages of an enrolled learner: dashboard, the run's outline, an activity."""

import json

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.activities import KINDS
from courses.domain import checks
from courses.domain import progress as progress_domain
from courses.domain.editions import pinned_page, pinned_revision_id
from courses.domain.enrolment import enrol_oneself, waiting_position, withdraw
from courses.domain.programmes import programmes_of
from courses.domain.queries import enrolments_with_outline, learner_outline, tell_states
from courses.models import Enrolment, EnrolmentState
from courses.models.enrolments import LIVE

LESSON_CACHE_SECONDS = 60 * 60 * 24 * 30


def own_enrolment(request, pk):
    """The signed-in learner's enrolment with its run and edition, or 404."""
    enrolments = Enrolment.objects.live().filter(user=request.user)
    return get_object_or_404(
        enrolments.select_related("run__edition", "run__course", "organisation"), pk=pk
    )


def dashboard(request):
    enrolments = Enrolment.objects.filter(user=request.user)
    outlines = enrolments_with_outline(enrolments.live())
    context = {
        "going": [outline for outline in outlines if outline.next_step],
        "complete": [outline for outline in outlines if not outline.next_step],
        "pending": enrolments.pending().select_related("run__course", "organisation"),
        "programmes": programmes_of(request.user),
    }
    return render(request, "courses/dashboard.html", context)


def pending(request, pk):
    """An enrolment on its way in: where it stands and why; an invitation is answered here."""
    own = Enrolment.objects.filter(user=request.user).select_related("run__course", "organisation")
    enrolment = get_object_or_404(own, pk=pk)
    if enrolment.state in LIVE:
        return redirect("courses:run", enrolment.pk)
    if request.method == "POST":
        if "decline" in request.POST:
            withdraw(enrolment, by=request.user, reason=_("Declined by the learner."))
            messages.success(request, _("You gave up your place. Somebody else can have it."))
            return redirect("courses:dashboard")
        enrol_oneself(request.user, enrolment.run, enrolment.organisation)
        messages.success(request, _("You are enrolled. Welcome."))
        return redirect("courses:run", enrolment.pk)
    context = {
        "enrolment": enrolment,
        "history": enrolment.history.all(),
        "position": waiting_position(enrolment)
        if enrolment.state == EnrolmentState.WAITLISTED
        else None,
    }
    return render(request, "courses/pending.html", context)


def run_detail(request, pk):
    enrolment = own_enrolment(request, pk)
    outline = learner_outline(enrolment)
    tell_states(outline)
    context = {"outline": outline, "programme": enrolment.run.programme}
    return render(request, "courses/run_detail.html", context)


def activity(request, pk, key):
    """Hand over to the view of the activity's kind."""
    enrolment = own_enrolment(request, pk)
    entry = enrolment.run.edition.activity(str(key))
    if entry is None:
        raise Http404
    return KINDS[entry["kind"]].view(request, enrolment, entry)


def activity_context(enrolment, entry):
    """What every activity page shows around its content."""
    outline = learner_outline(enrolment)
    before, after = outline.neighbours(entry["key"])
    return {
        "outline": outline,
        "enrolment": enrolment,
        "entry": entry,
        "step": outline.step(entry["key"]),
        "module": outline.module_of(entry["key"]),
        "before": before,
        "after": after,
    }


def rendered_lesson(entry):
    """A revision never changes, so its HTML is kept by revision and language of the interface."""
    language = get_language()
    revision = pinned_revision_id(entry, language)

    def render_body():
        return render_to_string(
            "courses/lesson_body.html", {"lesson": pinned_page(entry, language)}
        )

    return cache.get_or_set(f"lesson:{revision}:{language}", render_body, LESSON_CACHE_SECONDS)


def lesson(request, enrolment, entry):
    if "check" in request.POST:
        return _check(request, enrolment, entry)
    if request.method == "POST":
        if missing := checks.first_missing(enrolment, entry):
            messages.warning(
                request, _("Answer the question below first, then the lesson is done.")
            )
            return redirect(f"{request.path}#b-{missing}")
        progress_domain.complete_activity(
            enrolment, entry["key"], active_seconds=_seconds(request.POST.get("active"))
        )
        _previous, after = learner_outline(enrolment).neighbours(entry["key"])
        if after:
            return redirect("courses:activity", enrolment.pk, after.entry["key"])
        return redirect("courses:run", enrolment.pk)
    progress_domain.visit_activity(enrolment, entry["key"])
    context = activity_context(enrolment, entry)
    return render(
        request, "courses/lesson_detail.html", {**context, "body": _own_lesson(enrolment, entry)}
    )


def _own_lesson(enrolment, entry):
    """The lesson that all share, with the replies to this learner's answers put in."""
    body = rendered_lesson(entry)
    answers = checks.newest_answers(enrolment, entry)
    if answers:
        words = pinned_page(entry, get_language()).body
        for block_id, reply in checks.replies(words, answers).items():
            said = render_to_string("courses/check_reply.html", {"reply": reply})
            body = body.replace(f"<!--reply {block_id}-->", said)
    return body


def _check(request, enrolment, entry):
    block_id = request.POST["check"]
    choice = request.POST.get(f"choice-{block_id}", "")
    body = pinned_page(entry, get_language()).body
    checks.answer_check(enrolment, entry["key"], body, block_id, choice)
    return redirect(f"{request.path}#b-{block_id}")


def _seconds(text):
    """Seconds as a browser tells them, or None where it tells none."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else None  # noqa: PLR2004  a sane number


@require_POST
def lesson_position(request, pk, key):
    """Sent by <lms-resume> as the reader scrolls, with the seconds the page was in front; a lost one costs nothing."""
    enrolment = own_enrolment(request, pk)
    try:
        sent = json.loads(request.body)
        position, active = str(sent["position"]), sent.get("active")
    except (ValueError, KeyError, TypeError):
        return HttpResponse(status=400)
    seconds = _seconds(str(active))
    progress_domain.keep_position(enrolment, str(key), position, active_seconds=seconds)
    return HttpResponse(status=204)
