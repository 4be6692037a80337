"""Working days, a country's days off, and by when an activity is due for one learner."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.log_actions import log

from courses.models import CourseRun, DueDate, Enrolment, Holiday

SATURDAY = 5


@lru_cache(maxsize=256)
def _calendar(country_code: str, year: int, language: str = "en") -> dict[date, str]:
    """What the calendar foresees, named in `language` where it can, else in English, else as the country does."""
    languages = holidays.list_supported_countries()
    if country_code not in languages:
        return {}
    spoken = [
        code
        for wanted in (language, "en")
        for code in holidays.country_holidays(country_code).supported_languages
        if code.split("_")[0] == wanted
    ]
    return dict(
        holidays.country_holidays(country_code, years=year, language=next(iter(spoken), None))
    )


@dataclass(frozen=True)
class DayOff:
    """A day without work: foreseen by the calendar, or added as `holiday`."""

    on: date
    name: str
    holiday: Holiday | None = None

    @property
    def is_weekend(self) -> bool:
        return self.on.weekday() >= SATURDAY


def calendar_of(country_code: str, first: date, last: date) -> list[DayOff]:
    """The country's days off between two days with their names, in order; one query."""
    language = (get_language() or "en").split("-")[0]
    foreseen = {
        on: DayOff(on, name)
        for year in range(first.year, last.year + 1)
        for on, name in _calendar(country_code, year, language).items()
        if first <= on <= last
    }
    added = {
        holiday.on: DayOff(holiday.on, holiday.name, holiday)
        for holiday in Holiday.objects.filter(country_code=country_code, on__range=(first, last))
    }
    days = foreseen | added
    return [days[on] for on in sorted(days)]


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


def _window(rules: Iterable[DueDate]) -> timedelta:
    """More days than the longest of `rules` can take, whatever the days off."""
    return timedelta(days=3 * max((rule.working_days or 0 for rule in rules), default=0) + 30)


def overdue_starts(
    run: CourseRun, country_codes: Iterable[str], today: date
) -> dict[str, dict[str, date]]:
    """{country: {activity key: the last start by which the activity is overdue today}}; two queries."""
    rules = list(run.due_dates.all())
    if not rules:
        return {}
    passed = {str(rule.activity_key): today for rule in rules if rule.on and rule.on < today}
    relative = {str(rule.activity_key): rule.working_days for rule in rules if rule.working_days}
    starts: dict[str, dict[str, date]] = {}
    for code, off in days_off_in(country_codes, today - _window(rules), today).items():
        by_days = {days: latest_overdue_start(today, days, off) for days in relative.values()}
        starts[code] = passed | {key: by_days[days] for key, days in relative.items()}
    return starts


def dates_from(rules: Sequence[DueDate], start: date, country_code: str) -> dict[str, date]:
    """What `rules` come out as, keyed by activity, for one who starts on `start` there; one query."""
    off = days_off(country_code, start, start + _window(rules))
    return {
        str(rule.activity_key): rule.on or add_working_days(start, rule.working_days, off)
        for rule in rules
    }


def due_dates_of(enrolment: Enrolment) -> dict[str, date]:
    """By when each activity is due for this learner, keyed by activity; three queries, whatever their number.

    Counted from the learner's start, or the run's where that is later; a day that is fixed holds for everybody.
    An extension moves a date, never back.
    """
    rules = list(enrolment.run.due_dates.all())
    if not rules:
        return {}
    start = max(enrolment.run.starts_on, timezone.localdate(enrolment.enrolled_at))
    due = dates_from(rules, start, enrolment.organisation.country_code)
    for extension in enrolment.extensions.all():
        keys = [str(extension.activity_key)] if extension.activity_key else list(due)
        for key in keys:
            if key in due:
                due[key] = max(due[key], extension.until)
    return due


@transaction.atomic
def set_due_dates(run: CourseRun, rules: Sequence[DueDate], *, by) -> None:
    """Let `rules`, not saved yet, be the due dates of the activities that `run` has now; the others have none.

    What an earlier edition's activities were due by stays, for the run may move back to it.
    """
    CourseRun.objects.select_for_update().get(pk=run.pk)
    DueDate.objects.filter(
        run=run, activity_key__in=[entry["key"] for entry in run.edition.activities]
    ).delete()
    DueDate.objects.bulk_create(rules)
    data = {
        str(rule.activity_key): rule.on.isoformat() if rule.on else rule.working_days
        for rule in rules
    }
    log(run, "courses.due_dates_set", user=by, data={"due": data})


def keep_holiday(holiday: Holiday, *, by) -> None:
    """Keep a new or changed day off; due dates follow from the next look at them."""
    holiday.save()
    log(holiday, "courses.holiday_kept", user=by, data=_told(holiday))


def remove_holiday(holiday: Holiday, *, by) -> None:
    """Make the day one of work again."""
    log(holiday, "courses.holiday_removed", user=by, data=_told(holiday))
    holiday.delete()


def _told(holiday: Holiday) -> dict[str, str]:
    return {"country": holiday.country_code, "on": holiday.on.isoformat(), "name": holiday.name}
