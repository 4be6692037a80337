"""Staff pages about people: their roles, help with lost accounts, and accounts that are one person's."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.core.permissions import demand
from lms.organisations import memberships, merging, recoveries
from lms.organisations.forms import GiveRoleForm, MergeForm, RecoveryCodeForm, RecoveryForm
from lms.organisations.models import STAFF_ROLES, Merge, Recovery, Role
from lms.organisations.queries import members_of, people_of, permission_matrix, staff_over
from lms.organisations.scoping import every_organisation

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
        "may_set_providers": request.user.has_perm(
            "organisations.set_identity_provider", organisation
        ),
        "may_merge": request.user.has_perm("organisations.merge_accounts", organisation),
    }
    return render(request, "organisations/people_list.html", context)


def _end_of(day):
    """The first moment after `day` in the reader's zone."""
    return day and timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def role_give(request, organisation):
    demand(request, "organisations.give_role", organisation)
    form = GiveRoleForm(request.POST or None, country_code=organisation.country_code)
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


def recovery_list(request, organisation):
    demand(request, "organisations.recover_account", organisation)
    found = Recovery.objects.visible_to(request.user).select_related(
        "user", "organisation", "requested_by", "decided_by"
    )
    context = {
        "organisation": organisation,
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "organisations/recovery_list.html", context)


def recovery_new(request, organisation):
    demand(request, "organisations.recover_account", organisation)
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        recoveries.open_recovery(
            form.cleaned_data["person"],
            organisation,
            form.cleaned_data["contact"],
            reason=form.cleaned_data["reason"],
            checked=form.cleaned_data["checked"],
            by=request.user,
        )
        messages.success(request, _("A second helper has to approve this within 24 hours."))
        return redirect("organisations:recovery_list", organisation.slug)
    context = {"organisation": organisation, "form": form}
    return render(request, "organisations/recovery_new.html", context)


@require_POST
def recovery_decide(request, organisation, pk):
    """The second helper's answer."""
    recovery = get_object_or_404(
        Recovery.objects.visible_to(request.user).select_related("user", "organisation"), pk=pk
    )
    if "approve" in request.POST:
        recoveries.approve_recovery(recovery, by=request.user)
        messages.success(request, _("The person gets a code at the new address."))
    else:
        recoveries.refuse_recovery(recovery, by=request.user)
        messages.success(request, _("The recovery is refused. Nothing was changed."))
    return redirect("organisations:recovery_list", organisation.slug)


@login_not_required
def recovery_complete(request, public_id):
    """The person's own page: the code that came to the new address gives the account back."""
    with every_organisation():  # the person cannot sign in; the link and the code are theirs alone
        recovery = get_object_or_404(Recovery.objects.all(), public_id=public_id)
        form = RecoveryCodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            if recoveries.complete_recovery(recovery, form.cleaned_data["code"]):
                messages.success(
                    request, _("The account is yours again. Sign in with the new address.")
                )
                return redirect("account_request_login_code")
            form.add_error("code", _("This code does not fit. Look at the newest message."))
    context = {
        "form": form,
        "is_open": recovery.state == Recovery.State.APPROVED and not recovery.is_over,
    }
    return render(request, "organisations/recovery_complete.html", context)


def duplicate_list(request, organisation):
    """Accounts that look like one person's, a form for two that do not, and what was joined."""
    demand(request, "organisations.merge_accounts", organisation)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        return redirect(
            "organisations:merge", organisation.slug, chosen["kept"].pk, chosen["merged"].pk
        )
    pairs = merging.find_duplicates(organisation)
    context = {
        "organisation": organisation,
        "form": form,
        "page": Paginator(pairs, PAGE_SIZE).get_page(request.GET.get("page")),
        "merges": Merge.objects.standing().select_related("kept", "merged", "by")[:PAGE_SIZE],
    }
    return render(request, "organisations/duplicate_list.html", context)


def merge(request, organisation, kept, merged):
    """Both accounts beside each other, before they become one."""
    demand(request, "organisations.merge_accounts", organisation)
    people = get_user_model().objects.filter(pk__in=members_of(organisation), is_active=True)
    kept, merged = get_object_or_404(people, pk=kept), get_object_or_404(people, pk=merged)
    if request.method == "POST":
        merging.merge_accounts(kept, merged, organisation, by=request.user)
        messages.success(request, _("The two accounts are one. You can undo it on this page."))
        return redirect("organisations:duplicate_list", organisation.slug)
    context = {"organisation": organisation, "kept": kept, "merged": merged}
    return render(request, "organisations/merge.html", context)


@require_POST
def merge_undo(request, organisation, pk):
    demand(request, "organisations.merge_accounts", organisation)
    merging.undo_merge(get_object_or_404(Merge.objects.all(), pk=pk), by=request.user)
    messages.success(request, _("The accounts are two again, as they were before."))
    return redirect("organisations:duplicate_list", organisation.slug)
