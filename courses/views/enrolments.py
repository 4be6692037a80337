"""Staff pages: one person's enrolment with its history, and the link and QR code of a run."""

import segno
from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from courses.domain.dates import due_dates_of
from courses.domain.enrolment import move_enrolment, suspend, withdraw
from courses.domain.queries import learner_outline
from courses.domain.runs import extend
from courses.forms import ExtensionForm, ReasonForm
from courses.models import CourseRun, Enrolment, EnrolmentState
from lms.core.permissions import demand


def enrolment_detail(request, organisation, pk):
    """Where one person is, what was decided and why; more time, a pause and the end are given here."""
    enrolments = Enrolment.objects.named().select_related(
        "user", "run__course", "run__edition", "organisation"
    )
    enrolment = get_object_or_404(enrolments, pk=pk)
    may_change = request.user.has_perm("courses.change_enrolment", enrolment.organisation)
    extension_form = ExtensionForm(activities=enrolment.run.edition.activities)
    reason_form = ReasonForm()
    if request.method == "POST":
        demand(request, "courses.change_enrolment", enrolment.organisation)
        if "extend" in request.POST:
            extension_form = ExtensionForm(
                request.POST, activities=enrolment.run.edition.activities
            )
            if extension_form.is_valid():
                given = extension_form.cleaned_data
                extend(
                    enrolment,
                    until=given["until"],
                    activity_key=given["activity"] or None,
                    reason=given["reason"],
                    by=request.user,
                )
                messages.success(request, _("More time is given."))
                return redirect(request.path)
        else:
            reason_form = ReasonForm(request.POST)
            if reason_form.is_valid():
                _decide(request, enrolment, reason_form.cleaned_data["reason"])
                return redirect(request.path)
    outline, due = learner_outline(enrolment), due_dates_of(enrolment)
    context = {
        "organisation": organisation,
        "enrolment": enrolment,
        "outline": outline,
        "steps": [(step, due.get(step.entry["key"])) for step in outline.steps],
        "history": enrolment.history.select_related("by"),
        "extensions": enrolment.extensions.select_related("given_by"),
        "extension_form": extension_form,
        "reason_form": reason_form,
        "may_change": may_change,
        "can": enrolment.TRANSITIONS[enrolment.state],
    }
    return render(request, "courses/enrolment_detail.html", context)


def _decide(request, enrolment, reason):
    if "suspend" in request.POST:
        suspend(enrolment, by=request.user, reason=reason)
        messages.success(request, _("The course is closed to this person until you open it again."))
    elif "resume" in request.POST:
        move_enrolment(enrolment, EnrolmentState.ACTIVE, by=request.user, reason=reason)
        messages.success(request, _("The course is open to this person again."))
    elif "withdraw" in request.POST:
        withdraw(enrolment, by=request.user, reason=reason)
        messages.success(request, _("The enrolment has ended. What was earned stays."))


def enrolment_link(run, *, has_key):
    """The address at which people enrol in `run`, with its key or without."""
    query = {"run": run.code} | ({"key": run.enrolment_key} if has_key else {})
    path = reverse("courses:enrol", args=[run.course.slug])
    return f"{settings.SITE_URL}{path}?{urlencode(query)}"


def run_link(request, organisation, run):
    """The link and QR code that bring people to a run, to print or to share.

    They carry the run's key only for who manages the run: it opens the run to people of every organisation.
    """
    demand(request, "courses.change_enrolment", organisation)
    run = get_object_or_404(CourseRun.objects.select_related("course"), pk=run)
    has_key = bool(run.enrolment_key) and request.user.has_perm("courses.manage_run", run)
    link = enrolment_link(run, has_key=has_key)
    code = segno.make(link, error="m").svg_inline(scale=6, border=4, omitsize=True)
    context = {
        "organisation": organisation,
        "run": run,
        "link": link,
        "has_key": has_key,
        "code": mark_safe(code),  # noqa: S308  drawn by segno from our own address
    }
    return render(request, "courses/run_link.html", context)
