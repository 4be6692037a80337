"""The line before a lab, and staff pages: labs open now, what they used, quotas and classes."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from courses.models import Cohort
from courses.models.runs import Edition
from labs.domain import classes, places, quotas, sessions
from labs.domain.workspaces import enter_in_turn, pinned_lab
from labs.fleet_forms import ClassForm, QuotaForm, StopForm
from labs.models import LabClass, LabSession, Why
from labs.views import own_workspace
from lms.core.exports import stream_csv, workbook
from lms.core.permissions import demand
from lms.messaging.forms import MonthForm

PAGE_SIZE = 50


# The learner's


@never_cache
def lab_line(request, pk, key):
    """Where the learner is in line; when their turn has come, goes on to the lab by itself.

    Asking for the lab was a POST: coming here again carries out what was asked.
    """
    entry, workspace = own_workspace(request, pk, key)
    if enter_in_turn(workspace):
        return redirect("labs:wait", pk, key)
    turn = places.open_turn(workspace.identity)
    context = {
        "entry": entry,
        "enrolment": workspace.enrolment,
        "lab": pinned_lab(entry, get_language()),
        "turn": turn,
        "place": places.place_in_line(turn) if turn and not turn.called_at else None,
    }
    return render(request, "labs/lab_line.html", context)


@require_POST
def lab_line_leave(request, pk, key):
    _entry, workspace = own_workspace(request, pk, key)
    places.leave_line(workspace.identity)
    messages.success(request, _("You have left the line."))
    return redirect("courses:activity", pk, key)


# Staff's


@never_cache
def fleet(request, organisation):
    """Who has a lab open, here and below."""
    demand(request, "labs.view_fleet", organisation)
    rows = (
        LabSession.objects.open()
        .select_related(
            "workspace__enrolment__user",
            "workspace__enrolment__run",
            "workspace__release",
            "cohort",
        )
        .order_by("started_at", "pk")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    editions = Edition.objects.in_bulk(
        {session.workspace.enrolment.run.edition_id for session in page}
    )
    may = {
        name: request.user.has_perm(f"labs.{name}", organisation)
        for name in ("stop_session", "set_quota", "read_log")
    }
    context = {
        "organisation": organisation,
        "page": page,
        "rows": [(session, _title(session.workspace, editions)) for session in page],
        "fleet": sessions.fleet_now(),
        "classes": [
            (each, _entry_title(each.run.edition, each.activity_key, _("a lab")))
            for each in classes.classes_to_come()[:PAGE_SIZE]
        ],
        "may": may,
    }
    return render(request, "labs/fleet.html", context)


def _title(workspace, editions):
    edition = editions[workspace.enrolment.run.edition_id]
    return _entry_title(edition, workspace.activity_key, workspace.release.name)


def _entry_title(edition, key, otherwise):
    entry = edition.activity(str(key))
    return entry["title"] if entry else otherwise


def session_of(pk):
    rows = LabSession.objects.select_related("workspace__enrolment__user", "identity")
    return get_object_or_404(rows, pk=pk)


def session_stop(request, organisation, pk):
    """Ask why, then stop the lab."""
    demand(request, "labs.stop_session", organisation)
    session = session_of(pk)
    form = StopForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        sessions.stop_session(session, Why.STOPPED, reason=reason, by=request.user)
        messages.success(request, _("The lab is stopped. What was saved in it is safe."))
        return redirect("labs:fleet", organisation.slug)
    context = {"organisation": organisation, "session": session, "form": form}
    return render(request, "labs/session_stop.html", context)


@never_cache
def session_log(request, organisation, pk):
    """The end of what the server logged; that it was read is noted."""
    demand(request, "labs.read_log", organisation)
    session = session_of(pk)
    text = sessions.log_of(session)
    log(session, "labs.log_read", user=request.user)
    context = {"organisation": organisation, "session": session, "text": text}
    return render(request, "labs/session_log.html", context)


def usage(request, organisation):
    """Hours, memory and cost of a month's labs by cohort, here and below."""
    demand(request, "labs.view_fleet", organisation)
    this_month = timezone.localdate().replace(day=1)
    form = MonthForm(request.GET if request.GET.get("month") else {"month": f"{this_month:%Y-%m}"})
    month = (form.is_valid() and form.cleaned_data["month"]) or this_month
    rows = quotas.usage_of_month(month)
    wanted = request.GET.get("format")
    if wanted in {"csv", "xlsx"}:
        log(organisation, "reports.exported", user=request.user, data={"list": "labs"})
        name = f"labs-{organisation.slug}-{month:%Y-%m}"
        header, lines = _usage_header(), [_usage_line(row) for row in rows]
        if wanted == "csv":
            return stream_csv(name, header, lines)
        return workbook(name, {_("Labs"): [header, *lines]})
    context = {
        "organisation": organisation,
        "form": form,
        "month": month,
        "rows": rows,
        "hours": sum((row.usage.hours for row in rows), Decimal(0)),
        "cost": sum((row.usage.cost for row in rows), Decimal(0)),
        "currency": settings.LABS_CURRENCY,
        "price": settings.LABS_GB_HOUR_PRICE,
    }
    return render(request, "labs/usage.html", context)


def _usage_header():
    return [
        _("Cohort"),
        _("Run"),
        _("Organisation"),
        _("Sessions"),
        _("Hours"),
        _("GB-hours"),
        _("Cost in %(currency)s") % {"currency": settings.LABS_CURRENCY},
    ]


def _usage_line(row):
    used = row.usage
    figures = [round(float(each), 2) for each in (used.hours, used.gb_hours, used.cost)]
    return [row.name, row.run, row.organisation, used.sessions, *figures]


def quota_list(request, organisation):
    demand(request, "labs.set_quota", organisation)
    cohorts = Cohort.objects.select_related("run", "organisation", "lab_quota")
    page = Paginator(cohorts, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "page": page,
        "rows": [
            (
                cohort,
                quotas.merged(getattr(cohort, "lab_quota", None)),
                hasattr(cohort, "lab_quota"),
            )
            for cohort in page
        ],
    }
    return render(request, "labs/quota_list.html", context)


def quota_edit(request, organisation, cohort):
    demand(request, "labs.set_quota", organisation)
    cohort = get_object_or_404(Cohort.objects.select_related("run", "organisation"), slug=cohort)
    quota = getattr(cohort, "lab_quota", None)
    form = QuotaForm(request.POST or None, instance=quota)
    if request.method == "POST" and form.is_valid():
        quotas.set_quota(cohort, form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("labs:quota_list", organisation.slug)
    context = {
        "organisation": organisation,
        "cohort": cohort,
        "form": form,
        "default": quotas.merged(None),
        "used": quotas.used_by(cohort),
    }
    return render(request, "labs/quota_edit.html", context)


def class_new(request, organisation):
    """Plan a class; its time is in the organisation's own zone."""
    demand(request, "labs.stop_session", organisation)
    with timezone.override(ZoneInfo(organisation.time_zone)):
        form = ClassForm(request.POST or None)
        if form.is_valid():
            data = form.cleaned_data
            run, entry = form.labs[data["lab"]]
            classes.plan_class(
                organisation,
                run,
                entry["key"],
                cohort=data["cohort"],
                starts_at=data["starts_at"],
                minutes_ahead=data["minutes_ahead"],
                by=request.user,
            )
            messages.success(request, _("The class is planned."))
            return redirect("labs:fleet", organisation.slug)
        context = {"organisation": organisation, "form": form}
        return render(request, "labs/class_new.html", context)


@require_POST
def class_cancel(request, organisation, pk):
    demand(request, "labs.stop_session", organisation)
    classes.cancel_class(get_object_or_404(LabClass, pk=pk), by=request.user)
    messages.success(request, _("The class is cancelled."))
    return redirect("labs:fleet", organisation.slug)
