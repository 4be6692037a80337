"""Ending sessions, and those of shared phones and computers."""

import time
from functools import partial

from allauth.idp.oidc.models import Token
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from lms.accounts.models import User
from lms.accounts.signals import access_ended

SHARED = "shared_device"
SEEN_AT = "seen_at"
IDLE_SECONDS = 20 * 60
NOTED_EVERY_SECONDS = 60  # a session is written once a minute, not at each click

SHARED_LABEL = _("This phone or computer is shared")
SHARED_HINT = _("You are signed out when the browser closes, or after 20 minutes without a click.")


@transaction.atomic
def end_sessions(user: User, *, by: User | None) -> None:
    """Sign `user` out everywhere, the labs' tokens too; sessions hold a mark of the epoch they began in."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    Token.objects.filter(user=user).delete()
    log(user, "accounts.sessions_ended", user=by)
    transaction.on_commit(partial(access_ended.send, User, user=user))


def mark_shared(session) -> None:
    """Have the session end with the browser, and when nobody touches it for a while."""
    session[SHARED] = True
    session[SEEN_AT] = int(time.time())
    session.set_expiry(0)


def is_idle(session) -> bool:
    """Whether a shared device was left alone for too long. Notes that it is in use otherwise."""
    now = int(time.time())
    idle = now - session.get(SEEN_AT, now)
    if idle >= IDLE_SECONDS:
        return True
    if idle >= NOTED_EVERY_SECONDS or SEEN_AT not in session:
        session[SEEN_AT] = now
    return False
