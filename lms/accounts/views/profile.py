"""A person's own page, and the demo's page of sent messages."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lms.accounts.forms import ProfileForm
from lms.accounts.models import SentMessage
from lms.accounts.second_factor import has_second_factor

SHOWN_MESSAGES = 50


def profile(request):
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        response = redirect("accounts:profile")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, request.user.language, settings.LANGUAGE_COOKIE_AGE
        )
        return response
    return render(
        request,
        "accounts/profile.html",
        {"form": form, "has_second_factor": has_second_factor(request.user)},
    )


@permission_required("accounts.view_sentmessage", raise_exception=True)
def sent_message_list(request):
    """Shows codes, so only in the demo: elsewhere staff could sign in as anyone."""
    if not settings.DEMO:
        raise Http404
    return render(
        request,
        "accounts/sentmessage_list.html",
        {"sent_messages": SentMessage.objects.all()[:SHOWN_MESSAGES]},
    )


@login_not_required
def not_offered(request):
    raise Http404
