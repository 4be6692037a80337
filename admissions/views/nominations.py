"""Staff pages of nominations: an institution's list, and the Centre's ranking and selection."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from admissions.audiences import NOMINATED
from admissions.domain.equity import equity_view
from admissions.domain.nominations import (
    Decision,
    decide,
    invite,
    nominate,
    ranking_of,
    substitute,
)
from admissions.domain.seats import row_for, seat_rows
from admissions.forms import NominationForm, SelectionForm, SubstituteForm
from admissions.models import Nomination
from admissions.views.steps import steps_of
from courses.domain.enrolment import withdraw
from courses.models import CourseRun, Enrolment, EnrolmentState
from lms.accounts.people import find_or_add_person
from lms.core.exports import stream_csv
from lms.core.permissions import demand
from lms.messaging.audiences import write_address
from lms.organisations.agreements import country_of, demand_agreement


def _run(pk):
    return get_object_or_404(CourseRun.objects.select_related("course", "programme"), pk=pk)


def nomination_list(request, organisation, run):
    """Whom the organisation and those below it put forward, and a form to add one."""
    demand(request, "admissions.nominate", organisation)
    run = _run(run)
    row = row_for(seat_rows(run), organisation)
    rows = Nomination.objects.filter(enrolment__run=run)
    nominations = list(rows.select_related("enrolment__user", "enrolment__organisation")[:500])
    form = NominationForm(
        request.POST or None,
        country=country_of(organisation),
        initial={"priority": len(nominations) + 1},
    )
    if request.method == "POST" and form.is_valid():
        demand_agreement(organisation)
        facts = form.cleaned_data
        person = find_or_add_person(facts.pop("contact"), facts.pop("full_name"))
        nominate(person, run, organisation, by=request.user, **facts)
        messages.success(request, _("%(person)s is nominated.") % {"person": person})
        return redirect("admissions:nomination_list", organisation.slug, run.pk)
    context = {
        "organisation": organisation,
        "run": run,
        "row": row,
        "form": form,
        "nominations": nominations,
        **steps_of(request, organisation),
        "write_address": write_address(request.user, organisation, NOMINATED, {"run": run.pk}),
    }
    return render(request, "admissions/nomination_list.html", context)


def _nominated(pk):
    enrolments = Enrolment.objects.filter(nomination__isnull=False)
    return get_object_or_404(enrolments.select_related("run", "organisation", "user"), pk=pk)


@require_POST
def nomination_withdraw(request, organisation, pk):
    """Take a nomination back."""
    enrolment = _nominated(pk)
    demand(request, "admissions.nominate", enrolment.organisation)
    withdraw(enrolment, by=request.user, reason=_("The institution took the nomination back."))
    messages.success(request, _("The nomination is taken back."))
    return redirect("admissions:nomination_list", organisation.slug, enrolment.run_id)


def nomination_substitute(request, organisation, pk):
    """Send another person in the place of one who cannot come."""
    enrolment = _nominated(pk)
    demand(request, "admissions.nominate", enrolment.organisation)
    form = SubstituteForm(request.POST or None, country=country_of(enrolment.organisation))
    if request.method == "POST" and form.is_valid():
        demand_agreement(enrolment.organisation)
        facts = form.cleaned_data
        person = find_or_add_person(facts["contact"], facts["full_name"])
        substitute(enrolment, person, by=request.user, reason=facts["reason"])
        messages.success(request, _("%(person)s has the place now.") % {"person": person})
        return redirect("admissions:nomination_list", organisation.slug, enrolment.run_id)
    context = {"organisation": organisation, "enrolment": enrolment, "form": form}
    return render(request, "admissions/nomination_substitute.html", context)


def selection(request, organisation, run):
    """The ranking by the stated criteria, with ties and the equity view; chosen here, and the result kept."""
    demand(request, "admissions.select", organisation)
    run = _run(run)
    criteria, ranking = ranking_of(run)
    if request.GET.get("format") == "csv":
        log(organisation, "reports.exported", user=request.user, data={"list": "ranking"})
        return stream_csv(
            f"ranking-{run.pk}", _header(criteria), [_line(*each) for each in ranking]
        )
    enrolments = [enrolment for _row, enrolment in ranking]
    data = request.POST if request.method == "POST" else None
    form = SelectionForm(data, enrolments=enrolments)
    if request.method == "POST" and form.is_valid():
        decision = Decision(
            form.decided("chosen"),
            form.decided("waiting"),
            form.decided("refused"),
            form.cleaned_data["reason"],
        )
        decide(run, decision, by=request.user)
        messages.success(
            request, _("The selection is kept. Invite those chosen when you are ready.")
        )
        return redirect("admissions:selection", organisation.slug, run.pk)
    approved = Enrolment.objects.filter(run=run, state=EnrolmentState.APPROVED)
    context = {
        "organisation": organisation,
        "run": run,
        "criteria": criteria,
        "ranking": [
            (
                row,
                enrolment,
                form[form.name_of(enrolment)].value() or "",
                zip(criteria, row.points, strict=True),
            )
            for row, enrolment in ranking
        ],
        "form": form,
        "seats": [
            row
            for row in seat_rows(run).values()
            if row.allocation.organisation.path.startswith(organisation.path)
        ],
        "approved": approved.select_related("user", "organisation"),
        "equity": equity_view(run),
        **steps_of(request, organisation),
    }
    return render(request, "admissions/selection.html", context)


def _header(criteria):
    labels = [criterion.label for criterion in criteria]
    return [_("Rank"), _("Tied"), _("Name"), _("Organisation"), *labels, _("Points"), _("State")]


def _line(row, enrolment):
    return (
        row.rank,
        _("yes") if row.is_tied else "",
        enrolment.user.full_name,
        enrolment.organisation.name,
        *row.points,
        round(float(row.score), 1),
        enrolment.get_state_display(),
    )


@require_POST
def invite_approved(request, organisation, run):
    """Invite all who were chosen; each hears it and answers."""
    demand(request, "admissions.select", organisation)
    run = _run(run)
    approved = list(
        Enrolment.objects.filter(run=run, state=EnrolmentState.APPROVED).select_related(
            "run", "organisation", "user"
        )
    )
    invite(approved, by=request.user)
    messages.success(
        request,
        ngettext("%(count)s person is invited.", "%(count)s people are invited.", len(approved))
        % {"count": len(approved)},
    )
    return redirect("admissions:selection", organisation.slug, run.pk)
