"""The board of a class in a lab, and the labs of all runs."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import render
from django.utils import timezone

from courses.models import Cohort, CourseRun, Enrolment
from labs.domain.board import STATES, board_of
from labs.domain.progress import FAILING, TRIES_WITHOUT_GAIN, UNCHANGED
from labs.messages import title
from labs.teaching.runs import lab_in_run, labs_of
from lms.core.permissions import demand

PAGE_SIZE = 60
RUNS_SHOWN = 30


def lab_list(request, organisation):
    """The labs of the runs that learners of the organisation take part in."""
    demand(request, "labs.mark_submission", organisation)
    counts = dict(
        Enrolment.objects.live().order_by().values_list("run").annotate(count=Count("pk"))
    )
    runs = CourseRun.objects.filter(pk__in=counts).select_related("course", "edition")
    rows = [
        {"run": run, "learners": counts[run.pk], "labs": labs_of(run)}
        for run in runs
        if labs_of(run)
    ]
    page = Paginator(rows, RUNS_SHOWN).get_page(request.GET.get("page"))
    return render(request, "labs/lab_list.html", {"organisation": organisation, "page": page})


def board(request, organisation, run, key):
    """Who is on which task, who is stuck, and what the checks say; `part` is what changes of it."""
    demand(request, "labs.mark_submission", organisation)
    lab = lab_in_run(run, key)
    cohorts = Cohort.objects.filter(run=lab.run).order_by("name", "pk")
    asked = request.GET.get("cohort", "")
    cohort = next((each for each in cohorts if str(each.pk) == asked), None)
    enrolments = (
        Enrolment.objects.named()
        .live()
        .filter(run=lab.run)
        .select_related("user", "organisation")
        .order_by("user__full_name", "pk")
    )
    if cohort:
        enrolments = enrolments.filter(cohort=cohort)
    found = board_of(enrolments, lab.key, lab.page.release, timezone.now())
    context = {
        "organisation": organisation,
        "lab": lab,
        "board": found,
        "page": Paginator(found.rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "states": STATES,
        "unchanged": UNCHANGED // timedelta(minutes=1),
        "failing": FAILING // timedelta(minutes=1),
        "tries": TRIES_WITHOUT_GAIN,
        "tasks": [(title({"name": each.name}), each) for each in found.tasks],
        "checks": [(title({"name": each.name}), each) for each in found.checks],
    }
    if "part" in request.GET:
        return render(request, "labs/board_part.html", context)
    context |= {
        "cohorts": cohorts,
        "cohort": cohort,
        "may_remark": request.user.has_perm("labs.remark_submissions", organisation),
    }
    return render(request, "labs/board.html", context)
