"""Recording results."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from courses.models import Enrolment, LineItem, Result


@transaction.atomic
def record_result(
    enrolment: Enrolment,
    key: str,
    *,
    score: Decimal,
    maximum: Decimal,
    comment: str = "",
    by=None,
) -> Result:
    """Append a result for the activity; it supersedes the one before, which stays.

    `score` and `maximum` are points. An equal result of the machine's is not repeated, and one that a person set
    by hand (`by`) is not superseded by a machine's.
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
    if current and (current.score, current.maximum, current.comment, by) == (
        score,
        maximum,
        comment,
        None,
    ):
        return current
    if current:
        current.is_current = False
        current.save(update_fields=["is_current"])
    return Result.objects.create(
        line_item=line_item,
        enrolment=enrolment,
        score=score,
        maximum=maximum,
        comment=comment,
        by=by,
    )


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
                comment=comment,
                by=by,
            )
        )
    replaced = [result.enrolment_id for result in results]
    Result.objects.filter(line_item=line_item, enrolment__in=replaced, is_current=True).update(
        is_current=False
    )
    return Result.objects.bulk_create(results)
