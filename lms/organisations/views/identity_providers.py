"""How people sign in through the organisation's own server: set up by its administrators."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.accounts.models import IdentityProvider
from lms.core.permissions import demand
from lms.organisations.forms import IdentityProviderForm


def provider_list(request, organisation):
    demand(request, "organisations.set_identity_provider", organisation)
    providers = IdentityProvider.objects.filter(organisation=organisation)
    context = {"organisation": organisation, "providers": providers}
    return render(request, "organisations/provider_list.html", context)


def provider_edit(request, organisation, pk=None):
    """A new one without `pk`. The secret is taken and never shown again."""
    demand(request, "organisations.set_identity_provider", organisation)
    provider = IdentityProvider(organisation=organisation)
    if pk:
        provider = get_object_or_404(IdentityProvider, pk=pk, organisation=organisation)
    form = IdentityProviderForm(request.POST or None, instance=provider)
    if request.method == "POST" and form.is_valid():
        provider = form.save()
        log(provider, "organisations.identity_provider_set", user=request.user)
        messages.success(request, _("Saved."))
        return redirect("organisations:provider_list", organisation.slug)
    context = {"organisation": organisation, "form": form, "provider": provider}
    return render(request, "organisations/provider_edit.html", context)
