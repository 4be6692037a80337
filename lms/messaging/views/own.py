"""A person's own messages, and what they want to get."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.messaging.domain.inbox import mark_read
from lms.messaging.domain.preferences import person_of_token, preference_of, stop_news
from lms.messaging.domain.rendering import own_templates
from lms.messaging.domain.rendering import render as render_letter
from lms.messaging.forms import PreferenceForm
from lms.messaging.models import Message
from lms.organisations.scoping import every_organisation

PAGE_SIZE = 20


def inbox(request):
    with every_organisation():  # a person's own messages, whoever wrote them
        rows = Message.objects.in_app_of(request.user).select_related(
            "person", "organisation", "campaign"
        )
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        templates = own_templates()
        letters = [(message, render_letter(message, templates)) for message in page]
    return render(request, "messaging/inbox.html", {"page": page, "letters": letters})


@require_POST
def mark_as_read(request):
    pk = request.POST.get("message", "")
    mark_read(request.user, int(pk) if pk.isdecimal() and len(pk) < 19 else None)  # noqa: PLR2004  a column's width
    return redirect("messaging:inbox")


def preference(request):
    form = PreferenceForm(request.POST or None, instance=preference_of(request.user))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("messaging:preference")
    return render(request, "messaging/preference.html", {"form": form})


def stop(request, token):
    """Stop the news by one press, by a person or by their mail program. Looking at the page stops nothing."""
    person = person_of_token(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        stop_news(person)
    return render(request, "messaging/stop.html", {"is_stopped": request.method == "POST"})
