"""Recording what devices send: each entry once, whatever the line did. Architecture, protocol 3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.domain.attempts import close_attempt, lock_attempt, timing_of
from assessments.domain.ledger import FORM, acknowledged, clamp_claim, holes_below
from assessments.domain.quizzes import FrozenQuiz, frozen_quiz
from assessments.interactions.shapes import Value
from assessments.models import Attempt, AttemptDevice, Response, ResponseType
from lms.core.errors import Refused

EVENTS_AT_ONCE = 50


@transaction.atomic
def open_attempt(attempt: Attempt, device: UUID, user_agent: str = "") -> AttemptDevice:
    """Note that the attempt is open in a browser; a browser's first time counts the epoch up."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    found = attempt.devices.filter(device=device).first()
    if found:
        found.seen_at = timezone.now()
        found.save(update_fields=["seen_at"])
        return found
    attempt.epoch += 1
    attempt.save(update_fields=["epoch"])
    return AttemptDevice.objects.create(
        attempt=attempt, device=device, epoch=attempt.epoch, user_agent=user_agent[:200]
    )


@dataclass(frozen=True)
class Event:
    """Something done on a device: `seq` counts from 1 on it, `position` is the item's."""

    seq: int
    type: str
    position: int | None = None
    value: Value = None
    certainty: int | None = None
    claimed_at: datetime | None = None
    client_id: UUID | None = None
    problem: str = ""  # a sentence: it could not be read, so it is kept without counting


@dataclass
class Reply:
    """What the server has: `ack` is the highest number without a hole below it.

    `refused` maps numbers to the sentence why they do not count.
    """

    ack: int
    state: str
    attempt: Attempt
    holes: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def _closed_sentence(attempt: Attempt) -> str:
    if attempt.state != Attempt.State.IN_PROGRESS:
        return _("This attempt was handed in already, so the answer does not count.")
    return _("This came after the time was over at %(time)s, so it does not count.") % {
        "time": date_format(timezone.localtime(attempt.deadline_at), "TIME_FORMAT")
    }


@dataclass
class _Ledger:
    """What a device has sent so far: how many entries, up to which number, and when the last one came."""

    device: AttemptDevice
    count: int
    highest: int
    submit: int | None
    told_at: datetime
    known: set[int] | None = None  # asked for only where there are holes, or something comes again

    @classmethod
    def of(cls, attempt: Attempt, device: UUID) -> "_Ledger | None":
        """One query; None for a device that did not open the attempt."""
        is_submit = Q(responses__type=ResponseType.SUBMIT)
        row = (
            attempt.devices.filter(device=device)
            .annotate(
                count=Count("responses"),
                highest=Max("responses__seq"),
                submit=Min("responses__seq", filter=is_submit),
                told=Max("responses__received_at"),
            )
            .first()
        )
        if row is None:
            return None
        return cls(row, row.count, row.highest or 0, row.submit, row.told or attempt.started_at)

    def seqs(self) -> set[int]:
        if self.known is None:
            self.known = (
                set(range(1, self.count + 1))
                if self.count == self.highest
                else set(self.device.responses.values_list("seq", flat=True))
            )
        return self.known

    @property
    def ack(self) -> int:
        return self.highest if self.count == self.highest else acknowledged(self.seqs())

    def add(self, seq: int, type_: str) -> None:
        seqs = self.seqs()
        seqs.add(seq)
        self.count, self.highest = len(seqs), max(self.highest, seq)
        if type_ == ResponseType.SUBMIT:
            self.submit = min(seq, self.submit or seq)


@transaction.atomic
def record_events(
    attempt: Attempt, device: UUID, events: Sequence[Event], *, now: datetime | None = None
) -> Reply:
    """As `append_events`, for an attempt that is not locked yet."""
    locked = lock_attempt(Attempt.objects.all(), pk=attempt.pk)
    return append_events(locked, device, events, now=now)


def append_events(
    attempt: Attempt,
    device: UUID,
    events: Sequence[Event],
    *,
    items: Mapping[int, int] | None = None,
    now: datetime | None = None,
) -> Reply:
    """Append what a device sent to a locked attempt, each once, and submit where it says so and nothing is missing.

    What comes too late is kept, but does not count. `items` is {position: item id} of the positions that `events`
    name, where the caller knows them. Refused for a device that did not open the attempt.
    """
    now = now or timezone.now()
    ledger = _Ledger.of(attempt, device)
    if ledger is None:
        raise Refused(_("Open the quiz on this phone first."), code="device_unknown")
    quiz = frozen_quiz(attempt.revision_id)
    reply = _append(attempt, ledger, events, items, quiz, now)
    if ledger.submit and attempt.state == Attempt.State.IN_PROGRESS:
        reply.holes = holes_below(ledger.seqs(), ledger.submit)
        last = timing_of(attempt, quiz).last_arrival
        if reply.holes:
            reply.state = "submitting"
        elif last is None or now <= last:
            close_attempt(attempt, quiz, now=now)
            reply.state = attempt.state
    return reply


def _positions(attempt: Attempt, events: Sequence[Event]) -> dict[int, int]:
    positions = {event.position for event in events if event.position}
    if not positions:
        return {}
    return dict(attempt.items.filter(position__in=positions).values_list("position", "pk"))


def _append(
    attempt: Attempt,
    ledger: _Ledger,
    events: Sequence[Event],
    items: Mapping[int, int] | None,
    quiz: FrozenQuiz,
    now: datetime,
) -> Reply:
    """Insert the events that are new, in one statement."""
    seqs = ledger.seqs()
    new = {event.seq: event for event in events if event.seq not in seqs}
    if items is None:
        items = _positions(attempt, list(new.values()))
    timing = timing_of(attempt, quiz)
    rows, refused = [], {}
    for event in new.values():
        claimed = clamp_claim(event.claimed_at, after=ledger.told_at, now=now)
        is_accepted, is_late = timing.judge(claimed, now)
        is_accepted = is_accepted and attempt.state == Attempt.State.IN_PROGRESS
        if not is_accepted and event.type in {ResponseType.ANSWER, ResponseType.CHECK}:
            refused[event.seq] = _closed_sentence(attempt)
        if event.problem:
            is_accepted, refused[event.seq] = False, event.problem
        rows.append(
            Response(
                attempt=attempt,
                device=ledger.device,
                epoch=ledger.device.epoch,
                seq=event.seq,
                client_id=event.client_id,
                type=event.type,
                item_id=items.get(event.position or 0),
                value=event.value,
                certainty=event.certainty,
                claimed_at=claimed,
                received_at=now,
                is_late=is_late,
                is_accepted=is_accepted,
            )
        )
        ledger.add(event.seq, event.type)
    if rows:
        Response.objects.bulk_create(rows)
    return Reply(ledger.ack, attempt.state, attempt, refused=refused)


@transaction.atomic
def record_form(attempt: Attempt, events: Sequence[Event], *, now: datetime | None = None) -> Reply:
    """Append what a plain form sent; its `client_id` again is stored once.

    A form has no numbers of its own: the server counts. It is the newest word of the learner, on whatever device.
    """
    now = now or timezone.now()
    attempt = lock_attempt(Attempt.objects.all(), pk=attempt.pk)
    ledger = _Ledger.of(attempt, FORM)
    if ledger is None:
        ledger = _Ledger(open_attempt(attempt, FORM), 0, 0, None, attempt.started_at)
        attempt.refresh_from_db(fields=["epoch"])
    if ledger.device.epoch < attempt.epoch:  # opened elsewhere since
        attempt.epoch += 1
        attempt.save(update_fields=["epoch"])
        ledger.device.epoch = attempt.epoch
        ledger.device.save(update_fields=["epoch"])
    ids = [event.client_id for event in events]
    stored = set(attempt.responses.filter(client_id__in=ids).values_list("client_id", flat=True))
    new = [event for event in events if event.client_id not in stored]
    numbered = [replace(event, seq=seq) for seq, event in enumerate(new, ledger.highest + 1)]
    return _append(attempt, ledger, numbered, None, frozen_quiz(attempt.revision_id), now)


def other_devices(attempt: Attempt, device: UUID, *, now: datetime | None = None) -> int:
    """How many other browsers worked on the attempt in the last ten minutes."""
    since = (now or timezone.now()) - timedelta(minutes=10)
    return attempt.devices.filter(seen_at__gte=since).exclude(device__in=[device, FORM]).count()
