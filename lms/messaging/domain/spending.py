"""What an organisation's text messages of a month come to, and the caps on it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from lms.accounts.gateways import Receipt
from lms.messaging.models import Reason, Spending


def month_of(now: datetime):
    return timezone.localdate(now).replace(day=1)


def spending_in(organisation, now: datetime) -> Spending:
    """The row of the month, made at first need."""
    found, _created = Spending.objects.get_or_create(organisation=organisation, month=month_of(now))
    return found


def take_one(organisation, now: datetime) -> Any:
    """Count one text message, or return the reason why there is none left; exact among many workers."""
    row = spending_in(organisation, now)
    room = Q(messages__lt=settings.SMS_MONTHLY_CAP)
    if settings.SMS_MONTHLY_COST_CAP:
        room &= Q(cost__lt=settings.SMS_MONTHLY_COST_CAP)
    if Spending.objects.filter(room, pk=row.pk).update(messages=F("messages") + 1):
        return ""
    return Reason.MONTHLY_CAP if row.messages >= settings.SMS_MONTHLY_CAP else Reason.COST_CAP


def give_one_back(organisation, now: datetime) -> None:
    """Uncount a text message that did not leave."""
    Spending.objects.filter(organisation=organisation, month=month_of(now), messages__gt=0).update(
        messages=F("messages") - 1
    )


def add_cost(organisation, now: datetime, receipt: Receipt) -> None:
    row = spending_in(organisation, now)
    Spending.objects.filter(pk=row.pk).update(
        cost=F("cost") + receipt.cost, currency=receipt.currency
    )
