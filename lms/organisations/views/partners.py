"""Pages of a partner: its data agreement, its portal with news, and a body's new name."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from lms.core.permissions import demand
from lms.organisations.agreements import agreement_of, agreements_ending_soon
from lms.organisations.forms import AgreementForm, NewsForm, PortalForm, RenameForm
from lms.organisations.models import Kind, News, Organisation, PartnerAgreement, Portal
from lms.organisations.renaming import rename_organisation

NEWS_SHOWN = 5


def agreement_list(request, organisation):
    """Each country at or below with its agreement, what ends soon, and a form to record one."""
    demand(request, "organisations.view_agreements", organisation)
    countries = Organisation.objects.filter(kind=Kind.COUNTRY, path__startswith=organisation.path)
    may_keep = request.user.has_perm("organisations.keep_agreements", organisation)
    form = AgreementForm(request.POST or None, countries=countries)
    if request.method == "POST":
        demand(request, "organisations.keep_agreements", organisation)
        if form.is_valid():
            agreement = form.save()
            log(
                agreement.organisation,
                "organisations.agreement_recorded",
                user=request.user,
                data={"agreement": agreement.pk, "until": agreement.last_day.isoformat()},
            )
            messages.success(request, _("The agreement is recorded."))
            return redirect("organisations:agreement_list", organisation.slug)
    agreements = PartnerAgreement.objects.filter(organisation__in=countries)
    ending = {row.pk for row in agreements_ending_soon()}
    context = {
        "organisation": organisation,
        "countries": [(country, agreement_of(country)) for country in countries],
        "ending": ending,
        "agreements": agreements.select_related("organisation")[:100],
        "form": form,
        "may_keep": may_keep,
    }
    return render(request, "organisations/agreement_list.html", context)


def portal_edit(request, organisation):
    """Greeting, colour and news of the organisation's own portal."""
    demand(request, "organisations.keep_portal", organisation)
    portal = Portal.objects.filter(organisation=organisation).first()
    portal = portal or Portal(organisation=organisation)
    is_news = "news" in request.POST
    form = PortalForm(
        None if is_news else request.POST or None,
        None if is_news else request.FILES or None,
        instance=portal,
    )
    news_form = NewsForm(
        request.POST if is_news else None, instance=News(organisation=organisation)
    )
    shown = news_form if is_news else form
    if request.method == "POST" and shown.is_valid():
        shown.save()
        messages.success(request, _("Kept."))
        return redirect("organisations:portal_edit", organisation.slug)
    context = {
        "organisation": organisation,
        "form": form,
        "news_form": news_form,
        "news": organisation.news.all()[:50],
    }
    return render(request, "organisations/portal_edit.html", context)


@require_POST
def news_delete(request, organisation, pk):
    demand(request, "organisations.keep_portal", organisation)
    get_object_or_404(News, organisation=organisation, pk=pk).delete()
    messages.success(request, _("The news is taken down."))
    return redirect("organisations:portal_edit", organisation.slug)


@login_not_required
def portal(request, slug):
    """How an organisation greets its people: open to all, in its colour, with its news."""
    organisation = get_object_or_404(Organisation.objects.select_related("portal__logo"), slug=slug)
    today = timezone.localdate()
    news = organisation.news.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today), published_at__lte=timezone.now()
    )
    own = [row for row in news if row.language == get_language()]
    context = {
        "organisation": organisation,
        "portal": getattr(organisation, "portal", None),
        "news": (own or list(news))[:NEWS_SHOWN],
    }
    return render(request, "organisations/portal.html", context)


@login_not_required
def portal_colours(request, slug):
    """The portal's colour as a stylesheet: pages hold no styles of their own."""
    portal = get_object_or_404(Portal.objects.exclude(accent=""), organisation__slug=slug)
    rule = (
        f":root {{ --brand: {portal.accent}; --brand-deep: {portal.accent}; --brand-ink: #fff; }}"
    )
    response = HttpResponse(rule, content_type="text/css")
    response["Cache-Control"] = "public, max-age=300"
    return response


def rename(request, organisation):
    """Give a body its new name from a day on; the old record stays with its successor."""
    demand(request, "organisations.rename", organisation)
    form = RenameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        successor = rename_organisation(
            organisation, form.cleaned_data["name"], on=form.cleaned_data["on"], by=request.user
        )
        messages.success(request, _("From now on it is “%(name)s”.") % {"name": successor.name})
        return redirect("organisations:people_list", successor.slug)
    return render(
        request, "organisations/rename.html", {"organisation": organisation, "form": form}
    )
