"""Staff pages about people: who holds which role, and what each role may do."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.core.permissions import demand
from lms.organisations import memberships
from lms.organisations.forms import GiveRoleForm
from lms.organisations.models import STAFF_ROLES, Role
from lms.organisations.queries import people_of, permission_matrix, staff_over

PAGE_SIZE = 50


def permission_list(request, organisation):
    """What each role may do, and who holds it here or above."""
    demand(request, "organisations.view_permissions", organisation)
    holders = {role: [] for role in STAFF_ROLES}
    for membership in staff_over(organisation):
        holders[membership.role].append(membership)
    context = {
        "organisation": organisation,
        "matrix": permission_matrix(),
        "roles": [(role.label, holders[role]) for role in STAFF_ROLES],
        "may_view_people": request.user.has_perm("organisations.view_people", organisation),
    }
    return render(request, "organisations/permission_list.html", context)


def people_list(request, organisation):
    demand(request, "organisations.view_people", organisation)
    search = request.GET.get("q", "").replace("\0", "").strip()
    role = request.GET.get("role", "")
    people = people_of(organisation, search=search, role=role)
    context = {
        "organisation": organisation,
        "page": Paginator(people, PAGE_SIZE).get_page(request.GET.get("page")),
        "search": search,
        "role": role,
        "roles": Role.choices,
        "may_give_role": request.user.has_perm("organisations.give_role", organisation),
        "may_recover": request.user.has_perm("organisations.recover_account", organisation),
        "may_merge": request.user.has_perm("organisations.merge_accounts", organisation),
    }
    return render(request, "organisations/people_list.html", context)


def _end_of(day):
    """The first moment after `day` in the reader's zone."""
    return day and timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def role_give(request, organisation):
    demand(request, "organisations.give_role", organisation)
    form = GiveRoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = memberships.give_role(
            form.cleaned_data["person"],
            organisation,
            Role(form.cleaned_data["role"]),
            by=request.user,
            until_at=_end_of(form.cleaned_data["until_on"]),
            **form.facts,
        )
        messages.success(
            request,
            _("%(person)s is %(role)s at %(organisation)s now.")
            % {
                "person": membership.user,
                "role": membership.get_role_display(),
                "organisation": organisation,
            },
        )
        return redirect("organisations:people_list", organisation.slug)
    context = {"organisation": organisation, "form": form}
    return render(request, "organisations/role_give.html", context)


@require_POST
def role_end(request, organisation, pk):
    membership = get_object_or_404(people_of(organisation), pk=pk)
    demand(request, "organisations.give_role", membership.organisation)
    memberships.end_role(membership, by=request.user)
    messages.success(request, _("The role has ended."))
    return redirect("organisations:people_list", organisation.slug)
