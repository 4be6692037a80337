"""A person's own pages about how they get into the account."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lms.accounts.domain import addresses, end_sessions
from lms.accounts.domain.passwords import remove_password, set_password
from lms.accounts.forms import NewAddressForm, NewPasswordForm, PasswordForm, SentCodeForm
from lms.accounts.reauthentication import SessionCode, confirm_page, recent_sign_in_required
from lms.accounts.second_factor import has_second_factor

CHANNELS = {"email", "phone"}


def _next_page(request):
    address = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if is_ours else reverse("accounts:profile")


def confirm(request):
    """Show again who one is: by a code sent to an address of the account, or by its password."""
    own_page = confirm_page(request.user)
    if own_page != request.path:  # a second step is asked where there is one
        return redirect(f"{own_page}?{request.GET.urlencode()}")
    limited = request.method == "POST" and ratelimit.consume_or_429(
        request, action="reauthenticate", user=request.user
    )
    if limited:
        return limited
    sent = SessionCode(request.session, "confirm")
    own = addresses.addresses_of(request.user)
    if "send" in request.POST and own:
        addresses.send_code_to(own[0], sent.new(own[0]))
    code_form = SentCodeForm(request.POST if "code" in request.POST else None)
    password_form = PasswordForm(
        request.POST if "password" in request.POST else None, user=request.user
    )
    if code_form.is_bound and code_form.is_valid():
        if sent.fits(code_form.cleaned_data["code"]):
            record_authentication(request, request.user, method="code", reauthenticated=True)
            return redirect(_next_page(request))
        code_form.add_error(
            "code", _("This is not the newest code. Look again, or ask for another.")
        )
    if password_form.is_bound and password_form.is_valid():
        record_authentication(request, request.user, method="password", reauthenticated=True)
        return redirect(_next_page(request))
    context = {
        "form": password_form if password_form.is_bound else code_form,
        "code_form": code_form,
        "password_form": password_form if request.user.has_usable_password() else None,
        "sent_to": sent.address,
        "address": own[0] if own else None,
        "next": _next_page(request),
    }
    return render(request, "accounts/confirm.html", context)


@recent_sign_in_required
def address(request, channel):
    """Ask for a new address and send a code there."""
    if channel not in CHANNELS:
        raise Http404
    form = NewAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limited = ratelimit.consume_or_429(request, action="manage_email", user=request.user)
        if limited:
            return limited
        new = form.cleaned_data["contact"]
        sent = SessionCode(request.session, "address")
        code = sent.new(new)
        if addresses.is_taken(new, besides=request.user):
            addresses.tell_holder(new)  # and nothing to who asked
        else:
            addresses.send_code_to(new, code)
        return redirect("accounts:address_confirm")
    return render(request, "accounts/address.html", {"form": form, "channel": channel})


@recent_sign_in_required
def address_confirm(request):
    """Take the code that was sent to the new address; then it is the person's."""
    sent = SessionCode(request.session, "address")
    new = sent.address
    form = SentCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if new and sent.fits(form.cleaned_data["code"]):
            addresses.change_address(request.user, new, by=request.user)
            messages.success(request, _("The new address is yours. Sign in with it from now on."))
            return redirect("accounts:profile")
        form.add_error("code", _("This code does not fit. Look again, or start again."))
    return render(request, "accounts/address_confirm.html", {"form": form, "sent_to": new})


@recent_sign_in_required
def password(request):
    """Set, change or remove the password. Other sessions end, this one goes on."""
    if "remove" in request.POST:
        remove_password(request.user)
        update_session_auth_hash(request, request.user)
        messages.success(request, _("The password is gone. You sign in by a code or a passkey."))
        return redirect("accounts:profile")
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_password(request.user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("The password is set."))
        return redirect("accounts:profile")
    return render(request, "accounts/password.html", {"form": form})


@require_POST
def sessions_end(request):
    end_sessions(request.user, by=request.user)
    logout(request)
    messages.success(request, _("You are signed out on every phone and computer."))
    return redirect(settings.LOGIN_URL)


def second_step(request):
    """Why staff need a second step at sign-in, the ways to have one, and then the way on."""
    context = {"is_done": has_second_factor(request.user), "next": _next_page(request)}
    return render(request, "accounts/second_step.html", context)
