"""Signing in through one's organisation, and the identities that are connected to the account."""

from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.log_actions import log

from lms.accounts.identities import IdentityAdapter
from lms.accounts.models import IdentityProvider
from lms.accounts.reauthentication import recent_sign_in_required


def _leading_to(response, providers):
    """Let the page's forms lead to the servers: a browser checks that for where they redirect, too."""
    response._csp_update = {"form-action": sorted({each.origin for each in providers})}  # noqa: SLF001  django-csp's
    return response


@login_not_required
def organisation_sign_in(request):
    providers = list(IdentityProvider.objects.filter(is_active=True))
    page = render(request, "accounts/organisation_sign_in.html", {"providers": providers})
    return _leading_to(page, providers)


@recent_sign_in_required
def identities(request):
    """Connect an identity, or let one go."""
    providers = list(IdentityProvider.objects.filter(is_active=True))
    connected = {each.provider: each for each in SocialAccount.objects.filter(user=request.user)}
    context = {"rows": [(provider, connected.get(provider.key)) for provider in providers]}
    return _leading_to(render(request, "accounts/identities.html", context), providers)


@require_POST
@recent_sign_in_required
def identity_connect(request, pk):
    server = get_object_or_404(IdentityProvider, pk=pk, is_active=True)
    provider = IdentityAdapter(request).get_provider(request, server.key)
    return provider.redirect(request, AuthProcess.CONNECT, next_url=reverse("accounts:identities"))


@require_POST
@recent_sign_in_required
def identity_disconnect(request, pk):
    get_object_or_404(SocialAccount, pk=pk, user=request.user).delete()
    log(request.user, "accounts.identity_disconnected", user=request.user)
    messages.success(request, _("It no longer signs you in."))
    return redirect("accounts:identities")
