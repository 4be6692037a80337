"""Mail, through the backend that Django is set to."""

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPSenderRefused

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from lms.accounts.gateways import NotSentError, Receipt


def send(to, subject, body, *, message_id, headers=None):
    """Hand a mail to the server. Handed over twice, it has the same Message-ID both times."""
    mail = EmailMessage(
        " ".join(subject.split()),
        body,
        None,
        [to],
        headers={"Message-ID": message_id, **(headers or {})},
    )
    try:
        mail.send()
    except (SMTPRecipientsRefused, SMTPSenderRefused) as error:
        raise NotSentError(_("The mail server refused this address.")) from error
    except (SMTPException, OSError) as error:
        raise NotSentError(_("The mail server did not take it."), may_try_again=True) from error
    return Receipt(provider_id=message_id)
