"""Keeping rollups: always worked out whole from the records, in one UPDATE of the database's own."""

from collections.abc import Iterable

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    JSONField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, JSONArray, Replace

from courses.models import Enrolment, EnrolmentRollup, Progress, Result
from courses.models.enrolments import CONSPICUOUS

STUCK_DAYS = 3  # different days on which one activity was opened and not completed
BATCH = 5_000


class JSONObjectAgg(Aggregate):
    """{key: value} of the rows: the JSON_OBJECTAGG of SQL:2016 under each database's own name."""

    function = "JSONB_OBJECT_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler, connection, **extra):
        return super().as_sql(compiler, connection, function="JSON_GROUP_OBJECT", **extra)


def hex_key(key) -> str:
    """The key of an activity as `cells` has it."""
    return str(key).replace("-", "")


# Records of the enrolment whose rollup is written. Unscoped: who may write it was settled with the enrolment.
_progress = Progress._base_manager.filter(enrolment=OuterRef("enrolment")).order_by()  # noqa: SLF001
_blocking = Result._base_manager.filter(  # noqa: SLF001
    enrolment=OuterRef("enrolment"), is_current=True, is_blocking=True
).order_by()


def _sum_up(aggregate, none) -> Coalesce:
    rows = _progress.values("enrolment").annotate(summed=aggregate).values("summed")
    return Coalesce(Subquery(rows), none)


def _count(condition: Q | None = None) -> Coalesce:
    return _sum_up(Count("pk", filter=condition), Value(0))


def _cell() -> JSONArray:
    done = Case(When(completed_at__isnull=False, then=1), default=0, output_field=IntegerField())
    blocking = Result._base_manager.filter(  # noqa: SLF001  as above
        enrolment=OuterRef("enrolment"),
        line_item__activity_key=OuterRef("activity_key"),
        is_current=True,
        is_blocking=True,
    )
    blocked = Case(
        When(Exists(blocking), completed_at__isnull=True, then=1),
        default=0,
        output_field=IntegerField(),
    )
    return JSONArray(done, F("days"), F("pace"), F("elapsed_seconds"), blocked)


def _cells() -> Coalesce:
    key = Replace(Cast("activity_key", CharField()), Value("-"), Value(""))
    return _sum_up(JSONObjectAgg(key, _cell()), Value({}, JSONField()))


def _is_stuck() -> Case:
    lingering = _progress.filter(completed_at__isnull=True, days__gte=STUCK_DAYS)
    done = _progress.filter(
        enrolment=OuterRef("enrolment"),
        activity_key=OuterRef("line_item__activity_key"),
        completed_at__isnull=False,
    )
    return Case(
        When(Exists(lingering) | Exists(_blocking.exclude(Exists(done))), then=True), default=False
    )


def _write(rollups: QuerySet) -> int:
    return rollups.update(
        begun=_count(),
        done=_count(Q(completed_at__isnull=False)),
        visited_at=Subquery(
            _progress.values("enrolment").annotate(last=Max("visited_at")).values("last")
        ),
        is_stuck=_is_stuck(),
        conspicuous=_count(Q(pace__in=CONSPICUOUS)),
        cells=_cells(),
    )


def refresh_rollup(enrolment: Enrolment) -> None:
    """Bring the rollup in line with the enrolment's records; call it in the transaction that changed them.

    One UPDATE; before the first visit also the INSERT of its row.
    """
    rollups = EnrolmentRollup._base_manager  # noqa: SLF001  the enrolment was found within the scope
    if not _write(rollups.filter(pk=enrolment.pk)):
        rollups.bulk_create([EnrolmentRollup(enrolment=enrolment)], ignore_conflicts=True)
        _write(rollups.filter(pk=enrolment.pk))


def refresh_rollups(enrolment_ids: Iterable[int]) -> int:
    """As `refresh_rollup` for many; two queries for every five thousand. Return how many."""
    ids = sorted(enrolment_ids)
    rollups = EnrolmentRollup._base_manager  # noqa: SLF001  as above
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        rollups.bulk_create(
            [EnrolmentRollup(enrolment_id=pk) for pk in batch], ignore_conflicts=True
        )
        _write(rollups.filter(pk__in=batch))
    return len(ids)
