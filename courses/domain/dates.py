"""Working days, and by when an activity is due for one learner."""

from collections.abc import Container, Iterable
from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.utils import timezone

from courses.models import CourseRun, Enrolment, Holiday

SATURDAY = 5


@lru_cache(maxsize=256)
def _calendar(country_code: str, year: int) -> frozenset[date]:
    if country_code not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country_code, years=year))


def days_off(country_code: str, first: date, last: date) -> set[date]:
    """Public holidays of the country between two days: its calendar, and what was gazetted since."""
    return days_off_in([country_code], first, last)[country_code]


def days_off_in(country_codes: Iterable[str], first: date, last: date) -> dict[str, set[date]]:
    """As `days_off` for several countries; one query."""
    off = {
        code: {
            day
            for year in range(first.year, last.year + 1)
            for day in _calendar(code, year)
            if first <= day <= last
        }
        for code in country_codes
    }
    for holiday in Holiday.objects.filter(country_code__in=off, on__range=(first, last)):
        off[holiday.country_code].add(holiday.on)
    return off


def add_working_days(start: date, days: int, off: Container[date]) -> date:
    """The `days`-th working day after `start`; weekends and days `off` do not count."""
    day = start
    while days:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in off:
            days -= 1
    return day


def latest_overdue_start(today: date, days: int, off: Container[date]) -> date:
    """The last day on which who started has `days` working days behind them, so that yesterday was the last."""
    day = today
    while days:
        day -= timedelta(days=1)
        if day.weekday() < SATURDAY and day not in off:
            days -= 1
    return day - timedelta(days=1)


def overdue_starts(
    run: CourseRun, country_codes: Iterable[str], today: date
) -> dict[str, dict[str, date]]:
    """{country: {activity key: the last start by which the activity is overdue today}}; two queries."""
    working_days = dict(run.due_dates.values_list("activity_key", "working_days"))
    if not working_days:
        return {}
    earliest = today - timedelta(days=3 * max(working_days.values()) + 30)
    starts: dict[str, dict[str, date]] = {}
    for code, off in days_off_in(country_codes, earliest, today).items():
        by_days = {days: latest_overdue_start(today, days, off) for days in working_days.values()}
        starts[code] = {str(key): by_days[days] for key, days in working_days.items()}
    return starts


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
