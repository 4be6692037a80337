"""Staff pages of seats: those an organisation has, and giving them to those below it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from admissions.domain.seats import allocate_seats, seat_rows
from admissions.forms import SeatsForm
from admissions.models import SeatAllocation
from courses.models import CourseRun
from lms.core.permissions import demand
from lms.organisations.models import Kind


def run_list(request, organisation):
    """The runs in which the organisation has seats to share or to fill; the Centre sees all that go on."""
    demand(request, "admissions.nominate", organisation)
    runs = CourseRun.objects.going_on().select_related("course").order_by("starts_on", "code")
    if organisation.kind != Kind.CENTRE:
        runs = runs.filter(seat_allocations__in=SeatAllocation.objects.all()).distinct()
    context = {
        "organisation": organisation,
        "runs": runs[:200],
        "may_share": request.user.has_perm("admissions.share_seats", organisation),
        "may_select": request.user.has_perm("admissions.select", organisation),
    }
    return render(request, "admissions/run_list.html", context)


def seat_list(request, organisation, run):
    """Who has how many seats here and below, and a form to give some."""
    demand(request, "admissions.share_seats", organisation)
    run = get_object_or_404(CourseRun.objects.select_related("course"), pk=run)
    form = SeatsForm(request.POST or None, giver=organisation)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        allocate_seats(
            run,
            given["organisation"],
            given["seats"],
            source=None if organisation.kind == Kind.CENTRE else organisation,
            by=request.user,
            release_on=given["release_on"],
        )
        messages.success(
            request,
            ngettext(
                "%(organisation)s has %(count)s seat.",
                "%(organisation)s has %(count)s seats.",
                given["seats"],
            )
            % {"organisation": given["organisation"], "count": given["seats"]},
        )
        return redirect("admissions:seat_list", organisation.slug, run.pk)
    rows = [
        row
        for row in seat_rows(run).values()
        if row.allocation.organisation.path.startswith(organisation.path)
    ]
    context = {
        "organisation": organisation,
        "run": run,
        "rows": rows,
        "form": form,
        "today": timezone.localdate(),
    }
    return render(request, "admissions/seat_list.html", context)
