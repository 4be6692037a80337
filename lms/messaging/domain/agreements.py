"""Telling staff of data agreements that end: found from state, so that a day that was missed does no harm."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from lms.messaging.domain.sending import send
from lms.messaging.registry import AGREEMENT_ENDING, Channel
from lms.organisations.agreements import agreements_ending_soon, warning_due
from lms.organisations.models import PartnerAgreement, Role
from lms.organisations.queries import staff_over

TOLD = (Role.COORDINATOR, Role.ADMINISTRATOR)


def warn_of_agreements(today: date | None = None) -> None:
    """Tell the coordinators and administrators of each country, and those above them, 90, 30 and 7 days before.

    Each of the three once to each person and agreement, however often this runs; the scope must be open.
    """
    today = today or timezone.localdate()
    for agreement in agreements_ending_soon(today):
        if days := warning_due(agreement.last_day, today):
            _warn(agreement, days)


def _warn(agreement: PartnerAgreement, days: int) -> None:
    country = agreement.organisation
    path = reverse("organisations:agreement_list", args=[country.slug])
    held = staff_over(country).filter(role__in=TOLD).select_related("user__message_preference")
    for person in {membership.user for membership in held}:
        with override(person.language or settings.LANGUAGE_CODE):
            last_day = date_format(agreement.last_day)
        send(
            person,
            AGREEMENT_ENDING.key,
            organisation=country,
            dedupe=f"agreement {agreement.pk} until {agreement.last_day}, {days} days",
            context={
                "country": country.name,
                "day": last_day,
                "link": f"{settings.SITE_URL}{path}",
            },
            channels=[Channel.IN_APP.value, Channel.EMAIL.value],
        )
