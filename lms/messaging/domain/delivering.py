"""The way of a row of the outbox through its states: claimed, handed to a gateway, settled, swept.

Each step is one conditional update of the row: of two workers one wins, and a dead one leaves a claim behind
that is too old. The claim is committed before the gateway hears anything.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log

from lms.accounts.gateways import NotSentError, OutcomeUnknownError, Receipt, email, sms_gateway
from lms.core.errors import InvalidTransition
from lms.messaging.domain import spending
from lms.messaging.domain.deciding import GO, Circumstances, decide
from lms.messaging.domain.inbox import forget_unread
from lms.messaging.domain.preferences import preference_of, zone_of
from lms.messaging.domain.rendering import Letter, mail_of, render, sms_of
from lms.messaging.domain.sending import deliver_on_commit
from lms.messaging.models import Message, Reason
from lms.messaging.registry import DIGEST, Channel, Purpose
from lms.messaging.texts import sms_size
from lms.organisations.scoping import every_organisation

State = Message.State
MAX_ATTEMPTS = 5
STALE = timedelta(minutes=15)  # longer than any task may run: who claimed it is dead
SWEPT_AFTER = timedelta(minutes=2)  # what the queue still has is left to it
SWEPT_AT_ONCE = 500


def _rows(message, to):
    """`message` as a queryset that is empty unless its state leads to `to`."""
    sources = [state for state, targets in Message.TRANSITIONS.items() if to in targets]
    return Message.objects.filter(pk=message.pk, state__in=sources)


def move(message: Message, to: Any, *, claim: UUID | None = None, **changes) -> bool:
    """Set state `to` and `changes` if the row's state leads there, and only under `claim` if it is given.

    Says whether it did: of two that try, one is told yes.
    """
    rows = _rows(message, to)
    if claim:
        rows = rows.filter(claim=claim)
    return bool(rows.update(state=to, **changes))


def claim_message(message: Message, now: datetime, parts: int = 0) -> UUID | None:
    """Take a row that is due for this process alone: its token, or None if somebody else was first.

    `parts` are those of the text message that is about to be handed over.
    """
    token = uuid4()
    taken = (
        _rows(message, State.SENDING)
        .filter(due_at__lte=now)
        .update(
            state=State.SENDING,
            claim=token,
            claimed_at=now,
            attempts=F("attempts") + 1,
            parts=parts,
            reason="",
            error="",
        )
    )
    return token if taken else None


def _is_reachable(message: Message, person) -> bool:
    if message.channel == Channel.EMAIL:
        return bool(person.email)
    return person.is_phone_verified or (bool(person.phone) and message.kind.reaches_unchecked)


def deliver_message(message_id: int, now: datetime | None = None) -> None:
    """Send one row of the outbox if it is due and may go; else hold or suppress it with its reason.

    Harmless for a row that is on its way or through. Call it outside a transaction: the claim has to be
    committed before the gateway is called, or a crash would undo it.
    """
    now = now or timezone.now()
    message = Message.objects.select_related(
        "person__message_preference", "organisation", "campaign"
    ).get(pk=message_id)
    if message.state not in {State.QUEUED, State.HELD} or message.due_at > now:
        return
    if message.reason == Reason.DIGEST:
        return  # digests are made of these
    verdict = decide(circumstances(message, now))
    letter = render(message)
    if verdict == GO and not _has_text(message, letter):
        move(message, State.FAILED, reason=Reason.NO_TEXT)
    elif verdict != GO:
        move(message, verdict.state, reason=verdict.reason, due_at=verdict.until or message.due_at)
    elif token := _take(message, letter, now):
        hand_over(message, letter, token)


def circumstances(message: Message, now: datetime) -> Circumstances:
    """What the decision about `message` rests on, from the person, the settings and the day so far."""
    person, preference = message.person, preference_of(message.person)
    local = now.astimezone(zone_of(preference, message.organisation))
    # Whoever tries the demo of an evening would wait for its messages until the morning.
    has_nights = preference.pk or not settings.DEMO
    return Circumstances(
        channel=message.channel,
        purpose=message.purpose,
        now=local,
        is_urgent=message.kind.is_urgent,
        may_wait_for_digest=message.channel == Channel.EMAIL
        and message.key != DIGEST.key
        and (message.kind.is_reminder or message.purpose == Purpose.PROMOTIONAL),
        has_address=person.is_active and _is_reachable(message, person),
        has_sender=settings.DEMO or bool(settings.SMS_SENDER_PROMOTIONAL),
        is_allowed=message.channel in preference.allowed(message.purpose),
        digest=preference.digest,
        quiet_from=preference.quiet_from,
        quiet_until=preference.quiet_until if has_nights else preference.quiet_from,
        sent_today=_sent_since(person, local.replace(hour=0, minute=0, second=0, microsecond=0)),
        daily_cap=settings.MESSAGES_DAILY_CAP,
    )


def _sent_since(person, moment):
    with every_organisation():  # a person's day is one, whoever writes to them
        rows = Message.objects.filter(person=person, sent_at__gte=moment)
        return rows.exclude(channel=Channel.IN_APP).count()


def _has_text(message, letter):
    return bool(letter.sms if message.channel == Channel.SMS else letter.body)


def _take(message, letter, now):
    """Claim the row, and for a text message one of the organisation's month, in a transaction of their own."""
    is_sms = message.channel == Channel.SMS
    parts = sms_size(sms_of(message, letter)).parts if is_sms else 0
    with transaction.atomic(durable=True):
        token = claim_message(message, now, parts)
        if token and is_sms:
            refusal = spending.take_one(message.organisation, now)
            if refusal:
                move(message, State.SUPPRESSED, claim=token, reason=refusal, parts=0)
                return None
    message.claimed_at = now  # the month that it counts in, whenever the answer comes
    return token


def hand_over(message: Message, letter: Letter, token: UUID) -> None:
    """Call the gateway for a row claimed with `token`, and write down what it said."""
    try:
        receipt = _call(message, letter)
    except NotSentError as error:
        _put_back(message, token, error)
    except OutcomeUnknownError as error:
        move(
            message,
            State.UNKNOWN,
            claim=token,
            reason=Reason.LOST_ANSWER,
            error=str(error)[:200],
        )
    else:
        settle(message, token, receipt)


def _call(message, letter) -> Receipt:
    person = message.person
    if message.channel == Channel.IN_APP:
        return Receipt(is_delivered=True)
    if message.channel == Channel.EMAIL:
        body, headers = mail_of(message, letter)
        return email.send(
            person.email,
            letter.subject,
            body,
            message_id=f"<{message.public_id}@{settings.ALLOWED_HOSTS[0]}>",
            headers=headers,
        )
    is_promotional = message.purpose == Purpose.PROMOTIONAL
    sender = settings.SMS_SENDER_PROMOTIONAL if is_promotional else settings.SMS_SENDER
    with override(person.language or settings.LANGUAGE_CODE):
        return sms_gateway().send(person.phone, sms_of(message, letter), sender=sender)


def settle(message: Message, token: UUID, receipt: Receipt) -> bool:
    """Write down that a gateway took the message; nothing, if the claim is no longer ours."""
    now = timezone.now()
    to = State.DELIVERED if receipt.is_delivered else State.SENT
    with transaction.atomic():
        is_ours = move(
            message,
            to,
            claim=token,
            reason="",
            sent_at=now,
            delivered_at=now if receipt.is_delivered else None,
            provider_id=receipt.provider_id,
            cost=receipt.cost,
            currency=receipt.currency,
        )
        if is_ours and receipt.cost:
            spending.add_cost(message.organisation, message.claimed_at, receipt)
    if message.channel == Channel.IN_APP:
        forget_unread(message.person_id)
    return is_ours


def _put_back(message, token, error):
    """A row that certainly did not leave: tried again after 1, 2, 4… minutes, five times in all."""
    attempts = message.attempts + 1
    if error.may_try_again and attempts < MAX_ATTEMPTS:
        later = timezone.now() + timedelta(minutes=2 ** (attempts - 1))
        changes = {"reason": Reason.AGAIN, "due_at": later}
        to = State.QUEUED
    else:
        changes, to = {"reason": Reason.GATEWAY}, State.FAILED
    with transaction.atomic():
        is_ours = move(message, to, claim=token, error=str(error)[:200], **changes)
        if is_ours and message.channel == Channel.SMS:
            spending.give_one_back(message.organisation, message.claimed_at)


def sweep(now: datetime | None = None) -> list[tuple[int, int]]:
    """Find what stalled, and return (organisation, row) of what is due and was not taken.

    A text message that somebody claimed and never settled becomes “unknown”: it may have left. A mail or a
    message in Umahiri is queued again: it is the same one to whoever gets it.
    """
    now = now or timezone.now()
    stale = Message.objects.filter(state=State.SENDING, claimed_at__lt=now - STALE)
    stale.filter(channel=Channel.SMS).update(state=State.UNKNOWN, reason=Reason.CRASH)
    others = stale.exclude(channel=Channel.SMS)
    others.filter(attempts__gte=MAX_ATTEMPTS).update(state=State.FAILED, reason=Reason.CRASH)
    others.update(state=State.QUEUED, reason=Reason.AGAIN, due_at=now)
    due = Message.objects.filter(
        state__in=[State.QUEUED, State.HELD], due_at__lte=now - SWEPT_AFTER
    ).exclude(reason=Reason.DIGEST)
    return list(due.order_by("due_at").values_list("organisation_id", "pk")[:SWEPT_AT_ONCE])


@transaction.atomic
def resolve_unknown(message: Message, *, was_sent: bool, by) -> None:
    """A person says what became of an unknown message: it was sent, or it is to be sent again."""
    if was_sent:
        to, changes = State.SENT, {"reason": "", "sent_at": message.claimed_at}
    else:
        to, changes = State.QUEUED, {"reason": Reason.AGAIN, "due_at": timezone.now()}
    if message.state != State.UNKNOWN or not move(message, to, **changes):
        raise InvalidTransition(_("This message is not unknown any more. Look at the list again."))
    log(message, f"messaging.message.{to}", user=by, data={"from": State.UNKNOWN})
    if to == State.QUEUED:
        deliver_on_commit(message.organisation_id, [message.pk])


def record_report(provider_id: str, *, is_delivered: bool, error: str = "") -> bool:
    """Write down an operator's report on a text message. Twice is as once; False if it is none of ours."""
    with every_organisation():  # the gateway knows no organisations
        message = Message.objects.filter(provider_id=provider_id, channel=Channel.SMS).first()
        if message is None:
            return False
        if is_delivered:
            move(message, State.DELIVERED, delivered_at=timezone.now())
        else:
            move(message, State.FAILED, reason=Reason.REPORTED, error=error[:200])
        return True
