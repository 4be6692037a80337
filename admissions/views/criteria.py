"""The staff page of a run's criteria: read, tried out on those nominated, stated and dropped."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from admissions.domain.criteria import criteria_of, drop_criteria, has_begun, set_criteria
from admissions.domain.nominations import ranking_of
from admissions.forms import CriteriaForms
from admissions.models import SelectionCriteria
from admissions.ranking import CRITERIA
from courses.domain.runs import keeper_of
from courses.models import CourseRun
from lms.core.permissions import demand

PREVIEWED = 50


def criteria(request, organisation, run):
    """By what the run selects and how those nominated would rank; who keeps the run may change it beforehand."""
    demand(request, "admissions.select", organisation)
    run = get_object_or_404(CourseRun.objects.select_related("course"), pk=run)
    keeper, tried = keeper_of(run), criteria_of(run)
    forms = CriteriaForms(request.POST if request.method == "POST" else None, criteria=tried)
    if request.method == "POST":
        demand(request, "admissions.select", keeper)
        if "drop" in request.POST:
            drop_criteria(run, by=request.user)
            messages.success(request, _("The usual criteria hold again."))
            return redirect(request.path)
        if forms.is_valid():
            if "keep" in request.POST:
                set_criteria(run, forms.criteria(), by=request.user)
                messages.success(request, _("The criteria are stated."))
                return redirect(request.path)
            tried = CRITERIA.validate_python(forms.criteria())
    _criteria, ranking = ranking_of(run, tried)
    context = {
        "organisation": organisation,
        "run": run,
        "keeper": keeper,
        "is_stated": SelectionCriteria.objects.filter(run=run).exists(),
        "has_begun": has_begun(run),
        "may_set": request.user.has_perm("admissions.select", keeper),
        "forms": forms,
        "criteria": tried,
        "ranking": ranking[:PREVIEWED],
        "nominated": len(ranking),
    }
    return render(request, "admissions/criteria.html", context)
