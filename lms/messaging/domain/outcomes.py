"""What became of messages, counted: how many went which way, in how many parts, for how much."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from lms.messaging.models import Message, Reason
from lms.messaging.registry import Channel


@dataclass(frozen=True)
class OutcomeRow:
    """Messages of one channel that are in one state for one reason."""

    channel: str
    state: str
    reason: str
    count: int
    parts: int
    cost: Decimal


@dataclass(frozen=True)
class Outcomes:
    """All of them, with the parts and the cost of them together."""

    rows: list[OutcomeRow]
    parts: int
    cost: Decimal
    currency: str


def outcomes_of(messages: QuerySet[Message]) -> Outcomes:
    """Count `messages`; one query."""
    states = dict(Message.State.choices)
    costs: dict[str, Decimal] = defaultdict(Decimal)
    rows: dict[tuple[str, str, str], OutcomeRow] = {}
    for row in (
        messages.values("channel", "state", "reason", "currency")
        .annotate(count=Count("pk"), parts=Sum("parts"), cost=Sum("cost"))
        .order_by("channel", "state", "reason")
    ):
        key = (row["channel"], row["state"], row["reason"])
        known = rows.get(key)
        rows[key] = OutcomeRow(
            channel=Channel(row["channel"]).label,
            state=states[row["state"]],
            reason=Reason(row["reason"]).label if row["reason"] else "",
            count=row["count"] + (known.count if known else 0),
            parts=row["parts"] + (known.parts if known else 0),
            cost=row["cost"] + (known.cost if known else 0),
        )
        costs[row["currency"]] += row["cost"]
    currency = next((name for name in costs if name), "")
    parts = sum(row.parts for row in rows.values())
    return Outcomes(list(rows.values()), parts, costs[currency], currency)


def next_month(month: date) -> date:
    """The first day of the month after `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def texts_of_month(month: date) -> QuerySet[Message]:
    """The text messages in scope that were handed to the gateway in the month that begins on `month`."""
    since, until = (
        timezone.make_aware(datetime.combine(day, time.min)) for day in (month, next_month(month))
    )
    return Message.objects.filter(
        channel=Channel.SMS, claimed_at__gte=since, claimed_at__lt=until, parts__gt=0
    )
