"""Asking again who it is, before something that would let another person in for good."""

import secrets
import time
from functools import wraps
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

CODE_SECONDS = 15 * 60
TRIES = 5


def is_recent(request):
    """Whether the person showed who they are a short while ago, at sign-in or since."""
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0)
    return time.time() - newest < app_settings.REAUTHENTICATION_TIMEOUT


def recent_sign_in_required(view):
    """Ask again who it is, by what the account has: a second step if there is one, else a code or password."""

    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if is_recent(request):
            return view(request, *args, **kwargs)
        # what was sent is not kept: some of it is a secret
        is_page = request.method == "GET"
        next_page = request.get_full_path() if is_page else reverse("accounts:profile")
        return redirect(f"{confirm_page(request.user)}?{urlencode({'next': next_page})}")

    return guarded


def confirm_page(user):
    """The page on which `user` shows again who they are."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in kinds:
        return reverse("mfa_reauthenticate")
    if Authenticator.Type.WEBAUTHN in kinds:
        return reverse("mfa_reauthenticate_webauthn")
    return reverse("accounts:confirm")


class SessionCode:
    """A code sent to an address, remembered by its hash in the session of who asked for it."""

    def __init__(self, session, purpose):
        self.session, self.key = session, f"code:{purpose}"

    def _hash(self, code):
        return salted_hmac(self.key, code, algorithm="sha256").hexdigest()

    @property
    def address(self):
        """(channel, address) that a code was sent to and still works, or None."""
        state = self.session.get(self.key)
        if not state or time.time() - state["at"] > CODE_SECONDS or state["tries"] >= TRIES:
            return None
        return tuple(state["address"])

    def new(self, address):
        code = f"{secrets.randbelow(10**6):06}"
        self.session[self.key] = {
            "hash": self._hash(code),
            "at": time.time(),
            "tries": 0,
            "address": list(address),
        }
        return code

    def fits(self, code):
        """Whether this is the code. Counts the tries; one that fits is used up."""
        if not self.address:
            return False
        state = self.session[self.key]
        state["tries"] += 1
        self.session.modified = True
        if not constant_time_compare(state["hash"], self._hash(code)):
            return False
        del self.session[self.key]
        return True
