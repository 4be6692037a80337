"""Taking a quiz: start, one question a page, overview, submit, review. Works as plain forms."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from assessments.domain import attempts as attempts_domain
from assessments.domain.quizzes import frozen_quiz
from assessments.domain.scoring import percent, score_item
from assessments.forms import ItemForm
from assessments.interactions import KINDS
from assessments.models import Attempt
from courses.domain.editions import pinned_revision_id
from courses.domain.progress import visit_activity
from courses.models import Enrolment
from courses.views.lessons import activity_context, own_enrolment
from lms.core.templatetags.ui import content_language


def quiz(request, enrolment, entry):
    """The quiz's own page: what it asks of you, how you stand, and the button to start."""
    if request.method == "POST":
        attempt = attempts_domain.start_attempt(enrolment, entry, get_language())
        return redirect("assessments:item", enrolment.pk, attempt.uuid, 1)
    visit_activity(enrolment, entry["key"])
    page = frozen_quiz(pinned_revision_id(entry, get_language()))
    context = activity_context(enrolment, entry)
    standing = attempts_domain.quiz_standing(enrolment, page, entry["key"])
    return render(
        request, "assessments/quiz_detail.html", {**context, "quiz": page, "standing": standing}
    )


def own_attempt(request, pk, attempt):
    """The signed-in learner's attempt with all that its pages need in one query."""
    own = Attempt.objects.filter(
        enrolment__in=Enrolment.objects.live().filter(user=request.user, pk=pk)
    )
    return get_object_or_404(own.select_related("enrolment__run__edition"), uuid=attempt)


def _item_at(attempt, number):
    """The quiz, and identifier, kind and content of its item at `number`, from 1."""
    if not 1 <= number <= len(attempt.form):
        raise Http404
    page = frozen_quiz(attempt.revision_id)
    identifier = attempt.form[number - 1]
    return page, identifier, *page.contents[identifier]


def item(request, pk, attempt, number):
    attempt = own_attempt(request, pk, attempt)
    if attempt.state != Attempt.State.IN_PROGRESS:
        return redirect("assessments:review", pk, attempt.uuid)
    page, identifier, kind, content = _item_at(attempt, number)
    if request.method == "POST":
        form = ItemForm(
            request.POST, kind=kind, content=content, seed=f"{attempt.seed}:{identifier}"
        )
        if form.is_valid():
            attempts_domain.save_response(
                attempt,
                identifier,
                form.cleaned_data["value"],
                client_id=form.cleaned_data["client_id"],
            )
            if "back" in request.POST and number > 1:
                return redirect("assessments:item", pk, attempt.uuid, number - 1)
            if number < len(attempt.form):
                return redirect("assessments:item", pk, attempt.uuid, number + 1)
            return redirect("assessments:overview", pk, attempt.uuid)
    else:
        values = attempts_domain.newest_values(attempt)
        form = ItemForm(
            kind=kind,
            content=content,
            seed=f"{attempt.seed}:{identifier}",
            value=values.get(identifier),
        )
    entry = attempt.enrolment.run.edition.activity(str(attempt.activity_key))
    form.fields["value"].widget.attrs["lang"] = content_language(entry)
    context = {
        "attempt": attempt,
        "entry": entry,
        "form": form,
        "quiz": page,
        "content": content,
        "number": number,
        "total": len(attempt.form),
        "seconds_left": _seconds_left(attempt),
    }
    return render(request, "assessments/item.html", context)


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
    values = attempts_domain.newest_values(attempt)
    rows = [
        (number, values.get(name) not in (None, "", []) and any(values[name]))
        for number, name in enumerate(attempt.form, 1)
    ]
    context = {
        "attempt": attempt,
        "rows": rows,
        "missing": sum(not answered for _number, answered in rows),
        "quiz": frozen_quiz(attempt.revision_id),
        "seconds_left": _seconds_left(attempt),
    }
    return render(request, "assessments/overview.html", context)


@require_POST
def submit(request, pk, attempt):
    attempt = attempts_domain.submit_attempt(own_attempt(request, pk, attempt), by=request.user)
    return redirect("assessments:review", pk, attempt.uuid)


def review(request, pk, attempt):
    """The marked attempt, question by question: shown only once it is closed."""
    attempt = own_attempt(request, pk, attempt)
    if attempt.state != Attempt.State.SCORED:
        return redirect("assessments:item", pk, attempt.uuid, 1)
    page = frozen_quiz(attempt.revision_id)
    contents, values = page.contents, attempts_domain.newest_values(attempt)
    rows = []
    for name in attempt.form:
        kind, content = contents[name]
        value = values.get(name)
        score = score_item(kind, content, value)
        rows.append(
            {"content": content, "score": score, "parts": KINDS[kind].explain(content, value)}
        )
    reached = percent([row["score"] for row in rows])
    entry = attempt.enrolment.run.edition.activity(str(attempt.activity_key))
    context = {
        "attempt": attempt,
        "rows": rows,
        "percent": reached,
        "is_passed": reached >= page.pass_mark,
        "quiz": page,
        "standing": attempts_domain.quiz_standing(
            attempt.enrolment, page, str(attempt.activity_key)
        ),
    }
    if entry:
        context |= activity_context(own_enrolment(request, pk), entry)
    return render(request, "assessments/review.html", context)
