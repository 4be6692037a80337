"""The addresses that a person is reached at, and telling them what happened to the account."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log

from lms.accounts.messages import send_sms
from lms.accounts.models import User
from lms.core.errors import Refused


def addresses_of(user: User) -> list[tuple[str, str]]:
    """(channel, address) of each, e-mail first."""
    return [
        (channel, address)
        for channel, address in (("email", user.email), ("phone", user.phone))
        if address
    ]


def is_taken(address: tuple[str, str], *, besides: User) -> bool:
    channel, value = address
    holders = User.objects.exclude(pk=besides.pk)
    if channel == "phone":
        return holders.filter(phone=value).exists()
    known = Q(email__iexact=value) | Q(emailaddress__email__iexact=value)
    return holders.filter(known).exists()


def send_code_to(address: tuple[str, str], code: str) -> None:
    channel, value = address
    if channel == "phone":
        text = _("Your Umahiri code is %(code)s. It works for 15 minutes.") % {"code": code}
        send_sms(value, text)
    else:
        subject, text = (
            render_to_string(f"account/email/login_code_{part}.txt", {"code": code}).strip()
            for part in ("subject", "message")
        )
        send_mail(subject, text, None, [value])


def tell(addresses: list[tuple[str, str]], subject: str, text: str) -> None:
    """Tell the holder of each address; what was done stands even where a text cannot be sent."""
    for channel, value in addresses:
        if channel == "phone":
            try:
                send_sms(value, f"Umahiri: {text}")
            except Refused:
                continue
        else:
            send_mail(subject, text, None, [value])


def tell_holder(address: tuple[str, str]) -> None:
    """Tell who reads this address that it has an account already, as they may have forgotten."""
    tell(
        [address],
        _("This address has an account already"),
        _(
            "Somebody wanted to add this address to another Umahiri account. It has an account already. "
            "If it was you, sign in with this address instead."
        ),
    )


@transaction.atomic
def change_address(user: User, address: tuple[str, str], *, by: User | None) -> None:
    """Make `address`, which was shown to be theirs, the person's e-mail or phone, and tell the old ones.

    Refuses one that another account has.
    """
    taken = Refused(
        _("This address belongs to another account. Sign in with it, or give another one."),
        code="address_taken",
    )
    if is_taken(address, besides=user):
        raise taken
    channel, value = address
    old = addresses_of(user)
    try:
        with transaction.atomic():
            if channel == "phone":
                user.phone, user.is_phone_verified = value, True
                user.save(update_fields=["phone", "is_phone_verified"])
            else:
                user.email = value
                user.save(update_fields=["email"])
                # allauth's own record of an earlier address would go on taking codes
                EmailAddress.objects.filter(user=user).delete()
                EmailAddress.objects.create(user=user, email=value, verified=True, primary=True)
    except IntegrityError as error:  # another account was first
        raise taken from error
    log(user, "accounts.address_changed", user=by, data={"channel": channel})
    transaction.on_commit(lambda: _tell_of_change(user, old))


def _tell_of_change(user: User, old: list[tuple[str, str]]) -> None:
    with override(user.language or settings.LANGUAGE_CODE):
        tell(
            old,
            _("An address of your account was changed"),
            _(
                "An address of your Umahiri account was changed. If it was not you, "
                "ask your organisation's coordinator at once to help you back in."
            ),
        )
