"""Staff pages: where you serve, and how its learners get on."""

from collections import defaultdict
from itertools import chain

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.domain.credibility import conspicuous, note_pace
from courses.models import CourseRun, EnrolmentState
from labs.domain.sessions import labs_are_down
from labs.protections import missing_sentences
from lms.core.exports import stream_csv
from lms.core.keyset import keyset_page
from lms.core.permissions import demand
from lms.messaging.audiences import write_address
from lms.organisations.domain import organisations_served_by
from lms.organisations.staff_pages import staff_pages_for
from lms.reports.audiences import LEARNERS, PROGRESS, as_params
from lms.reports.exports import (
    grid_header,
    grid_rows,
    grid_workbook,
    learner_header,
    learner_rows,
    printed_definitions,
    summary_table,
)
from lms.reports.forms import GridForm, PaceNoteForm
from lms.reports.grid import BY_NAME, Grid, cell_words, draw_rows, summary_of
from lms.reports.grid import PAGE_SIZE as GRID_SIZE
from lms.reports.queries import learners_of
from lms.reports.standing import definitions

PAGE_SIZE = 50
ORDERS = {"newest": ("-enrolled_at", "-pk"), "name": BY_NAME}
BY_COMPLETION = ("-completed_at", "-pk")


@permission_required("reports.view_home", raise_exception=True)
def home(request):
    held = request.user.memberships.current().of_staff().select_related("organisation")
    roles = defaultdict(list)
    for membership in held.order_by("organisation__path", "role"):
        roles[membership.organisation].append(membership)
    places = [
        {
            "organisation": organisation,
            "roles": [membership.get_role_display() for membership in memberships],
            "pages": staff_pages_for(membership.role for membership in memberships),
        }
        for organisation, memberships in roles.items()
    ]
    context = {
        "places": places,
        "labs_are_down": labs_are_down(),
        "missing_protections": missing_sentences(),
    }
    return render(request, "reports/home.html", context)


def _places(request):
    return {name: request.GET.get(name, "") for name in ("after", "before")}


def learner_list(request, organisation):
    demand(request, "reports.view_learners", organisation)
    state, search = request.GET.get("state", ""), request.GET.get("q", "").replace("\0", "").strip()
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "newest"

    def enrolments():
        return learners_of(state=state, search=search)

    if request.GET.get("format") == "csv":
        log(organisation, "reports.exported", user=request.user, data={"list": "learners"})
        rows = learner_rows(organisation, enrolments, ORDERS["newest"])
        return stream_csv(f"learners-{organisation.slug}", learner_header(), rows)
    context = {
        "organisation": organisation,
        "page": keyset_page(enrolments(), ORDERS[order], PAGE_SIZE, **_places(request)),
        "state": state,
        "search": search,
        "order": order,
        "states": EnrolmentState.choices,
        "write_address": write_address(
            request.user, organisation, LEARNERS, {"state": state, "search": search}
        ),
        "may_view_progress": request.user.has_perm("reports.view_progress", organisation),
        "may_view_pace": request.user.has_perm("reports.view_pace", organisation),
        "below": organisations_served_by(request.user).filter(
            path__startswith=organisation.path, depth=organisation.depth + 1
        ),
    }
    return render(request, "reports/learner_list.html", context)


def _grid(request, organisation, run):
    demand(request, "reports.view_progress", organisation)
    runs = CourseRun.objects.select_related("edition", "course")
    return Grid(get_object_or_404(runs, pk=run), organisation)


def progress_grid(request, organisation, run):
    """People and activities of a run, with who is stuck, silent or done; also as a file."""
    grid = _grid(request, organisation, run)
    form = GridForm(request.GET, grid=grid)
    filters = form.chosen()

    def chosen():
        return grid.chosen(**filters)

    name = f"progress-{slugify(grid.run.code)}"
    if request.GET.get("format") in {"csv", "xlsx"}:
        log(organisation, "reports.exported", user=request.user, data={"list": "progress"})
        if request.GET["format"] == "xlsx":
            return grid_workbook(name, grid, chosen, summary_of(grid))
        rows = chain(grid_rows(grid, chosen), printed_definitions())
        return stream_csv(name, grid_header(grid), rows)
    page = keyset_page(chosen(), BY_NAME, GRID_SIZE, **_places(request))
    context = {
        "organisation": organisation,
        "run": grid.run,
        "form": form,
        "page": page,
        "body": draw_rows(grid, map(grid.row, page)),
        "activities": grid.activities,
        "definitions": definitions(),
        "legend": cell_words(),
        "write_address": write_address(
            request.user, organisation, PROGRESS, {"run": grid.run.pk, **as_params(filters)}
        ),
    }
    return render(request, "reports/progress_grid.html", context)


def progress_summary(request, organisation, run):
    """Each activity of a run in numbers, without counts of few people."""
    grid = _grid(request, organisation, run)
    rows = summary_of(grid)
    if request.GET.get("format") == "csv":
        log(organisation, "reports.exported", user=request.user, data={"list": "summary"})
        header, *table = summary_table(rows)
        lines = chain(table, printed_definitions())
        return stream_csv(f"summary-{slugify(grid.run.code)}", header, lines)
    context = {"organisation": organisation, "run": grid.run, "rows": rows}
    return render(request, "reports/progress_summary.html", context)


def pace_list(request, organisation):
    """What was done conspicuously fast, with the facts; what was found out is noted on a page of its own."""
    demand(request, "reports.view_pace", organisation)
    state = request.GET.get("state", "")
    page = keyset_page(conspicuous(state=state), BY_COMPLETION, PAGE_SIZE, **_places(request))
    context = {
        "organisation": organisation,
        "page": page,
        "state": state,
        "states": PaceNoteForm.base_fields["state"].choices,
    }
    return render(request, "reports/pace_list.html", context)


def pace_detail(request, organisation, pk):
    """One activity of one learner: the facts, what was found before, and room for a note."""
    demand(request, "reports.view_pace", organisation)
    progress = get_object_or_404(conspicuous(), pk=pk)
    form = PaceNoteForm(request.POST or None)
    if request.method == "POST":
        demand(request, "courses.note_pace", progress.enrolment.organisation)
        if form.is_valid():
            note_pace(progress, by=request.user, **form.cleaned_data)
            messages.success(
                request, _("Your note is kept. Nothing changes for the learner by it.")
            )
            return redirect("reports:pace_list", organisation.slug)
    context = {
        "organisation": organisation,
        "progress": progress,
        "notes": progress.pace_notes.select_related("by"),
        "form": form,
    }
    return render(request, "reports/pace_detail.html", context)


def styleguide(request):
    return render(request, "reports/styleguide.html")
