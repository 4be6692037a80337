"""The doors through which mail and text messages leave, one shape for all of them.

A gateway of text messages has `send(to, text, *, sender)`, which returns a Receipt, or raises NotSentError
when nothing left, or OutcomeUnknownError when nobody can tell. A new one is a module here and a row in
`gateway_named`; nothing else changes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Receipt:
    """What a gateway says of a message that it took."""

    provider_id: str = ""
    cost: Decimal = Decimal(0)
    currency: str = ""
    is_delivered: bool = False


class NotSentError(Exception):
    """Certainly not sent; `may_try_again` says whether it could be, some time later."""

    def __init__(self, sentence, *, may_try_again=False):
        super().__init__(sentence)
        self.may_try_again = may_try_again


class OutcomeUnknownError(Exception):
    """Handed over without an answer that can be read: it may have been sent."""


class SmsGateway(Protocol):
    def send(self, to: str, text: str, *, sender: str = "") -> Receipt: ...


def gateway_named(name: str) -> Callable[[], SmsGateway]:
    """The maker of the gateway that the setting `sms_gateway` names."""
    # here, for each needs what only it uses
    if name == "africastalking":
        from lms.accounts.gateways.africas_talking import AfricasTalking

        return AfricasTalking
    from lms.accounts.gateways.kept import Kept

    return Kept


def sms_gateway() -> SmsGateway:
    """The gateway in use; where none is set up, NotSentError."""
    if not settings.SMS_GATEWAY:
        raise NotSentError(_("Text messages are not set up here yet. Use an e-mail address."))
    return gateway_named(settings.SMS_GATEWAY)()
