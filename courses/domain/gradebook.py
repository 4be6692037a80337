"""Recording results."""

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

    `score` and `maximum` are points. An equal result of the machine's is not repeated.
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
