"""Data agreements with partner countries: whether one is in force, and which run out soon."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.core.errors import Refused
from lms.organisations.models import Kind, Organisation, PartnerAgreement

WARNED_DAYS = (90, 30, 7)  # before the last day


def country_of(organisation: Organisation) -> Organisation | None:
    """The country at or above `organisation`; None for the Centre itself."""
    if organisation.kind == Kind.COUNTRY:
        return organisation
    return organisation.get_ancestors().filter(kind=Kind.COUNTRY).first()


def agreement_of(organisation: Organisation, on: date | None = None) -> PartnerAgreement | None:
    """The agreement in force for the organisation's country, or None."""
    country = country_of(organisation)
    if country is None:
        return None
    on = on or timezone.localdate()
    return max(country.agreements.in_force(on), key=lambda row: row.last_day, default=None)


def demand_agreement(organisation: Organisation) -> None:
    """Refuse, saying what is missing, unless the organisation's country has an agreement in force."""
    country = country_of(organisation)
    if country is None or agreement_of(organisation):
        return
    latest = country.agreements.first()
    if latest is None:
        raise Refused(
            _(
                "There is no data agreement with %(country)s yet, so its people cannot be imported. "
                "Have one signed and recorded first."
            )
            % {"country": country.name},
            code="no_agreement",
        )
    raise Refused(
        _(
            "The data agreement with %(country)s, or its permit, ended on %(day)s, so its people cannot be imported. "
            "Record the new one first."
        )
        % {"country": country.name, "day": date_format(latest.last_day)},
        code="agreement_expired",
    )


def agreements_ending_soon(today: date | None = None) -> list[PartnerAgreement]:
    """Agreements in force that have at most ninety days left and no successor, soonest first."""
    today = today or timezone.localdate()
    newest: dict[int, PartnerAgreement] = {}
    for row in PartnerAgreement.objects.in_force(today).select_related("organisation"):
        known = newest.get(row.organisation_id)
        if known is None or row.last_day > known.last_day:
            newest[row.organisation_id] = row
    soon = today + timedelta(days=max(WARNED_DAYS))
    return sorted(
        (row for row in newest.values() if row.last_day <= soon), key=lambda row: row.last_day
    )


def warning_due(last_day: date, today: date) -> int | None:
    """The warning whose time it is: the latest that has come; None before the first and after the end."""
    left = (last_day - today).days
    if left < 0:
        return None
    return min((days for days in WARNED_DAYS if left <= days), default=None)
