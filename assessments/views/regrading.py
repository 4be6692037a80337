"""Putting a question right after people answered it: dry run first, then the replay and what it changed."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from assessments.domain.items import also_accepting, bodies, publish_body
from assessments.domain.regrading import begin_regrade, foresee_regrade
from assessments.forms import ReasonForm
from assessments.interactions.markup import plain
from assessments.models import Item, Regrade
from lms.core.errors import Refused
from lms.core.exports import stream_csv
from lms.core.permissions import demand

SHOWN = 50


def _asked(request, organisation, item):
    """(regrade, body) of what the address asks for: drop, rescore, or accept one answer more."""
    action = request.GET.get("action", "rescore")
    quiz = request.GET.get("quiz") or None
    regrade = Regrade(
        organisation=organisation,
        item=item,
        activity_key=quiz,
        action=Regrade.Action.DROP if action == "drop" else Regrade.Action.RESCORE,
        by=request.user,
    )
    if action != "accept":
        return regrade, None
    body = also_accepting(bodies([item.current])[item.current_id], request.GET.get("option", ""))
    if body is None:
        raise Refused(
            _("This answer is right already, or the question cannot take another right answer."),
            code="cannot_accept",
        )
    return regrade, body


def _named(body, answer):
    """An answer in words: an option is asked for by its id."""
    options = {option.id: option.text for option in getattr(body, "options", [])}
    return plain(options.get(answer, answer))


def regrade_new(request, organisation, pk):
    """What a regrade would change, and the button that starts it."""
    demand(request, "assessments.teach", organisation)
    item = get_object_or_404(
        Item.objects.select_related("current", "bank"), pk=pk, current__isnull=False
    )
    regrade, body = _asked(request, organisation, item)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if body is not None:
            if not request.user.has_perm("assessments.publish_item"):
                raise PermissionDenied
            publish_body(item, body, by=request.user)
        regrade.reason = form.cleaned_data["reason"]
        begin_regrade(regrade)
        return redirect("assessments:regrade", organisation.slug, regrade.pk)
    forecast = foresee_regrade(regrade, body)
    context = {
        "organisation": organisation,
        "item": item,
        "body": bodies([item.current])[item.current_id],
        "action": request.GET.get("action", "rescore"),
        "option": _named(bodies([item.current])[item.current_id], request.GET.get("option", "")),
        "forecast": forecast,
        "changes": forecast.changes[:SHOWN],
        "form": form,
        "may_publish": request.user.has_perm("assessments.publish_item"),
    }
    return render(request, "assessments/regrade_new.html", context)


def regrade(request, organisation, pk):
    """How a regrade goes on, and every result it changed."""
    demand(request, "assessments.teach", organisation)
    found = get_object_or_404(Regrade.objects.select_related("item", "by"), pk=pk)
    changes = found.changes.select_related("attempt__enrolment__user").order_by("pk")
    if request.GET.get("format") == "csv":
        log(organisation, "reports.exported", user=request.user, data={"list": "regrade"})
        return _changes_csv(found, changes)
    context = {
        "organisation": organisation,
        "regrade": found,
        "page": Paginator(changes, SHOWN).get_page(request.GET.get("page")),
    }
    return render(request, "assessments/regrade.html", context)


def _changes_csv(found, changes):
    header = [_("Learner"), _("Before"), _("of"), _("After"), _("of")]
    rows = [  # read in full first: the scope closes before the answer is streamed
        (
            change.attempt.enrolment.user.full_name,
            change.score_before,
            change.maximum_before,
            change.score_after,
            change.maximum_after,
        )
        for change in changes
    ]
    return stream_csv(f"regrade-{found.pk}", header, rows)


def regrade_list(request, organisation):
    demand(request, "assessments.teach", organisation)
    regrades = Regrade.objects.select_related("item", "by")
    page = Paginator(regrades, SHOWN).get_page(request.GET.get("page"))
    return render(
        request, "assessments/regrade_list.html", {"organisation": organisation, "page": page}
    )
