"""Text messages through Africa's Talking."""

import re
from decimal import Decimal

import requests
from africastalking.SMS import SMSService
from django.conf import settings
from django.utils.translation import gettext as _

from lms.accounts.gateways import NotSentError, OutcomeUnknownError, Receipt

TAKEN = {100, 101, 102}  # processed, sent, queued
LATER = {405, 500, 501}  # no money left, and faults of theirs
COST = re.compile(r"(?P<currency>[A-Z]{3}) (?P<amount>\d+(?:\.\d+)?)")


class _Service(SMSService):
    """The package's own, at the address that is set, telling a refusal from an answer that never came."""

    def _init_service(self):
        super()._init_service()
        if settings.AFRICASTALKING_URL:
            self._baseUrl = f"{settings.AFRICASTALKING_URL}/version1"

    def _make_request(self, url, method, headers, data, params, callback=None, timeout=None):
        try:
            response = requests.request(
                method, url, headers=headers, data=data, params=params, timeout=timeout
            )
        except requests.ConnectTimeout as error:
            raise NotSentError(
                _("The gateway could not be reached."), may_try_again=True
            ) from error
        except requests.RequestException as error:
            if _never_connected(error):
                raise NotSentError(
                    _("The gateway could not be reached."), may_try_again=True
                ) from error
            raise OutcomeUnknownError(_("The gateway did not answer.")) from error
        if 400 <= response.status_code < 500:  # noqa: PLR2004  the client errors of HTTP
            raise NotSentError(
                _("The gateway refused: %(answer)s") % {"answer": response.text[:150]},
                may_try_again=response.status_code in {401, 408, 429},  # a wrong key is put right
            )
        if not response.ok:
            raise OutcomeUnknownError(_("The gateway answered with a fault of its own."))
        return response


def _never_connected(error):
    """Whether the line broke before anything was said: urllib3 tells it by the reason it gives up for."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in {"NewConnectionError", "NameResolutionError"}


class AfricasTalking:
    def __init__(self):
        self.service = _Service(settings.AFRICASTALKING_USERNAME, settings.AFRICASTALKING_API_KEY)

    def send(self, to, text, *, sender=""):
        """Send one message to one number.

        They have no question "did you send this?": an answer that is lost stays unknown to us.
        """
        response = self.service.send(text, [to], sender_id=sender or None)
        try:
            answer = response.json()["SMSMessageData"]
            recipients = answer["Recipients"]
        except (ValueError, KeyError, TypeError) as error:
            raise OutcomeUnknownError(_("The gateway's answer could not be read.")) from error
        if not recipients:
            raise NotSentError(
                _("The gateway refused: %(answer)s") % {"answer": str(answer.get("Message"))[:150]}
            )
        return _receipt(recipients[0])


def _receipt(recipient):
    code = int(recipient.get("statusCode", 0))
    if code not in TAKEN:
        raise NotSentError(
            _("The gateway refused: %(answer)s")
            % {"answer": str(recipient.get("status", code))[:150]},
            may_try_again=code in LATER,
        )
    cost = COST.fullmatch(str(recipient.get("cost", "")))
    return Receipt(
        provider_id=str(recipient.get("messageId", ""))[:100],
        cost=Decimal(cost["amount"]) if cost else Decimal(0),
        currency=cost["currency"] if cost else "",
    )
