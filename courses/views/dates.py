"""Staff pages: by when the activities of a run are due, and the days off of a country."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.domain.dates import (
    calendar_of,
    dates_from,
    keep_holiday,
    remove_holiday,
    set_due_dates,
)
from courses.domain.runs import keeper_of
from courses.forms import DueDatesForm, HolidayForm, StartForm
from courses.models import CourseRun, Holiday
from lms.core.permissions import demand
from lms.organisations.agreements import country_of
from lms.organisations.models import Kind, Organisation


def due_dates(request, organisation, run):
    """By when each activity is due, what that comes out as for one start, and a form for who keeps the run."""
    demand(request, "courses.change_enrolment", organisation)
    run = get_object_or_404(CourseRun.objects.select_related("course", "edition"), pk=run)
    keeper = keeper_of(run)
    data = request.POST if request.method == "POST" else None
    form = DueDatesForm(data, run=run)
    start_form = StartForm(
        data or (request.GET if "start" in request.GET else None),
        run=run,
        countries=_countries(organisation),
    )
    if request.method == "POST":
        demand(request, "courses.keep_run", keeper)
        if "keep" in request.POST and form.is_valid():
            set_due_dates(run, form.rules(), by=request.user)
            messages.success(request, _("The due dates are kept."))
            return redirect(request.path)
        rules = form.rules() if form.is_valid() else []
    else:
        rules = list(run.due_dates.all())
    context = {
        "organisation": organisation,
        "run": run,
        "form": form,
        "start_form": start_form,
        "keeper": keeper,
        "may_keep": request.user.has_perm("courses.keep_run", keeper),
        **_come_out(run, form, rules, start_form),
    }
    return render(request, "courses/due_dates.html", context)


def _countries(organisation):
    """The countries at or below `organisation`, or the one above it."""
    country = country_of(organisation)
    if country:
        return Organisation.objects.filter(pk=country.pk)
    return Organisation.objects.at_or_below(organisation).filter(kind=Kind.COUNTRY)


def _come_out(run, form, rules, start_form):
    """The activities with their fields and the days that `rules` come out as, and the days left out on the way."""
    if not start_form.is_bound:
        shown = start_form.initial
    elif start_form.is_valid():
        shown = start_form.cleaned_data
    else:
        shown, rules = start_form.initial, []
    due, skipped = {}, []
    if rules and shown["country"]:
        code = shown["country"].country_code
        due = dates_from(rules, shown["start"], code)
        last = max(due.values())
        skipped = [day for day in calendar_of(code, shown["start"], last) if not day.is_weekend]
    by_key = {str(rule.activity_key): rule for rule in rules}
    return {
        "rows": [
            {
                "title": entry["title"],
                "days": form[f"days-{entry['key']}"],
                "on": form[f"on-{entry['key']}"],
                "rule": by_key.get(entry["key"]),
                "due": due.get(entry["key"]),
            }
            for entry in run.edition.activities
        ],
        "has_due": bool(due),
        "shown": shown,
        "skipped": skipped,
    }


def holiday_list(request, organisation):
    """A country's days off in a year, those added among them; above the countries, the list of these."""
    demand(request, "courses.keep_holidays", organisation)
    country = country_of(organisation)
    if country is None:
        context = {"organisation": organisation, "countries": _countries(organisation)}
        return render(request, "courses/holiday_countries.html", context)
    may_keep = request.user.has_perm("courses.keep_holidays", country)
    form = HolidayForm(request.POST or None, instance=Holiday(country_code=country.country_code))
    if request.method == "POST":
        demand(request, "courses.keep_holidays", country)
        if form.is_valid():
            keep_holiday(form.instance, by=request.user)
            messages.success(request, _("The day off is kept. Due dates skip it from now on."))
            return _to_year(organisation, form.instance.on.year)
    year = _year(request)
    context = {
        "organisation": organisation,
        "country": country,
        "year": year,
        "days": calendar_of(country.country_code, date(year, 1, 1), date(year, 12, 31)),
        "form": form,
        "may_keep": may_keep,
    }
    return render(request, "courses/holiday_list.html", context)


def _year(request):
    """The year that is asked for, not far from this one; else this one."""
    this = timezone.localdate().year
    asked = request.GET.get("year", "")
    near = range(this - 5, this + 6)
    return int(asked) if asked.isdecimal() and int(asked) in near else this


def _to_year(organisation, year):
    return redirect(f"{reverse('courses:holiday_list', args=[organisation.slug])}?year={year}")


def _added(request, organisation, pk):
    """A day off that was added to the country of `organisation`, for who may change it."""
    country = country_of(organisation)
    if country is None:
        raise Http404
    demand(request, "courses.keep_holidays", country)
    return get_object_or_404(Holiday, pk=pk, country_code=country.country_code)


def holiday_edit(request, organisation, pk):
    """Change a day off that was added."""
    holiday = _added(request, organisation, pk)
    form = HolidayForm(request.POST or None, instance=holiday)
    if request.method == "POST" and form.is_valid():
        keep_holiday(form.instance, by=request.user)
        messages.success(request, _("The day off is changed. Due dates follow."))
        return _to_year(organisation, form.instance.on.year)
    context = {"organisation": organisation, "holiday": holiday, "form": form}
    return render(request, "courses/holiday_edit.html", context)


@require_POST
def holiday_remove(request, organisation, pk):
    """Make an added day off a day of work again."""
    holiday = _added(request, organisation, pk)
    year = holiday.on.year
    remove_holiday(holiday, by=request.user)
    messages.success(request, _("The day off is removed. Due dates follow."))
    return _to_year(organisation, year)
