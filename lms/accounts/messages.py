"""Mail and text messages that leave us, or are kept where no gateway is set up."""

import logging

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from lms.accounts.gateways import NotSentError, OutcomeUnknownError, sms_gateway
from lms.accounts.models import SentMessage
from lms.core.errors import Refused

logger = logging.getLogger(__name__)


class KeptMailBackend(BaseEmailBackend):
    """Keeps each mail as a SentMessage instead of sending it."""

    def send_messages(self, email_messages):
        SentMessage.objects.bulk_create(
            SentMessage(
                channel=SentMessage.Channel.EMAIL,
                recipient=recipient,
                subject=mail.subject[:200],
                body=mail.body,
            )
            for mail in email_messages
            for recipient in mail.to
        )
        return len(email_messages)


def send_sms(phone, text):
    """Send `text` to `phone` now, while its reader waits; refuse with a sentence where that failed."""
    try:
        sms_gateway().send(phone, text, sender=settings.SMS_SENDER)
    except NotSentError as error:
        if not settings.SMS_GATEWAY:
            raise Refused(str(error), code="no_sms_gateway") from error
        raise Refused(
            _("The text message could not be sent. Use an e-mail address, or try again later."),
            code="sms_not_sent",
        ) from error
    except OutcomeUnknownError:
        # it may have left; who waits in vain asks for another one on the next page
        logger.warning("An outcome of the text gateway is unknown", exc_info=True)
