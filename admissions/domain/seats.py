"""Giving seats, sharing them further, and what is left of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from admissions.models import SeatAllocation
from courses.models import CourseRun, Enrolment, EnrolmentState
from courses.models.enrolments import SEATED
from lms.core.errors import Refused
from lms.organisations.models import Organisation
from lms.organisations.scoping import every_organisation


@dataclass
class SeatRow:
    """An allocation and what became of it: `taken` are the seats of its own people, `shared` those given on."""

    allocation: SeatAllocation
    shared: int = 0
    taken: int = 0
    nominated: int = 0
    waiting: int = 0

    @property
    def free(self) -> int:
        return self.allocation.seats - self.shared - self.taken


def nearest(allocations: Iterable[SeatAllocation], path: str) -> SeatAllocation | None:
    """The allocation of the organisation at `path`, or of the closest one above it."""
    above = [row for row in allocations if path.startswith(row.organisation.path)]
    return max(above, key=lambda row: len(row.organisation.path), default=None)


def seat_rows(run: CourseRun) -> dict[int, SeatRow]:
    """What became of each allocation of `run`, keyed by organisation; two queries, whatever their number."""
    with every_organisation():  # seats are the run's: each allocation's share depends on the others
        allocations = list(
            SeatAllocation.objects.filter(run=run)
            .select_related("organisation", "run", "source")
            .order_by("organisation__path")
        )
        counts = list(
            Enrolment.objects.filter(run=run)
            .order_by()
            .values_list("organisation__path")
            .annotate(
                taken=Count("pk", filter=Q(state__in=SEATED)),
                nominated=Count("pk", filter=Q(state=EnrolmentState.NOMINATED)),
                waiting=Count("pk", filter=Q(state=EnrolmentState.WAITLISTED)),
            )
        )
    rows = {allocation.organisation_id: SeatRow(allocation) for allocation in allocations}
    for allocation in allocations:
        if allocation.source:
            rows[allocation.source.organisation_id].shared += allocation.seats
    for path, taken, nominated, waiting in counts:
        allocation = nearest(allocations, path)
        if allocation:
            row = rows[allocation.organisation_id]
            row.taken += taken
            row.nominated += nominated
            row.waiting += waiting
    return rows


def row_for(rows: dict[int, SeatRow], organisation: Organisation) -> SeatRow | None:
    """The row whose seats the people of `organisation` sit on."""
    found = nearest([row.allocation for row in rows.values()], organisation.path)
    return rows[found.organisation_id] if found else None


def demand_allocated_seat(run: CourseRun, organisation: Organisation) -> None:
    """Refuse where the run's seats are shared out and none is left for `organisation`. Lock the run first."""
    rows = seat_rows(run)
    if not rows:
        return
    row = row_for(rows, organisation)
    if row is None:
        raise Refused(
            _("%(organisation)s has no seats in %(run)s.")
            % {"organisation": organisation, "run": run.code},
            code="no_seats",
        )
    if row.free <= 0:
        raise Refused(
            _("All %(seats)s seats of %(organisation)s in %(run)s are taken or shared.")
            % {
                "seats": row.allocation.seats,
                "organisation": row.allocation.organisation,
                "run": run.code,
            },
            code="seats_taken",
        )


@transaction.atomic
def allocate_seats(
    run: CourseRun,
    organisation: Organisation,
    seats: int,
    *,
    source: Organisation | None,
    by,
    release_on: date | None = None,
) -> SeatAllocation:
    """Give `organisation` that many `seats` of `run` in all, out of those of `source`, one above it.

    With no source they come from the run itself. Fewer than are taken or shared already is refused, and so is
    more than the source has free.
    """
    held = CourseRun.objects.select_for_update().get(pk=run.pk)
    rows = seat_rows(held)
    giver = rows.get(source.pk) if source else None
    if source and giver is None:
        raise Refused(
            _("%(organisation)s has no seats in %(run)s to share.")
            % {"organisation": source, "run": run.code},
            code="no_seats",
        )
    if source and not organisation.is_descendant_of(source):
        raise Refused(_("Seats are shared with organisations below one's own."), code="not_below")
    row = rows.get(organisation.pk)
    if row and row.allocation.source_id != (giver and giver.allocation.pk):
        raise Refused(
            _("The seats of %(organisation)s were given by another organisation; it changes them.")
            % {"organisation": organisation},
            code="other_source",
        )
    before = row.allocation.seats if row else 0
    bound = row.shared + row.taken if row else 0
    if seats < bound:
        raise Refused(
            _("%(organisation)s has %(bound)s seats taken or shared already; it cannot have fewer.")
            % {"organisation": organisation, "bound": bound},
            code="too_few",
        )
    free = giver.free if giver else _unallocated(held, rows)
    if free is not None and seats - before > free:
        raise Refused(
            _("Only %(free)s more seats are free to give.") % {"free": free}, code="too_many"
        )
    with every_organisation():  # the run's row is held; who may give was asked above
        allocation, _created = SeatAllocation.objects.update_or_create(
            run=run,
            organisation=organisation,
            defaults={
                "seats": seats,
                "source": giver.allocation if giver else None,
                "release_on": release_on,
                "given_by": by,
                "given_at": timezone.now(),
            },
        )
    log(allocation, "admissions.seats_given", user=by, data={"from": before, "to": seats})
    return allocation


def _unallocated(run: CourseRun, rows: dict[int, SeatRow]) -> int | None:
    """Seats of the run that nobody was given; None where it has no limit."""
    if run.capacity is None:
        return None
    return run.capacity - sum(
        row.allocation.seats for row in rows.values() if row.allocation.source_id is None
    )


@transaction.atomic
def release_unused_seats(today: date | None = None) -> int:
    """Give back the free seats whose day has come, those shared furthest first; return how many."""
    today = today or timezone.localdate()
    released = 0
    with every_organisation():  # all countries' seats have their day
        due = list(
            SeatAllocation.objects.filter(release_on__lte=today)
            .select_related("run", "organisation")
            .order_by("run", "-organisation__depth")
        )
        for allocation in due:
            CourseRun.objects.select_for_update().get(pk=allocation.run_id)
            row = seat_rows(allocation.run)[allocation.organisation_id]
            if row.free > 0:
                log(
                    allocation,
                    "admissions.seats_given",
                    data={"from": allocation.seats, "to": allocation.seats - row.free},
                )
                released += row.free
                allocation.seats -= row.free
                allocation.save(update_fields=["seats"])
    return released
