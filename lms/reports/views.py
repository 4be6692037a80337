"""Staff pages: where you serve, and how its learners get on."""

from collections import defaultdict

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import render
from wagtail.log_actions import log

from courses.models import EnrolmentState
from lms.core.exports import stream_csv
from lms.organisations.domain import organisations_served_by
from lms.organisations.staff_pages import staff_pages_for
from lms.reports.exports import learner_header, learner_rows
from lms.reports.queries import learners_of

PAGE_SIZE = 50


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
    return render(request, "reports/home.html", {"places": places})


def learner_list(request, organisation):
    state, search = request.GET.get("state", ""), request.GET.get("q", "").replace("\0", "").strip()
    enrolments = learners_of(organisation, state=state, search=search)
    if request.GET.get("format") == "csv":
        log(organisation, "reports.exported", user=request.user, data={"list": "learners"})
        return stream_csv(
            f"learners-{organisation.slug}", learner_header(), learner_rows(enrolments)
        )
    page = Paginator(enrolments, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "page": page,
        "state": state,
        "search": search,
        "states": EnrolmentState.choices,
        "below": organisations_served_by(request.user).filter(
            path__startswith=organisation.path, depth=organisation.depth + 1
        ),
    }
    return render(request, "reports/learner_list.html", context)


def styleguide(request):
    return render(request, "reports/styleguide.html")
