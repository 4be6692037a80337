"""Digests: what waited for a person, in one mail."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lms.messaging.domain.sending import deliver_on_commit
from lms.messaging.models import Message, Reason
from lms.messaging.registry import DIGEST, Channel


def _waiting(now):
    return Message.objects.filter(state=Message.State.HELD, reason=Reason.DIGEST, due_at__lte=now)


def send_digests(now: datetime | None = None) -> None:
    """Make each digest that is due: one for a person, an organisation and a purpose."""
    now = now or timezone.now()
    due = _waiting(now).order_by().values_list("person_id", "organisation_id", "purpose").distinct()
    for person_id, organisation_id, purpose in list(due):
        make_digest(person_id, organisation_id, purpose, now)


@transaction.atomic
def make_digest(person_id: int, organisation_id: int, purpose: str, now: datetime) -> None:
    """Queue one mail with all that waited; nothing, if another process has just done so."""
    entries = list(
        _waiting(now)
        .select_for_update()
        .filter(person_id=person_id, organisation_id=organisation_id, purpose=purpose)
        .order_by("pk")
    )
    if not entries:
        return
    digest = Message.objects.create(
        person_id=person_id,
        organisation_id=organisation_id,
        key=DIGEST.key,
        channel=Channel.EMAIL,
        purpose=purpose,
        dedupe=f"from {entries[0].pk}",
    )
    Message.objects.filter(pk__in=[entry.pk for entry in entries]).update(
        state=Message.State.DIGESTED, reason="", digest=digest
    )
    deliver_on_commit(organisation_id, [digest.pk])
