"""Setting and removing a password. Either ends the person's other sessions, for their hash holds it."""

from django.db import transaction
from wagtail.log_actions import log

from lms.accounts.models import User


@transaction.atomic
def set_password(user: User, password: str) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    log(user, "accounts.password_changed", user=user)


@transaction.atomic
def remove_password(user: User) -> None:
    """From now on the person signs in by code, passkey or their organisation."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    log(user, "accounts.password_changed", user=user)
