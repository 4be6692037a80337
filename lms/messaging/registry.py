"""The kinds of message there are: each app registers its own, with texts that staff may replace."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.messaging.texts import placeholders_in

EVERYWHERE = ("name", "organisation", "site")  # placeholders that every message has


class Channel(models.TextChoices):
    IN_APP = "in_app", _("in Umahiri")
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")


class Purpose(models.TextChoices):
    TRANSACTIONAL = "transactional", _("about one's own courses")
    PROMOTIONAL = "promotional", _("news, for those who asked for it")


@dataclass(frozen=True)
class Kind:
    """A kind of message. Its texts are lazy translations; `placeholders` are the names they may use.

    An urgent one comes at night too. A reminder may wait for a person's digest. Without `sms` it is never a
    text message; with `reaches_unchecked` that may go to a number nobody checked yet, as an invitation must.
    """

    key: str
    label: str
    subject: str
    body: str
    sms: str = ""
    placeholders: tuple[str, ...] = ()
    purpose: str = Purpose.TRANSACTIONAL
    is_urgent: bool = False
    is_reminder: bool = False
    reaches_unchecked: bool = False

    @property
    def known(self):
        return {*EVERYWHERE, *self.placeholders}

    def unknown_in(self, text):
        """Placeholders of `text` that this kind of message has no value for."""
        return placeholders_in(text) - self.known


KINDS: dict[str, Kind] = {}


def register_kind(kind):
    """Make `kind` one that can be sent. Call it in your app's `ready()`; a key belongs to one app."""
    if KINDS.setdefault(kind.key, kind) != kind:
        message = f"There is another kind of message {kind.key!r}."
        raise ValueError(message)
    return kind


def key_choices():
    return [(kind.key, kind.label) for kind in KINDS.values()]


def language_choices():
    return settings.LANGUAGES


CAMPAIGN = register_kind(
    Kind(
        "messaging.campaign",
        _("message to a group"),
        subject="{subject}",
        body="{body}",
        sms="{sms}",
        placeholders=("subject", "body", "sms"),
        is_reminder=True,
    )
)
AGREEMENT_ENDING = register_kind(
    Kind(
        "messaging.agreement_ending",
        _("a data agreement ends soon"),
        subject=_("The data agreement with {country} ends on {day}"),
        body=_(
            "Good day {name}. The data agreement with {country}, or its permit, ends on {day}. From the day after, "
            "nobody is imported or nominated for {country}. Have the new one signed and recorded before: {link}"
        ),
        placeholders=("country", "day", "link"),
    )
)
DIGEST = register_kind(
    Kind(
        "messaging.digest",
        _("digest"),
        subject=_("Your messages from {organisation}"),
        body=_("Good day {name}. These came since the last time:\n\n{entries}\n\n{site}"),
        placeholders=("entries",),
    )
)
