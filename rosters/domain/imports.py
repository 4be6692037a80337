"""An import from the file that was brought to the people who are invited, each step in the background."""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log

from courses.models import Cohort, CourseRun
from lms.core.errors import NotReadableError, Refused
from lms.core.states import change_state
from lms.organisations.agreements import demand_agreement
from rosters.domain.applying import row_of, write_plans
from rosters.domain.checking import Entry, Fault, RowReader, read_entries
from rosters.domain.columns import Mapping, read_mapping, remember, remembered, told_columns
from rosters.domain.planning import Cohorting, Planner, people_of
from rosters.domain.undoing import undo_step
from rosters.formats.cells import Note, Table
from rosters.formats.reading import read_table
from rosters.models import WORKING, ImportState, Outcome, RosterImport, RosterRow

CHUNK = 500
KEPT_DAYS = 30
STALLED = timedelta(minutes=2)
GIVEN_UP = timedelta(hours=12)


def _queue(roster: RosterImport) -> None:
    from rosters.tasks import work_on_roster_task  # tasks import the domain

    transaction.on_commit(
        partial(work_on_roster_task.delay, roster.cohort.organisation_id, roster.pk)
    )


@transaction.atomic
def bring_roster(cohort: Cohort, file: File, *, by, is_queued: bool = True) -> RosterImport:
    """Keep a file of people for `cohort` and queue its reading; refused without a data agreement."""
    demand_agreement(cohort.organisation)
    roster = RosterImport.objects.create(
        cohort=cohort, name=(file.name or "").rsplit("/", 1)[-1][:200], file=file, by=by
    )
    log(roster, "rosters.brought", user=by, data={"cohort": cohort.pk})
    if is_queued:
        _queue(roster)
    return roster


@transaction.atomic
def say_columns(roster: RosterImport, mapping: Mapping, *, by) -> None:
    """Say what the file's columns are, remember it for files like it, and queue the check."""
    titles = [column["title"] for column in roster.columns]
    remember(roster.cohort.organisation, titles, mapping)
    change_state(
        roster, ImportState.CHECKING, by=by, mapping=mapping.as_json(), done=0, touched_at=_now()
    )
    _queue(roster)


@transaction.atomic
def begin_apply(roster: RosterImport, *, by, is_proper_case: bool = False) -> None:
    """Queue taking in what was checked; refused twice, and without a data agreement."""
    _apply(roster, by=by, is_proper_case=is_proper_case)
    _queue(roster)


def take_in(roster: RosterImport, *, by=None, is_proper_case: bool = False) -> None:
    """As `begin_apply`, and do the work at once."""
    _apply(roster, by=by, is_proper_case=is_proper_case)
    work_on(roster)


def _apply(roster: RosterImport, *, by, is_proper_case: bool) -> None:
    demand_agreement(roster.cohort.organisation)
    change_state(
        roster,
        ImportState.APPLYING,
        by=by,
        is_proper_case=is_proper_case,
        done=0,
        touched_at=_now(),
    )


@transaction.atomic
def forget_roster(roster: RosterImport) -> None:
    """Delete an import that took nothing in, and its file."""
    if roster.applied_at:
        raise Refused(
            _("This file was taken in. Take it back instead of deleting it."), code="applied"
        )
    roster.delete()
    transaction.on_commit(partial(roster.file.storage.delete, roster.file.name))


@transaction.atomic
def begin_undo(roster: RosterImport, *, by) -> None:
    """Queue taking an import back; refused when what it changed is not known any more."""
    if roster.cleared_at:
        raise Refused(
            _(
                "What this import changed was deleted after %(days)s days, so it cannot be taken back."
            )
            % {"days": KEPT_DAYS},
            code="too_late",
        )
    if roster.state == ImportState.FAILED and not roster.applied_at:
        raise Refused(_("Nothing of this file was taken in."), code="nothing_to_undo")
    change_state(roster, ImportState.UNDOING, by=by, done=0, touched_at=_now())
    _queue(roster)


def _now():
    return timezone.now()


def work_on(roster: RosterImport, *, mapping: Mapping | None = None) -> None:
    """Do what the import's state asks for, until it waits for a person.

    Taken up again where it stopped, or run twice at once, it repeats nothing: each step goes on from what the
    locked row says. What a file or an agreement forbids is told on the import itself.
    """
    if roster.state == ImportState.UNDOING:
        while undo_step(roster, CHUNK):
            pass
        return
    if not roster.is_working:
        return
    with _told_on(roster):
        table = _read(roster)
        if roster.state == ImportState.UPLOADED:
            _begin_check(roster, table, mapping)
        if roster.state in {ImportState.CHECKING, ImportState.APPLYING}:
            job = _Job(roster, table)
            while job.step():
                pass


@contextmanager
def _told_on(roster: RosterImport):
    """Tell on the import why its file is not taken, in the language of who brought it."""
    with override(roster.by.language if roster.by and roster.by.language else None):
        try:
            yield
        except (NotReadableError, Refused) as error:
            change_state(
                roster,
                ImportState.FAILED,
                fault_code=getattr(error, "code", "not_readable"),
                fault=str(error),
                finished_at=_now(),
            )


def _read(roster: RosterImport) -> Table:
    with roster.file.open("rb") as held:
        return read_table(held.read())


@transaction.atomic
def _begin_check(roster: RosterImport, table: Table, mapping: Mapping | None) -> None:
    """Go on to the check where it is known what the columns are; else wait to be told."""
    roster.columns = told_columns(table)
    roster.save(update_fields=["columns"])
    mapping = mapping or remembered(roster.cohort.organisation, table.header)
    if mapping is None:
        change_state(roster, ImportState.UNMAPPED)
    else:
        change_state(roster, ImportState.CHECKING, mapping=mapping.as_json())


class _Job:
    """Checking or taking in one file, chunk by chunk."""

    def __init__(self, roster: RosterImport, table: Table):
        self.roster, self.state = roster, roster.state
        self.cohorting = Cohorting(roster.cohort)
        mapping = read_mapping(roster.mapping, len(table.header))
        self.reader = RowReader(
            table.header, mapping, self.cohorting.region, is_proper_case=roster.is_proper_case
        )
        self.entries = read_entries(table, self.reader)
        self.notes = [*table.notes, *self._notes(table, mapping)]
        self.planner = Planner(roster, self.cohorting, self.reader, self.entries)

    def _notes(self, table: Table, mapping: Mapping) -> list[Note]:
        notes: list[Note] = []
        unread = [
            title or f"({index})"
            for index, (title, name) in enumerate(zip(table.header, mapping.fields, strict=True), 1)
            if not name
        ]
        if unread:
            notes.append(["columns_not_read", {"columns": ", ".join(unread)}])
        return notes

    @property
    def is_dry(self) -> bool:
        return self.state == ImportState.CHECKING

    @transaction.atomic
    def step(self) -> bool:
        """Work on the next rows; return whether there may be more."""
        roster = self.roster
        roster.refresh_from_db(from_queryset=RosterImport.objects.select_for_update(of=["self"]))
        if roster.state != self.state:
            return False
        if roster.done == 0:
            self._begin()
        chunk = self.entries[roster.done : roster.done + CHUNK]
        if chunk:
            self._take(chunk)
            roster.done += len(chunk)
            roster.touched_at = _now()
            roster.save(update_fields=["done", "counts", "touched_at"])
        if roster.done >= len(self.entries):
            self._end()
            return False
        return True

    def _begin(self) -> None:
        roster = self.roster
        if not self.is_dry:
            demand_agreement(self.cohorting.organisation)
            roster.applied_at = _now()
        RosterRow.objects.filter(roster=roster).delete()
        roster.total, roster.notes = len(self.entries), self.notes
        roster.counts = dict.fromkeys([*Outcome.values, "places", "capitals"], 0)
        roster.save(update_fields=["total", "notes", "counts", "applied_at"])

    def _take(self, chunk: list[Entry]) -> None:
        roster, run = self.roster, self.cohorting.run
        if not self.is_dry:  # until the end of this transaction nobody else takes a seat
            self.cohorting.run.capacity = (
                CourseRun.objects.select_for_update().get(pk=run.pk).capacity
            )
        taken = roster.counts["places"] if self.is_dry else 0
        plans, refused = self.planner.plan(people_of(chunk), places_taken=taken)
        faults = [entry for entry in chunk if isinstance(entry, Fault)] + refused
        if self.is_dry:
            rows = [row_of(plan, plan.known.user if plan.known else None, []) for plan in plans]
        else:
            rows = write_plans(plans, self.cohorting, by=roster.by)
        rows += [
            RosterRow(
                number=fault.number,
                outcome=Outcome.REFUSED,
                code=fault.code,
                column=fault.column[:200],
                values=fault.values,
            )
            for fault in faults
        ]
        for row in rows:
            row.roster = roster
            roster.counts[row.outcome] += 1
        roster.counts["places"] += sum(plan.needs_place for plan in plans)
        roster.counts["capitals"] += sum(
            note[0] == "capitals" for plan in plans for note in plan.notes
        )
        RosterRow.objects.bulk_create(rows)

    def _end(self) -> None:
        state = ImportState.CHECKED if self.is_dry else ImportState.APPLIED
        change_state(self.roster, state, by=self.roster.by, finished_at=_now())


def resume_stalled(queue) -> int:
    """Queue again what a lost message or a dead worker left, and give up what never ends.

    `queue` takes the ids of the organisation and the import. The scope must be open.
    """
    now = _now()
    working = RosterImport.objects.filter(
        state__in=WORKING, touched_at__lt=now - STALLED
    ).select_related("cohort")
    resumed = 0
    for roster in working:
        if roster.state != ImportState.UNDOING and roster.created_at < now - GIVEN_UP:
            change_state(
                roster,
                ImportState.FAILED,
                fault_code="stalled",
                fault=_("Work on this file stopped again and again. Bring it once more."),
                finished_at=now,
            )
            continue
        queue(roster.cohort.organisation_id, roster.pk)
        resumed += 1
    return resumed


def clear_old(days: int = KEPT_DAYS) -> int:
    """Delete files and rows of imports older than `days`: counts of what was taken in stay, people's data do not.

    What was never taken in goes altogether. The scope must be open.
    """
    old = RosterImport.objects.filter(
        created_at__lt=_now() - timedelta(days=days), cleared_at__isnull=True
    ).exclude(state__in=WORKING)
    cleared = list(old)
    for roster in cleared:
        with transaction.atomic():
            transaction.on_commit(partial(roster.file.storage.delete, roster.file.name))
            if roster.applied_at is None:
                roster.delete()
                continue
            roster.rows.all().delete()
            roster.file, roster.columns, roster.notes, roster.cleared_at = "", [], [], _now()
            roster.save(update_fields=["file", "columns", "notes", "cleared_at"])
    return len(cleared)
