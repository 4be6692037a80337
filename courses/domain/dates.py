"""Working days, and by when an activity is due for one learner."""

from collections.abc import Container
from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.utils import timezone

from courses.models import Enrolment, Holiday

SATURDAY = 5


@lru_cache(maxsize=256)
def _calendar(country_code: str, year: int) -> frozenset[date]:
    if country_code not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country_code, years=year))


def days_off(country_code: str, first: date, last: date) -> set[date]:
    """Public holidays of the country between two days: its calendar, and what was gazetted since."""
    known = {
        day
        for year in range(first.year, last.year + 1)
        for day in _calendar(country_code, year)
        if first <= day <= last
    }
    gazetted = Holiday.objects.filter(country_code=country_code, on__range=(first, last))
    return known | set(gazetted.values_list("on", flat=True))


def add_working_days(start: date, days: int, off: Container[date]) -> date:
    """The `days`-th working day after `start`; weekends and days `off` do not count."""
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in off:
            days -= 1
    return day


def due_dates_of(enrolment: Enrolment) -> dict[str, date]:
    """By when each activity is due for this learner, keyed by activity; three queries, whatever their number.

    Counted from the learner's start, or the run's where that is later. An extension moves a date, never back.
    """
    working_days = dict(enrolment.run.due_dates.values_list("activity_key", "working_days"))
    if not working_days:
        return {}
    start = max(enrolment.run.starts_on, timezone.localdate(enrolment.enrolled_at))
    longest = start + timedelta(days=3 * max(working_days.values()) + 30)
    off = days_off(enrolment.organisation.country_code, start, longest)
    due = {str(key): add_working_days(start, days, off) for key, days in working_days.items()}
    for extension in enrolment.extensions.all():
        keys = [str(extension.activity_key)] if extension.activity_key else list(due)
        for key in keys:
            if key in due:
                due[key] = max(due[key], extension.until)
    return due
