"""The progress grid of a run: people down, activities across, all read from rollups."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from statistics import median

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from courses.domain.dates import overdue_starts
from courses.domain.rollups import hex_key
from courses.models import Cohort, CourseRun, Enrolment, EnrolmentState, Extension, Pace, Progress
from lms.core.small_counts import hide_small, hide_small_total
from lms.organisations.models import Organisation
from lms.reports.queries import named
from lms.reports.standing import SHOWN, Standing, standing_of, with_standing

PAGE_SIZE = 1_000
BY_NAME = ("user__full_name", "pk")
SECONDS_A_DAY = 86_400
# what a row shows: reading whole people takes as long as drawing them
USER_NAMES = ("user__full_name", "user__email", "user__phone", "user__username")
ORGANISATION_FACTS = ("organisation__name", "organisation__country_code")

NOT_BEGUN, BEGUN, DONE, FAST, FAILED = "n", "b", "d", "q", "f"


def cell_words():
    """The states of a cell: what is said of each, on the page and in files."""
    return {
        NOT_BEGUN: _("not begun"),
        BEGUN: _("begun"),
        DONE: _("done"),
        FAST: _("done, conspicuously fast"),
        FAILED: _("failed, needs help"),
    }


def cell_state(cell):
    """The state of a rollup's cell; None is an activity that was never opened."""
    if cell is None:
        return NOT_BEGUN
    done, _days, pace, _elapsed, blocked = cell
    if done:
        return FAST if pace in {Pace.QUICK, Pace.IMPLAUSIBLE} else DONE
    return FAILED if blocked else BEGUN


@dataclass(frozen=True)
class GridRow:
    """One person: their standing, and (state, whether overdue) of each activity in the run's order."""

    enrolment: Enrolment
    standing: Standing
    done: int
    visited_at: datetime | None
    cells: list[tuple[str, bool]]


class Grid:
    """A run as one organisation's staff see it; its scope must be open."""

    def __init__(self, run: CourseRun, organisation: Organisation, now: datetime | None = None):
        self.run, self.organisation = run, organisation
        self.now = now or timezone.now()
        self.today = timezone.localdate(self.now)
        self.activities = run.edition.activities
        self.keys = [hex_key(entry["key"]) for entry in self.activities]

    @cached_property
    def below(self):
        """The organisation and those below it, by place."""
        return list(Organisation.objects.at_or_below(self.organisation))

    @cached_property
    def cohorts(self):
        return list(Cohort.objects.filter(run=self.run).order_by("name", "pk"))

    @cached_property
    def starts(self):
        countries = {organisation.country_code for organisation in self.below}
        return overdue_starts(self.run, countries, self.today)

    @cached_property
    def more_time(self):
        """{enrolment: keys of activities with more time, None for the whole run}."""
        given = {}
        if self.starts:
            rows = Extension.objects.filter(enrolment__run=self.run, until__gte=self.today)
            for pk, key in rows.values_list("enrolment", "activity_key"):
                given.setdefault(pk, set()).add(key and str(key))
        return given

    @cached_property
    def everybody(self):
        """All enrolments that the grid is about."""
        return (
            Enrolment.objects.filter(run=self.run, state__in=SHOWN)
            .select_related("user", "rollup", "organisation")
            .only("state", "enrolled_at", "cohort", "rollup", *USER_NAMES, *ORGANISATION_FACTS)
        )

    def chosen(
        self,
        *,
        cohort=None,
        below=None,
        standing="",
        without="",
        unfinished="",
        overdue=False,
        search="",
    ):
        """Those whom the filters leave."""
        found = self.everybody
        if cohort:
            found = found.filter(cohort=cohort)
        if below:
            found = found.filter(
                organisation__in=Organisation.objects.at_or_below(below).order_by().values("pk")
            )
        if standing:
            found = found.filter(with_standing(standing, self.now))
        if without:
            found = found.exclude(Exists(_opened(without)))
        if unfinished:
            found = found.exclude(Exists(_opened(unfinished).filter(completed_at__isnull=False)))
        if overdue:
            found = found.filter(self._overdue())
        return named(found, search)

    def _overdue(self):
        """Whose activity was due before today, and is neither completed nor put off."""
        by_start = {}
        for country, starts in self.starts.items():
            for key, start in starts.items():
                if start >= self.run.starts_on and key in self._order:
                    by_start.setdefault((key, start), []).append(country)
        condition = Q(pk__in=[])
        for (key, start), countries in by_start.items():
            put_off = Extension.objects.filter(
                Q(activity_key=key) | Q(activity_key__isnull=True),
                enrolment=OuterRef("pk"),
                until__gte=self.today,
            )
            condition |= (
                Q(organisation__country_code__in=countries, enrolled_at__lt=_day_after(start))
                & ~Exists(_opened(key).filter(completed_at__isnull=False))
                & ~Exists(put_off)
            )
        return condition

    @cached_property
    def _order(self):
        return {entry["key"]: place for place, entry in enumerate(self.activities)}

    @cached_property
    def _late_places(self):
        return {}

    def _late(self, enrolment):
        """The places of activities that were due for one who started that day; worked out once a day."""
        country = enrolment.organisation.country_code
        start = max(self.run.starts_on, timezone.localdate(enrolment.enrolled_at))
        known = self._late_places
        if (country, start) not in known:
            known[country, start] = {
                key: self._order[key]
                for key, last in self.starts.get(country, {}).items()
                if start <= last and key in self._order
            }
        late = known[country, start]
        if late and (more := self.more_time.get(enrolment.pk)):
            late = {} if None in more else {key: late[key] for key in late if key not in more}
        return set(late.values())

    def row(self, enrolment):
        rollup = getattr(enrolment, "rollup", None)
        cells = rollup.cells if rollup else {}
        states = [cell_state(cells.get(key)) for key in self.keys]
        late = self._late(enrolment) if self.starts else ()
        return GridRow(
            enrolment,
            standing_of(enrolment, rollup, self.now),
            sum(state in {DONE, FAST} for state in states),
            rollup.visited_at if rollup else None,
            [
                (state, place in late and state not in {DONE, FAST})
                for place, state in enumerate(states)
            ],
        )


def _opened(key):
    return Progress.objects.filter(enrolment=OuterRef("pk"), activity_key=key)


def _day_after(day):
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _cells_html(words):
    late = _("overdue")
    return {
        (state, is_late): f"<td class={state}{'l' if is_late else ''}><i>{escape(said)}"
        f"{', ' + escape(late) if is_late else ''}</i>"
        for state, said in words.items()
        for is_late in (False, True)
    }


def draw_rows(grid, rows):
    """The body of the grid's table, one string a person: a template would take longer than the database.

    Symbols are drawn by the style sheet; what a cell says in words is in it.
    """
    cells = _cells_html(cell_words())
    address = reverse("courses:enrolment_detail", args=[grid.organisation.slug, 0])
    before, after = address.rsplit("0", 1)
    total = len(grid.keys)
    labels = {standing: escape(standing.label) for standing in Standing}
    suspended = f' <span class="tag plain">{escape(EnrolmentState.SUSPENDED.label)}</span>'
    done_words = escape(_("%(done)s of %(total)s done"))
    day_words = {}
    html = []
    for row in rows:
        enrolment = row.enrolment
        day = row.visited_at and timezone.localdate(row.visited_at)
        if day not in day_words:
            day_words[day] = escape(date_format(day, "j M Y")) if day else "–"  # noqa: RUF001  no visit
        done = done_words % {"done": row.done, "total": total}
        html.append(
            f'<tr><th scope=row><a href="{before}{enrolment.pk}{after}">{escape(enrolment.user)}</a>'
            f"<br><span class=small>{escape(enrolment.organisation.name)}</span>"
            f'<progress value={row.done} max={total or 1} aria-label="{done}"></progress>'
            f"<span class=small>{done}</span>"
            f'<td class="s {row.standing}">{labels[row.standing]}'
            f"{suspended if enrolment.state == EnrolmentState.SUSPENDED else ''}"
            f"<td class=v>{day_words[day]}" + "".join([cells[cell] for cell in row.cells])
        )
    return mark_safe("\n".join(html))  # noqa: S308  every word from people is escaped above


@dataclass(frozen=True)
class ActivitySummary:
    """One activity in numbers; None is hidden."""

    title: str
    people: int | None
    not_begun: int | None
    begun: int | None
    done: int | None
    median_days: float | None


class Tally:
    """Counts per activity, taken up one rollup at a time; told with small counts hidden."""

    def __init__(self, grid):
        self.grid, self.people = grid, 0
        self.begun, self.done = Counter(), Counter()
        self.seconds = {key: [] for key in grid.keys}

    def add(self, cells):
        self.people += 1
        for key in self.grid.keys:
            cell = cells.get(key)
            if cell is None:
                continue
            done, _days, _pace, elapsed, _blocked = cell
            if not done:
                self.begun[key] += 1
                continue
            self.done[key] += 1
            if elapsed is not None:
                self.seconds[key].append(elapsed)

    def rows(self):
        return [
            self._row(entry["title"], key)
            for entry, key in zip(self.grid.activities, self.grid.keys, strict=True)
        ]

    def _row(self, title, key):
        begun, done = self.begun[key], self.done[key]
        shown = hide_small([self.people - begun - done, begun, done])
        known = self.seconds[key]
        days = None
        if shown[2] is not None and hide_small_total(len(known)) is not None:
            days = round(median(known) / SECONDS_A_DAY, 1)
        return ActivitySummary(title, hide_small_total(self.people), *shown, days)


def summary_of(grid):
    """The summary of all activities; one query for every thousand people."""
    tally = Tally(grid)
    cells = (
        grid.everybody.select_related(None).order_by("pk").values_list("rollup__cells", flat=True)
    )
    for each in cells.iterator(chunk_size=PAGE_SIZE):
        tally.add(each or {})
    return tally.rows()
