"""The gradebook of a run, for trainers: a grid whose cells can be set by hand, weights, and exports."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.audiences import RUN
from courses.domain.gradebook import (
    columns_of,
    gradebook_rows,
    override_result,
    set_weights,
)
from courses.forms import OverrideForm, WeightsForm
from courses.models import CourseRun, Enrolment
from lms.core.exports import stream_csv, workbook
from lms.core.permissions import demand
from lms.messaging.audiences import write_address

PAGE_SIZE = 50


def run_list(request, organisation):
    """The runs that learners of the organisation take part in."""
    demand(request, "courses.keep_gradebook", organisation)
    counts = dict(Enrolment.objects.order_by().values_list("run").annotate(count=Count("pk")))
    runs = CourseRun.objects.filter(pk__in=counts).select_related("course", "edition")
    context = {
        "organisation": organisation,
        "runs": [
            {
                "run": run,
                "learners": counts[run.pk],
                "quizzes": [entry for entry in run.edition.activities if entry["kind"] == "quiz"],
                "labs": [entry for entry in run.edition.activities if entry["kind"] == "lab"],
            }
            for run in runs
        ],
    }
    return render(request, "courses/run_list.html", context)


def gradebook(request, organisation, run):
    demand(request, "courses.keep_gradebook", organisation)
    run = get_object_or_404(CourseRun.objects.select_related("edition", "course"), pk=run)
    columns = columns_of(run)
    enrolments = (
        Enrolment.objects.named()
        .filter(run=run)
        .select_related("user", "organisation", "run__edition")
        .order_by("user__full_name", "pk")
    )
    if request.GET.get("format") in {"csv", "xlsx"}:
        log(organisation, "reports.exported", user=request.user, data={"list": "gradebook"})
        return _export(run, columns, list(enrolments), request.GET["format"])
    weights = WeightsForm(request.POST if "weights" in request.POST else None, columns=columns)
    if weights.is_bound and weights.is_valid():
        set_weights(run, weights.cleaned_data)
        messages.success(request, _("The weights are kept."))
        return redirect(request.path)
    cell = _cell(request, columns, enrolments)
    if cell and cell["form"].is_bound and cell["form"].is_valid():
        override_result(
            cell["enrolment"],
            cell["column"],
            score=cell["form"].cleaned_data["score"],
            reason=cell["form"].cleaned_data["reason"],
            by=request.user,
        )
        messages.success(request, _("The result is kept, with its reason."))
        page = request.GET.get("page", "1")
        return redirect(f"{request.path}?page={page}#row-{cell['enrolment'].pk}")
    page = Paginator(enrolments, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "run": run,
        "columns": columns,
        "page": page,
        "rows": [
            {"row": row, "cells": [(column, row.results.get(column.key)) for column in columns]}
            for row in gradebook_rows(list(page.object_list), columns)
        ],
        "cell": cell,
        "weights": weights,
        "write_address": write_address(request.user, organisation, RUN, {"run": run.pk}),
    }
    return render(request, "courses/gradebook.html", context)


def _cell(request, columns, enrolments):
    """The cell that is being set, with its form and all results it ever had."""
    pk, _dash, key = request.GET.get("cell", "").partition(":")
    column = next((column for column in columns if column.key == key), None)
    if column is None or not pk.isdecimal():
        return None
    enrolment = get_object_or_404(enrolments, pk=pk)
    return {
        "enrolment": enrolment,
        "column": column,
        "form": OverrideForm(
            request.POST if "score" in request.POST else None, maximum=column.points
        ),
        "history": list(enrolment.results.filter(line_item__activity_key=key).select_related("by")),
    }


def _export(run, columns, enrolments, kind):
    header = [
        _("Learner"),
        _("Organisation"),
        *(column.title for column in columns),
        _("Total in %"),
    ]
    table = [
        [
            row.enrolment.user.full_name,
            row.enrolment.organisation.name,
            *(
                row.results[column.key].percent if column.key in row.results else ""
                for column in columns
            ),
            row.total if row.total is not None else "",
        ]
        for row in gradebook_rows(enrolments, columns)
    ]
    name = f"gradebook-{slugify(run.code)}"
    if kind == "csv":
        return stream_csv(name, header, table)
    return workbook(name, {_("Gradebook"): [header, *table]})
