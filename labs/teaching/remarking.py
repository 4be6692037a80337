"""Marking a lab's submissions again: what would change, then the decision, then what changed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses.models import CourseRun
from labs.domain.remarking import apply_remark, begin_remark, drop_remark, forecast_of
from labs.models import Remark
from labs.models.teaching import Decision
from labs.teaching.forms import ApplyForm, RemarkForm
from labs.teaching.runs import lab_in_run
from lms.core.permissions import demand

SHOWN = 50


def remark_list(request, organisation, run, key):
    """Ask for a dry run; what was marked again before."""
    demand(request, "labs.remark_submissions", organisation)
    lab = lab_in_run(run, key)
    form = RemarkForm(request.POST or None, current=lab.page.release)
    if request.method == "POST" and form.is_valid():
        of_run = form.cleaned_data["whose"] == RemarkForm.RUN
        remark = begin_remark(
            Remark(
                organisation=organisation,
                activity_key=key,
                run=lab.run if of_run else None,
                release=form.cleaned_data["release"],
                by=request.user,
            )
        )
        return redirect("labs:remark", organisation.slug, remark.pk)
    remarks = Remark.objects.filter(activity_key=key).select_related("run", "by")
    context = {
        "organisation": organisation,
        "lab": lab,
        "form": form,
        "page": Paginator(remarks, SHOWN).get_page(request.GET.get("page")),
    }
    return render(request, "labs/remark_list.html", context)


def remark(request, organisation, pk):
    """How a dry run goes on, what it found, and what came of it."""
    demand(request, "labs.remark_submissions", organisation)
    rows = Remark.objects.select_related("release", "run__edition", "by", "applied_by")
    found = get_object_or_404(rows, pk=pk)
    form = ApplyForm(request.POST if "apply" in request.POST else None)
    if request.method == "POST" and "drop" in request.POST:
        drop_remark(found, by=request.user)
        messages.success(request, _("Nothing was changed."))
        return redirect(request.path)
    if form.is_bound and form.is_valid():
        apply_remark(found, by=request.user, **form.cleaned_data)
        return redirect(request.path)
    context = {
        "organisation": organisation,
        "remark": found,
        "form": form,
        "title": _title(found),
        "decisions": _decisions(found),
    }
    if found.state == Remark.State.FORESEEN:
        forecast = forecast_of(found)
        context["forecast"] = forecast
        context["page"] = Paginator(forecast.changes, SHOWN).get_page(request.GET.get("page"))
    elif found.state in {Remark.State.APPLYING, Remark.State.DONE}:
        changes = found.changes.select_related("workspace__enrolment__user").order_by("pk")
        context["page"] = Paginator(changes, SHOWN).get_page(request.GET.get("page"))
    return render(request, "labs/remark.html", context, status=422 if form.errors else 200)


def _title(found):
    """The lab's name, from its run or from any run that has it."""
    runs = (
        [found.run]
        if found.run
        else CourseRun.objects.select_related("edition").filter(
            enrolments__workspaces__activity_key=found.activity_key
        )[:1]
    )
    entries = (run.edition.activity(str(found.activity_key)) for run in runs)
    return next((entry["title"] for entry in entries if entry), found.release.name)


def _decisions(found):
    """[(what was decided, of how many submissions)]."""
    counts = found.rows.order_by().values_list("decision").annotate(count=Count("pk"))
    return [(Decision(decision).label, count) for decision, count in counts if decision]
