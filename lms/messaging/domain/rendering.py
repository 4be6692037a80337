"""Words of a message, made when they are needed, in the language of who reads them."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from lms.messaging.domain.preferences import opt_out_token
from lms.messaging.models import Message, MessageTemplate
from lms.messaging.registry import CAMPAIGN, DIGEST, Purpose
from lms.messaging.texts import fill


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str
    sms: str


def own_templates() -> dict[tuple[str, str], MessageTemplate]:
    """What staff wrote in place of the defaults, by (key, language)."""
    return {(row.key, row.language): row for row in MessageTemplate.objects.all()}


def everywhere(person, organisation) -> dict[str, str]:
    """Values of the placeholders that every message has."""
    return {
        "name": person.get_short_name(),
        "organisation": organisation.name,
        "site": settings.SITE_URL,
    }


def render(message: Message, templates=None) -> Letter:
    """The three texts of `message` in its person's language; `templates` where many are rendered at once."""
    language = message.person.language or settings.LANGUAGE_CODE
    kind = message.kind
    if templates is None:
        templates = own_templates()
    own = templates.get((message.key, language))
    with override(language):
        values = {
            **_context(message, language, templates),
            **everywhere(message.person, message.organisation),
        }
        return Letter(
            *(
                fill(getattr(own, part, "") or str(getattr(kind, part)), values)
                for part in ("subject", "body", "sms")
            )
        )


def _context(message, language, templates):
    if message.key == CAMPAIGN.key:
        values = everywhere(message.person, message.organisation)
        texts = text_in(message.campaign.texts, language)
        return {part: fill(text, values) for part, text in texts.items()}
    if message.key == DIGEST.key:
        letters = [render(entry, templates) for entry in message.entries.all()]
        return {"entries": "\n\n".join(f"{letter.subject}\n{letter.body}" for letter in letters)}
    return message.context


def text_in(texts: dict, language: str) -> dict[str, str]:
    """The texts of a campaign in `language`, or in the first one it was written in."""
    return texts.get(language) or next(iter(texts.values()))


def mail_of(message: Message, letter: Letter) -> tuple[str, dict[str, str]]:
    """(body, headers) of the mail: news says how to have no more of it (RFC 8058)."""
    if message.purpose != Purpose.PROMOTIONAL:
        return letter.body, {}
    link = settings.SITE_URL + reverse("messaging:stop", args=[opt_out_token(message.person)])
    with override(message.person.language or settings.LANGUAGE_CODE):
        last = _("You asked for news. To stop it: %(link)s") % {"link": link}
    return f"{letter.body}\n\n{last}", {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def sms_of(message: Message, letter: Letter) -> str:
    """The text message: news says how to stop it."""
    if message.purpose != Purpose.PROMOTIONAL:
        return letter.sms
    with override(message.person.language or settings.LANGUAGE_CODE):
        return f"{letter.sms} " + _("Stop: reply STOP")
