"""Mail and text messages that leave us, or are kept where no gateway is set up."""

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from lms.accounts.models import SentMessage
from lms.core.errors import Refused


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
    """Keep `text` for `phone` in the demo; elsewhere refuse until a gateway is set up."""
    if not settings.DEMO:
        raise Refused(
            _("Text messages are not set up here yet. Use an e-mail address."),
            code="no_sms_gateway",
        )
    SentMessage.objects.create(channel=SentMessage.Channel.SMS, recipient=phone, body=text)
