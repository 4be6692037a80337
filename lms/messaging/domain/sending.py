"""The door by which the whole product tells people things: it writes the outbox, and nothing more."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lms.accounts.models import User
from lms.core.queue import delay_on_commit
from lms.messaging.domain.preferences import preference_of
from lms.messaging.models import Campaign, Message
from lms.messaging.registry import KINDS, Channel, Kind

CHUNK = 25  # messages of a task: even if no gateway answers, it ends before its time limit


def send(
    person: User,
    key: str,
    *,
    organisation,
    dedupe: str,
    context: dict | None = None,
    channels: Iterable[str] | None = None,
    at: datetime | None = None,
) -> list[Message]:
    """Queue the message `key` for `person`, once for each `dedupe`, and return its rows, new or old.

    Call it inside the organisation's scope, in the transaction of what the message tells of: both are
    kept or neither. `context` holds plain values for the kind's placeholders. `channels` None means the pages
    of Umahiri and what the person wants; channels that are named are still subject to their choice. Nothing
    leaves before the commit, nor before `at`.

    What is guaranteed, whatever process dies at whatever moment: a row that was committed is delivered or
    says why not. A text message is handed to its gateway at most once for each (person, key, dedupe); if
    nobody can tell whether it was, it becomes “unknown” and waits for a person. A mail may be handed over
    again after a crash, then with the same Message-ID, by which mail programs know it.
    """
    return queue(
        [person],
        KINDS[key],
        organisation=organisation,
        dedupe=dedupe,
        context=context,
        channels=channels,
        at=at,
    )


@transaction.atomic
def queue(  # noqa: PLR0913  what `send` takes, and the campaign
    people: Iterable[User],
    kind: Kind,
    *,
    organisation,
    dedupe: str,
    context: dict | None = None,
    channels: Iterable[str] | None = None,
    at: datetime | None = None,
    campaign: Campaign | None = None,
) -> list[Message]:
    """As `send`, for many at once. Load people with their `message_preference`."""
    people = list(people)
    named = list(channels) if channels else None
    purpose = campaign.purpose if campaign else kind.purpose
    Message.objects.bulk_create(
        (
            Message(
                person=person,
                organisation=organisation,
                key=kind.key,
                channel=channel,
                purpose=purpose,
                context=context or {},
                dedupe=dedupe,
                campaign=campaign,
                due_at=at or timezone.now(),
            )
            for person in people
            for channel in named or _channels_for(person, kind, purpose, campaign)
        ),
        ignore_conflicts=True,
    )
    rows = list(Message.objects.filter(key=kind.key, dedupe=dedupe, person__in=people))
    deliver_on_commit(organisation.pk, [row.pk for row in rows if row.state == row.State.QUEUED])
    return rows


def _channels_for(person, kind, purpose, campaign):
    wanted = preference_of(person).wanted(purpose)
    texts = campaign.texts.values() if campaign else ()
    has_sms = any(text.get("sms") for text in texts) if campaign else bool(kind.sms)
    if not has_sms or not person.is_phone_verified:
        wanted -= {Channel.SMS}
    if not person.email:
        wanted -= {Channel.EMAIL}
    return [Channel.IN_APP, *sorted(wanted)]


def deliver_on_commit(organisation_id: int, message_ids: list[int]) -> None:
    """Hand rows to the workers once they are committed; if the queue is down, the sweep finds them."""
    from lms.messaging.tasks import deliver_messages_task  # tasks import the domain

    for start in range(0, len(message_ids), CHUNK):
        chunk = message_ids[start : start + CHUNK]
        delay_on_commit(deliver_messages_task, organisation_id, chunk)
