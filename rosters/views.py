"""Pages of cohorts and of the lists of people that are brought for them."""

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from courses.domain.cohorts import add_cohort
from courses.models import Cohort
from lms.core.exports import SPREADSHEET, stream_csv, workbook
from lms.core.permissions import demand
from lms.organisations.grades import schemes
from lms.organisations.models import Organisation
from rosters.domain.imports import (
    KEPT_DAYS,
    begin_apply,
    begin_undo,
    bring_roster,
    forget_roster,
    say_columns,
)
from rosters.domain.queries import cohorts_with_counts, people_of_cohort
from rosters.domain.reports import (
    file_notes,
    message_of,
    report_header,
    report_of,
    report_rows,
)
from rosters.forms import ApplyForm, CohortForm, ColumnsForm, RosterFileForm
from rosters.models import ImportState, Outcome, RosterImport, RosterRow
from rosters.tasks import send_invitations_task
from rosters.template import template_csv, template_workbook

PAGE_SIZE = 50
MOST_INSTITUTIONS = 1_000  # in a drop-down list


def _posted(request):
    return request.POST if request.method == "POST" else None


def _page(request, rows):
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def _cohort(slug):
    return get_object_or_404(
        Cohort.objects.select_related("run__course", "organisation"), slug=slug
    )


def _roster(slug, pk):
    rosters = RosterImport.objects.select_related("cohort__run", "cohort__organisation", "by")
    return get_object_or_404(rosters, cohort__slug=slug, pk=pk)


def _to_import(organisation, roster):
    return redirect("rosters:import", organisation.slug, roster.cohort.slug, roster.pk)


def cohort_list(request, organisation):
    """The cohorts here and below, and a form for a new one."""
    demand(request, "rosters.import_roster", organisation)
    form = CohortForm(_posted(request))
    if form.is_valid():
        cohort = add_cohort(
            organisation, form.cleaned_data["run"], form.cleaned_data["name"], by=request.user
        )
        return redirect("rosters:cohort", organisation.slug, cohort.slug)
    context = {
        "organisation": organisation,
        "page": _page(request, cohorts_with_counts()),
        "form": form,
    }
    return render(request, "rosters/cohort_list.html", context)


def cohort_detail(request, organisation, cohort):
    """The people of a cohort with their states, and the lists that were brought for it."""
    demand(request, "rosters.import_roster", organisation)
    found = _cohort(cohort)
    context = {
        "organisation": organisation,
        "cohort": found,
        "page": _page(request, people_of_cohort(found)),
        "rosters": found.roster_imports.select_related("by")[:PAGE_SIZE],
    }
    return render(request, "rosters/cohort_detail.html", context)


@require_POST
def invite(request, organisation, cohort):
    """Send the invitations of all who have a place here and were not written to yet."""
    cohort = _cohort(cohort)
    demand(request, "rosters.import_roster", cohort.organisation)
    send_invitations_task.delay(cohort.organisation_id, cohort.pk)
    messages.success(
        request,
        _("The invitations are being sent. Who was written to before is not written to again."),
    )
    return redirect("rosters:cohort", organisation.slug, cohort.slug)


def template(request, organisation):
    """The template of a roster, as Excel with lists to choose from, or as CSV."""
    demand(request, "rosters.import_roster", organisation)
    if request.GET.get("format") == "csv":
        data, kind, ending = template_csv(), "text/csv; charset=utf-8", "csv"
    else:
        bodies = Organisation.objects.on(timezone.localdate()).filter(
            path__startswith=organisation.path
        )
        grades = list(schemes(organisation.country_code))
        names = list(bodies.values_list("name", flat=True)[:MOST_INSTITUTIONS])
        data, kind, ending = template_workbook(names, grades), SPREADSHEET, "xlsx"
    return _download(data, kind, f"roster-{organisation.slug}.{ending}")


def _download(data, kind, name):
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def import_new(request, organisation, cohort):
    """Choose a file of people; nothing is taken in by it."""
    demand(request, "rosters.import_roster", organisation)
    found = _cohort(cohort)
    form = RosterFileForm(_posted(request), request.FILES or None)
    if form.is_valid():
        roster = bring_roster(found, form.cleaned_data["file"], by=request.user)
        return _to_import(organisation, roster)
    context = {"organisation": organisation, "cohort": found, "form": form}
    return render(request, "rosters/import_new.html", context)


def import_columns(request, organisation, cohort, pk):
    """Say what the columns of a file are; files with the same headings are not asked about again."""
    demand(request, "rosters.import_roster", organisation)
    roster = _roster(cohort, pk)
    if roster.state not in {ImportState.UNMAPPED, ImportState.CHECKED}:
        return _to_import(organisation, roster)
    form = ColumnsForm(_posted(request), columns=roster.columns, initial=_said(roster))
    if form.is_valid():
        say_columns(roster, form.cleaned_data["mapping"], by=request.user)
        return _to_import(organisation, roster)
    context = {"organisation": organisation, "roster": roster, "form": form}
    return render(request, "rosters/import_columns.html", context)


def _said(roster):
    """What was said of the columns before, as a form shows it."""
    fields = roster.mapping.get("fields", [])
    told = {f"column_{index}": name for index, name in enumerate(fields)}
    return told | {"name_order": roster.mapping.get("name_order") or None}


def import_detail(request, organisation, cohort, pk):
    """How far an import is, and what became of each row."""
    demand(request, "rosters.import_roster", organisation)
    roster = _roster(cohort, pk)
    if roster.state == ImportState.UNMAPPED:
        return redirect("rosters:columns", organisation.slug, roster.cohort.slug, roster.pk)
    shown = request.GET.get("show", "")
    rows = RosterRow.objects.filter(roster=roster)
    if shown == "kept":
        rows = rows.exclude(kept_because="")
    elif shown in Outcome.values:
        rows = rows.filter(outcome=shown)
    page = _page(request, rows) if not roster.is_working else None
    context = {
        "organisation": organisation,
        "roster": roster,
        "notes": file_notes(roster),
        "page": page,
        "lines": [(row, message_of(row)) for row in page or []],
        "shown": shown,
        "outcomes": [
            (value, label, roster.counts.get(value, 0)) for value, label in Outcome.choices
        ],
        "taking": roster.counts.get(Outcome.CREATED, 0) + roster.counts.get(Outcome.UPDATED, 0),
        "form": ApplyForm() if roster.counts.get("capitals") else None,
        "may_undo": roster.applied_at
        and roster.state in {ImportState.APPLIED, ImportState.FAILED}
        and not roster.cleared_at,
        "days": KEPT_DAYS,
    }
    return render(request, "rosters/import_detail.html", context)


def import_report(request, organisation, cohort, pk):
    """The whole report as CSV, Excel or JSON."""
    demand(request, "rosters.import_roster", organisation)
    roster = _roster(cohort, pk)
    log(organisation, "reports.exported", user=request.user, data={"list": "roster"})
    name = f"roster-{roster.cohort.slug}-{roster.pk}"
    match request.GET.get("format"):
        case "json":
            text = json.dumps(report_of(roster), ensure_ascii=False, indent=2)
            return _download(text, "application/json", f"{name}.json")
        case "xlsx":
            return workbook(name, {_("Report"): [report_header(), *report_rows(roster)]})
    # read in full first: the scope closes before the answer is streamed
    return stream_csv(name, report_header(), report_rows(roster))


@require_POST
def import_apply(request, organisation, cohort, pk):
    """Take in the rows that are fine."""
    demand(request, "rosters.import_roster", organisation)
    roster = _roster(cohort, pk)
    form = ApplyForm(request.POST)
    form.full_clean()
    begin_apply(roster, by=request.user, is_proper_case=form.cleaned_data["is_proper_case"])
    return _to_import(organisation, roster)


@require_POST
def import_undo(request, organisation, cohort, pk):
    """Take an import back."""
    demand(request, "rosters.import_roster", organisation)
    roster = _roster(cohort, pk)
    begin_undo(roster, by=request.user)
    return _to_import(organisation, roster)


@require_POST
def import_forget(request, organisation, cohort, pk):
    """Leave a file that was not taken in."""
    demand(request, "rosters.import_roster", organisation)
    roster = _roster(cohort, pk)
    forget_roster(roster)
    messages.success(request, _("The file was deleted. Nothing of it was taken in."))
    return redirect("rosters:cohort", organisation.slug, cohort)
