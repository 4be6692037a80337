"""What a cohort may use, what it has used, and what that cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.models import Cohort
from labs.models import LabQuota, LabSession

HOUR = timedelta(hours=1)
BEGINNING = datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True)
class Limits:
    """What holds for a cohort: its own quota, and the platform's where it has none. None: no limit."""

    places: int | None
    memory_mb: int
    cpus: Decimal
    hours_monthly: int | None
    hours_in_all: int | None


def limits_of(cohort_id: int | None) -> Limits:
    """The limits of a cohort, or of who is in none; the scope must hold the cohort."""
    own = LabQuota.objects.filter(cohort=cohort_id).first() if cohort_id else None
    return merged(own, is_cohort=cohort_id is not None)


def merged(own: LabQuota | None, *, is_cohort: bool = True) -> Limits:
    """`own` over the platform's settings; cohorts' limits bind nobody who is in no cohort."""
    own = own or LabQuota()
    limits = Limits(
        places=_first(own.places, settings.LABS_COHORT_PLACES or None),
        memory_mb=_first(own.memory_mb, settings.LABS_MEMORY_MB),
        cpus=_first(own.cpus, Decimal(settings.LABS_CPUS)),
        hours_monthly=_first(own.hours_monthly, settings.LABS_COHORT_HOURS or None),
        hours_in_all=own.hours_in_all,
    )
    if is_cohort:
        return limits
    return Limits(None, limits.memory_mb, limits.cpus, None, None)


def _first(own, default):
    return default if own is None else own


@transaction.atomic
def set_quota(cohort: Cohort, values: dict, *, by) -> LabQuota:
    """Keep the quota of `cohort` and note who set it."""
    quota, _created = LabQuota.objects.update_or_create(cohort=cohort, defaults=values)
    kept = {name: None if value is None else str(value) for name, value in values.items()}
    log(cohort, "labs.quota_set", user=by, data=kept)
    return quota


@dataclass(frozen=True)
class Usage:
    """Server time of a cohort, None for those in none; `gb_hours` are of the memory granted."""

    cohort_id: int | None
    sessions: int
    hours: Decimal
    gb_hours: Decimal

    @property
    def cost(self) -> Decimal:
        return self.gb_hours * Decimal(settings.LABS_GB_HOUR_PRICE)


def month_span(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next, in the zone that is open."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return tuple(
        timezone.make_aware(datetime.combine(day, time.min))
        for day in (month.replace(day=1), following)
    )


def usage_between(since: datetime, until: datetime, *, sessions=None, now=None) -> list[Usage]:
    """Usage by cohort of the `sessions` in scope, as far as they lie between; one query."""
    now = now or timezone.now()
    rows = LabSession.objects.all() if sessions is None else sessions
    begun = Greatest(F("started_at"), Value(since))
    ended = Least(Coalesce(F("ended_at"), Value(now)), Value(until))
    summed = (
        rows.filter(started_at__lt=until)
        .exclude(ended_at__lte=since)
        .order_by()
        .values_list("cohort", "memory_mb")
        .annotate(
            time=Sum(ExpressionWrapper(ended - begun, output_field=DurationField())),
            number=Sum(Value(1)),
        )
    )
    return _by_cohort(summed)


def _by_cohort(summed: Iterable[tuple[int | None, int, timedelta, int]]) -> list[Usage]:
    found: dict[int | None, Usage] = {}
    for cohort, memory_mb, spent, number in summed:
        hours = Decimal(str(spent / HOUR))
        known = found.get(cohort, Usage(cohort, 0, Decimal(0), Decimal(0)))
        found[cohort] = Usage(
            cohort,
            known.sessions + number,
            known.hours + hours,
            known.gb_hours + hours * memory_mb / 1024,
        )
    return list(found.values())


def hours_left(cohort_id: int | None, limits: Limits, *, now=None) -> Decimal | None:
    """Hours that the cohort may still use, never below 0; None where there is no limit."""
    if limits.hours_monthly is None and limits.hours_in_all is None:
        return None
    now = now or timezone.now()
    sessions = LabSession.objects.filter(cohort=cohort_id)
    spans = [
        (limits.hours_monthly, month_span(timezone.localdate(now))),
        (limits.hours_in_all, (BEGINNING, now)),
    ]
    left = [limit - _hours(sessions, span, now) for limit, span in spans if limit is not None]
    return max(Decimal(0), min(left))


def _hours(sessions, span: tuple[datetime, datetime], now: datetime) -> Decimal:
    used = usage_between(*span, sessions=sessions, now=now)
    return sum((each.hours for each in used), Decimal(0))


@dataclass(frozen=True)
class CohortUsage:
    """The usage of a cohort in a month, with the names that people know it by."""

    name: str
    run: str
    organisation: str
    usage: Usage


def usage_of_month(month: date) -> list[CohortUsage]:
    """Usage in scope of each cohort, by name, and last of those in none; two queries."""
    found = usage_between(*month_span(month))
    cohorts = Cohort.objects.select_related("run", "organisation").in_bulk(
        [usage.cohort_id for usage in found if usage.cohort_id]
    )
    rows = [
        CohortUsage(cohort.name, cohort.run.code, cohort.organisation.name, usage)
        for usage in found
        if (cohort := cohorts.get(usage.cohort_id))
    ]
    rows.sort(key=lambda row: (row.run, row.name))
    others = [usage for usage in found if usage.cohort_id not in cohorts]
    return [*rows, *(CohortUsage(_("in no cohort"), "", "", usage) for usage in others)]


def used_by(cohort: Cohort) -> dict[str, Decimal]:
    """Hours that the cohort has used, this month and in all."""
    now = timezone.now()
    sessions = LabSession.objects.filter(cohort=cohort)
    spans = {"month": month_span(timezone.localdate(now)), "all": (BEGINNING, now)}
    return {name: _hours(sessions, span, now) for name, span in spans.items()}
