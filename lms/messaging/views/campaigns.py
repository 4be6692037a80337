"""Messages to a group: written, looked at, sent, and judged."""

from django.conf import settings
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from lms.messaging.audiences import (
    AUDIENCES,
    PEOPLE,
    people_of,
    read_audience,
    sign_audience,
    words_of,
)
from lms.messaging.domain.campaigns import (
    comparison_of,
    estimate,
    judged_on,
    launch_campaign,
)
from lms.messaging.domain.outcomes import outcomes_of
from lms.messaging.domain.rendering import everywhere
from lms.messaging.forms import CampaignForm
from lms.messaging.models import Campaign
from lms.messaging.texts import fill, sms_size
from lms.messaging.views.staff import demand

PAGE_SIZE = 50


def campaign_list(request, organisation):
    demand(request, organisation)
    rows = Campaign.objects.select_related("created_by", "organisation").defer("person_ids")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"organisation": organisation, "page": page}
    return render(request, "messaging/campaign_list.html", context)


def campaign_new(request, organisation):
    """Write to a group: first whom, then what, then a look at it and its cost, then it goes."""
    demand(request, organisation)
    asked = _audience(request, organisation)
    if asked is None:
        return _choose(request, organisation)
    audience, params = asked
    signed = sign_audience(organisation, audience, params)
    step = request.POST.get("step")
    form = CampaignForm(request.POST) if step else CampaignForm(initial={"audience": signed})
    context = {
        "organisation": organisation,
        "form": form,
        "audience": AUDIENCES[audience],
        "words": words_of(organisation, audience, params),
        "count": people_of(organisation, audience, params).count(),
    }
    if step and form.is_valid():
        campaign = form.campaign(organisation, audience, params)
        if step == "send":
            campaign = launch_campaign(campaign, by=request.user)
            return redirect("messaging:campaign", organisation.slug, campaign.pk)
        context |= {
            "estimate": estimate(campaign),
            "previews": _previews(campaign, request.user),
        }
    return render(request, "messaging/campaign_new.html", context)


def _audience(request, organisation):
    """(audience, params) of what a form or link asks for, or None."""
    if signed := request.POST.get("audience") or request.GET.get("audience"):
        return read_audience(organisation, signed)
    if ticked := request.POST.getlist("person"):
        return PEOPLE, {"ids": [int(pk) for pk in ticked if pk.isdecimal() and len(pk) < 19]}  # noqa: PLR2004  a column's width
    audience = AUDIENCES.get(request.GET.get("group", ""))
    if audience is None or audience.form is None:
        return None
    form = audience.form(request.GET, prefix=audience.name)
    return (audience.name, form.cleaned_data) if form.is_valid() else None


def _choose(request, organisation):
    """The groups there are, each with what it asks for; the one that was asked wrongly says so."""
    asked = request.GET.get("group")
    groups = [
        (
            audience,
            audience.form(request.GET if asked == audience.name else None, prefix=audience.name),
        )
        for audience in AUDIENCES.values()
        if audience.form
    ]
    context = {"organisation": organisation, "groups": groups}
    return render(request, "messaging/campaign_group.html", context)


def _previews(campaign, reader):
    """[(language, texts as `reader` would get them, size of the text message)]."""
    values = everywhere(reader, campaign.organisation)
    names = dict(settings.LANGUAGES)
    previews = []
    for code, texts in campaign.texts.items():
        shown = {part: fill(text, values) for part, text in texts.items()}
        previews.append((names[code], code, shown, sms_size(shown["sms"])))
    return previews


def campaign_detail(request, organisation, pk):
    demand(request, organisation)
    campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("organisation", "created_by"),
        pk=pk,
    )
    context = {
        "organisation": organisation,
        "campaign": campaign,
        "total": len(campaign.person_ids),
        "audience": AUDIENCES.get(campaign.audience),
        "words": words_of(campaign.organisation, campaign.audience, campaign.audience_params),
        "results": outcomes_of(campaign.messages.all()),
        "comparison": comparison_of(campaign),
        "judged_on": judged_on(campaign),
        "is_early": timezone.now() < judged_on(campaign),
        "texts": [
            (dict(settings.LANGUAGES).get(code, code), code, texts)
            for code, texts in campaign.texts.items()
        ],
    }
    return render(request, "messaging/campaign_detail.html", context)
