"""Results: recorded, set by hand, and added up by weight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log

from courses.domain.rollups import refresh_rollup, refresh_rollups
from courses.models import CourseRun, Enrolment, LineItem, Result


@transaction.atomic
def record_result(
    enrolment: Enrolment,
    key: str,
    *,
    score: Decimal,
    maximum: Decimal,
    is_blocking: bool = False,
    comment: str = "",
    by=None,
) -> Result:
    """Append a result for the activity; it supersedes the one before, which stays.

    `score` and `maximum` are points. An equal result of the machine's is not repeated, and one that a person set
    by hand (`by`) is not superseded by a machine's. `is_blocking` says that it is no pass and that the learner
    needs help to go on from it: staff see them as stuck.
    """
    entry = enrolment.run.edition.activity(str(key))
    line_item, _ = LineItem.objects.get_or_create(
        run_id=enrolment.run_id,
        activity_key=key,
        defaults={"title": entry["title"] if entry else ""},
    )
    current = (
        Result.objects.select_for_update()
        .filter(line_item=line_item, enrolment=enrolment, is_current=True)
        .first()
    )
    if current and current.by_id and by is None:
        return current
    same = (score, maximum, is_blocking, comment, None)
    if current and same == (
        current.score,
        current.maximum,
        current.is_blocking,
        current.comment,
        by,
    ):
        return current
    if current:
        current.is_current = False
        current.save(update_fields=["is_current"])
    result = Result.objects.create(
        line_item=line_item,
        enrolment=enrolment,
        score=score,
        maximum=maximum,
        is_blocking=is_blocking,
        comment=comment,
        by=by,
    )
    refresh_rollup(enrolment)
    return result


@transaction.atomic
def record_results(
    scores: Mapping[Enrolment, tuple[Decimal, Decimal]], key: str, *, comment: str = "", by=None
) -> list[Result]:
    """As `record_result` for many learners of one run: {enrolment: (score, maximum)}; a handful of queries.

    A result that a person set by hand stays.
    """
    if not scores:
        return []
    run = next(iter(scores)).run
    entry = run.edition.activity(str(key))
    line_item, _ = LineItem.objects.get_or_create(
        run=run, activity_key=key, defaults={"title": entry["title"] if entry else ""}
    )
    current = {
        result.enrolment_id: result
        for result in Result.objects.select_for_update().filter(
            line_item=line_item, enrolment__in=scores, is_current=True
        )
    }
    results = []
    for enrolment, (score, maximum) in scores.items():
        before = current.get(enrolment.pk)
        if before and (before.by_id or (before.score, before.maximum) == (score, maximum)):
            continue
        results.append(
            Result(
                line_item=line_item,
                enrolment=enrolment,
                score=score,
                maximum=maximum,
                is_blocking=bool(before and before.is_blocking),
                comment=comment,
                by=by,
            )
        )
    replaced = [result.enrolment_id for result in results]
    Result.objects.filter(line_item=line_item, enrolment__in=replaced, is_current=True).update(
        is_current=False
    )
    results = Result.objects.bulk_create(results)
    refresh_rollups(replaced)
    return results


@transaction.atomic
def withdraw_result(enrolment: Enrolment, key: str) -> None:
    """Let the machine's result for the activity count no more; it stays in the history."""
    Result.objects.filter(
        enrolment=enrolment, line_item__activity_key=key, is_current=True, by__isnull=True
    ).update(is_current=False)
    refresh_rollup(enrolment)


@transaction.atomic
def unblock_results(enrolments: QuerySet[Enrolment], key: str) -> int:
    """Note that the learners can go on from their results by themselves again, and return how many could not."""
    blocking = Result.objects.filter(
        enrolment__in=enrolments, line_item__activity_key=key, is_current=True, is_blocking=True
    )
    blocked = list(blocking.values_list("enrolment", flat=True))
    blocking.update(is_blocking=False)
    return refresh_rollups(blocked)


@dataclass(frozen=True)
class Column:
    """An activity that brings points, with its line item where there is one."""

    key: str
    title: str
    kind: str
    points: Decimal
    weight: Decimal


@dataclass
class Row:
    """A learner's results by activity key, and their weighted total in per cent."""

    enrolment: Enrolment
    results: dict[str, Result]
    total: Decimal | None


def columns_of(run: CourseRun) -> list[Column]:
    """The columns of a run, in the outline's order; one query."""
    weights = {str(item.activity_key): item.weight for item in run.line_items.all()}
    return [
        Column(
            entry["key"],
            entry["title"],
            entry["kind"],
            Decimal(str(entry["points"])),
            weights.get(entry["key"], Decimal(1)),
        )
        for entry in run.edition.activities
        if entry["points"]
    ]


def weighted_total(results: Mapping[str, Result], columns: Sequence[Column]) -> Decimal | None:
    """The mean of the shares reached, by weight, in per cent; what has no result yet counts as nothing.

    None where no column has a weight.
    """
    weights = sum((column.weight for column in columns), Decimal(0))
    if not weights:
        return None
    reached = sum(
        (
            column.weight * results[column.key].score / results[column.key].maximum
            for column in columns
            if column.key in results and results[column.key].maximum
        ),
        Decimal(0),
    )
    return (100 * reached / weights).quantize(Decimal("0.1"), ROUND_HALF_UP)


def gradebook_rows(enrolments: Sequence[Enrolment], columns: Sequence[Column]) -> list[Row]:
    """Rows of the gradebook; one query, whatever their number."""
    found: dict[int, dict[str, Result]] = {enrolment.pk: {} for enrolment in enrolments}
    for result in Result.objects.filter(enrolment__in=enrolments, is_current=True).select_related(
        "line_item"
    ):
        found[result.enrolment_id][str(result.line_item.activity_key)] = result
    return [
        Row(enrolment, found[enrolment.pk], weighted_total(found[enrolment.pk], columns))
        for enrolment in enrolments
    ]


@transaction.atomic
def override_result(
    enrolment: Enrolment, column: Column, *, score: Decimal, reason: str, by
) -> Result:
    """Set a result by hand, with its reason; what the machine finds later does not undo it."""
    result = record_result(
        enrolment, column.key, score=score, maximum=column.points, comment=reason, by=by
    )
    log(enrolment, "courses.result_overridden", user=by, data={"result": result.pk})
    return result


@transaction.atomic
def set_weights(run: CourseRun, weights: Mapping[str, Decimal]) -> None:
    """Set the weights of columns, {activity key: weight}."""
    for key, weight in weights.items():
        entry = run.edition.activity(key)
        LineItem.objects.update_or_create(
            run=run,
            activity_key=key,
            defaults={"weight": weight, "title": entry["title"] if entry else ""},
        )
