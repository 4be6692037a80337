"""The outbox of an organisation: what was sent to whom, what became of it, and what it cost."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.messaging.domain.delivering import resolve_unknown
from lms.messaging.domain.outcomes import outcomes_of, texts_of_month
from lms.messaging.domain.rendering import mail_of, own_templates, sms_of
from lms.messaging.domain.rendering import render as render_letter
from lms.messaging.domain.spending import month_of
from lms.messaging.forms import MonthForm, OutboxFilterForm, ResolveForm
from lms.messaging.models import Message, Spending
from lms.messaging.registry import KINDS, Channel

PAGE_SIZE = 50


def demand(request, organisation):
    if not request.user.has_perm("messaging.send", organisation):
        raise PermissionDenied


def outbox(request, organisation):
    """A page of the outbox, the newest first. In the demo each can be read, for nothing leaves the machine."""
    demand(request, organisation)
    form = OutboxFilterForm(request.GET)
    form.full_clean()
    chosen = form.cleaned_data
    rows = Message.objects.select_related("person", "organisation", "campaign").order_by("-pk")
    filters = {name: chosen[name] for name in ("state", "channel") if chosen.get(name)}
    rows = rows.filter(**filters)
    if chosen.get("before"):
        rows = rows.filter(pk__lt=chosen["before"])
    if settings.DEMO:
        rows = rows.prefetch_related(
            "entries__person", "entries__organisation", "entries__campaign"
        )
    found = list(rows[: PAGE_SIZE + 1])
    templates = own_templates() if settings.DEMO else {}
    context = {
        "organisation": organisation,
        "form": OutboxFilterForm(initial=filters),
        "filters": filters,
        "rows": [
            (message, _words(message, templates) if settings.DEMO else "")
            for message in found[:PAGE_SIZE]
        ],
        "next_before": found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
        "is_first": not chosen.get("before"),
        **_spending(month_of(timezone.now())),
    }
    return render(request, "messaging/outbox.html", context)


def _spending(month):
    """What was spent in a month, here and below, and the caps on it."""
    return {
        "spent": Spending.objects.filter(month=month).aggregate(
            messages=Sum("messages", default=0), cost=Sum("cost", default=0)
        ),
        "currency": settings.SMS_PART_CURRENCY,
        "cap": settings.SMS_MONTHLY_CAP,
        "cost_cap": settings.SMS_MONTHLY_COST_CAP,
    }


def texts(request, organisation):
    """The text messages of a month, here and below: what became of them, their parts and cost."""
    demand(request, organisation)
    this_month = month_of(timezone.now())
    form = MonthForm(request.GET or {"month": f"{this_month:%Y-%m}"})
    chosen = form.cleaned_data["month"] if form.is_valid() else None
    month = chosen or this_month
    context = {
        "organisation": organisation,
        "form": form,
        "month": month,
        "outcomes": outcomes_of(texts_of_month(month)),
        **_spending(month),
    }
    return render(request, "messaging/texts.html", context)


def _words(message, templates):
    """What the person read, or will read."""
    if message.key not in KINDS:
        return ""
    letter = render_letter(message, templates)
    if message.channel == Channel.SMS:
        return sms_of(message, letter)
    body = mail_of(message, letter)[0] if message.channel == Channel.EMAIL else letter.body
    return f"{letter.subject}\n\n{body}"


@require_POST
def resolve(request, organisation, pk):
    demand(request, organisation)
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    resolve_unknown(message, was_sent=form.cleaned_data["was_sent"], by=request.user)
    messages.success(request, _("Saved."))
    return redirect("messaging:outbox", organisation.slug)
