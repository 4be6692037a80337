"""Giving an account back to a person who has lost every way into it."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from wagtail.log_actions import log

from lms.accounts.domain.addresses import change_address
from lms.accounts.domain.sessions import end_sessions
from lms.accounts.models import User


@transaction.atomic
def recover_account(user: User, address: tuple[str, str], *, by: User | None) -> None:
    """Make `address`, shown to be the person's, the only way in; the earlier ones are told.

    What a thief could hold ends: other addresses, the password, second steps, all sessions.
    """
    change_address(user, address, by=by)
    channel, _value = address
    if channel == "email":
        user.phone, user.is_phone_verified = None, False
    else:
        user.email = None
        EmailAddress.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["email", "phone", "is_phone_verified", "password"])
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user, by=by)
    log(user, "accounts.recovered", user=by)
