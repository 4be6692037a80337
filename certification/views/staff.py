"""Preparing, releasing and voiding certificates of an organisation and all below it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from certification.domain import proposals
from certification.domain import releases as releases_domain
from certification.forms import PrepareForm, SendBackForm, VoidForm
from certification.models import Award, AwardState, Release
from lms.core.permissions import demand

PAGE_SIZE = 50
NEWEST_SHOWN = 10
WAITING_SHOWN = 200  # a release of more is prepared in parts


def _waiting():
    return (
        Award.objects.waiting()
        .with_facts()
        .order_by("enrolment__run__code", "enrolment__user__full_name", "pk")
    )


def release_list(request, organisation):
    demand(request, "certification.view_releases", organisation)
    releases = Release.objects.select_related(
        "organisation", "prepared_by", "released_by"
    ).annotate(size=Count("awards"))
    context = {
        "organisation": organisation,
        "waiting": _waiting()[:WAITING_SHOWN],
        "waiting_count": Award.objects.waiting().count(),
        "open_releases": releases.open(),
        "newest": Award.objects.issued().with_facts()[:NEWEST_SHOWN],
        "may_revoke": request.user.has_perm("certification.revoke_award", organisation),
        "closed_releases": releases.exclude(state=Release.State.OPEN)[:10],
        "may_prepare": request.user.has_perm("certification.prepare_release", organisation),
        "may_release": request.user.has_perm("certification.release", organisation),
    }
    return render(request, "certification/release_list.html", context)


@require_POST
def prepare(request, organisation):
    demand(request, "certification.prepare_release", organisation)
    form = PrepareForm(request.POST, waiting=_waiting())
    if not form.is_valid():
        messages.error(request, _("Choose at least one person who is still waiting."))
        return redirect("certification:release_list", organisation.slug)
    release = releases_domain.prepare_release(
        organisation, form.cleaned_data["awards"], by=request.user
    )
    return redirect("certification:release_detail", organisation.slug, release.pk)


def _release_page(request, organisation, release, form, status=200):
    awards = list(release.awards.with_facts().order_by("enrolment__user__full_name", "pk"))
    context = {
        "organisation": organisation,
        "release": release,
        "awards": awards,
        "words": releases_domain.words_of(awards),
        "form": form,
        "is_own": release.prepared_by_id == request.user.pk,
        "may_release": request.user.has_perm("certification.release", release.organisation),
    }
    return render(request, "certification/release_detail.html", context, status=status)


def _release(pk):
    return get_object_or_404(
        Release.objects.select_related("organisation", "prepared_by", "released_by"), pk=pk
    )


def release_detail(request, organisation, pk):
    demand(request, "certification.view_releases", organisation)
    return _release_page(request, organisation, _release(pk), SendBackForm())


@require_POST
def release(request, organisation, pk):
    release = _release(pk)
    demand(request, "certification.release", release.organisation)
    awards = releases_domain.release_awards(
        release, by=request.user, read=request.POST.get("read", "")
    )
    sentence = ngettext(
        "%(count)s certificate is issued.", "%(count)s certificates are issued.", len(awards)
    )
    messages.success(request, sentence % {"count": len(awards)})
    return redirect("certification:release_detail", organisation.slug, pk)


@require_POST
def back(request, organisation, pk):
    release = _release(pk)
    if not (
        request.user.has_perm("certification.release", release.organisation)
        or request.user.has_perm("certification.prepare_release", release.organisation)
    ):
        raise PermissionDenied
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _release_page(request, organisation, release, form, status=422)
    releases_domain.send_back(release, by=request.user, note=form.cleaned_data["note"])
    messages.success(request, _("The list is dissolved; its people wait again."))
    return redirect("certification:release_list", organisation.slug)


def award_list(request, organisation):
    demand(request, "certification.view_releases", organisation)
    search = request.GET.get("q", "").replace("\x00", "").strip()
    awards = Award.objects.issued().with_facts()
    if search:
        awards = awards.filter(
            Q(serial__icontains=search)
            | Q(snapshot__name__icontains=search)
            | Q(enrolment__user__full_name__icontains=search),
        )
    page = Paginator(awards, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "organisation": organisation,
        "page": page,
        "search": search,
        "may_revoke": request.user.has_perm("certification.revoke_award", organisation),
    }
    return render(request, "certification/award_list.html", context)


def _issued_award(public_id):
    return get_object_or_404(Award.objects.issued().with_facts(), public_id=public_id)


def void(request, organisation, public_id):
    """Ask for the reason, show what will happen, then do it."""
    award = _issued_award(public_id)
    demand(request, "certification.revoke_award", award.enrolment.organisation)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        releases_domain.revoke_award(award, by=request.user, **form.cleaned_data)
        messages.success(request, _("Certificate %(serial)s is void.") % {"serial": award.serial})
        return redirect("certification:award_list", organisation.slug)
    can_void = AwardState.REVOKED in Award.TRANSITIONS[award.state]
    context = {"organisation": organisation, "award": award, "form": form, "can_void": can_void}
    return render(request, "certification/award_void.html", context)


@require_POST
def replace(request, organisation, public_id):
    award = _issued_award(public_id)
    demand(request, "certification.prepare_release", award.enrolment.organisation)
    proposals.propose_replacement(award, by=request.user)
    messages.success(
        request,
        _("A replacement of %(serial)s waits to be prepared. The old one stays valid so long.")
        % {"serial": award.serial},
    )
    return redirect("certification:release_list", organisation.slug)
