"""The life of an attempt: starting, answering on any device, submitting. Architecture, protocol 3."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.domain.drawing import draw_items
from assessments.domain.ledger import (
    GRACE,
    Timing,
    acknowledged,
    clamp_claim,
    holes_below,
    receipt_of,
    standings,
)
from assessments.domain.outcomes import score_attempt
from assessments.domain.quizzes import FrozenQuiz, frozen_quiz
from assessments.domain.scoring import Standing, total
from assessments.interactions import KINDS
from assessments.interactions.shapes import Value
from assessments.models import (
    Allowance,
    Attempt,
    AttemptDevice,
    AttemptItem,
    Item,
    ItemVersion,
    Response,
    ResponseType,
    Sitting,
)
from assessments.signals import attempt_submitted
from courses.domain.editions import pinned_revision_id
from courses.models import Enrolment
from lms.core.errors import Refused

FORM = UUID(int=0)  # the device of plain forms, which keep nothing of their own
EVENTS_AT_ONCE = 50


@dataclass(frozen=True)
class Access:
    """When one learner may take a quiz, for how long and how often, all allowances in."""

    opens_at: datetime | None
    closes_at: datetime | None
    pin: str
    minutes: float | None
    extra_tries: int
    extra_percent: int

    def deadline(self, started: datetime) -> datetime | None:
        """When an attempt started at `started` ends: after its time, or when the sitting closes."""
        ends = [started + timedelta(minutes=self.minutes)] if self.minutes else []
        return min([*ends, *([self.closes_at] if self.closes_at else [])], default=None)


@dataclass(frozen=True)
class QuizStanding:
    """Where a learner is with a quiz. `tries_left` is None where there is no limit."""

    attempts: list[Attempt]
    open_attempt: Attempt | None
    tries_left: int | None
    next_tries_at: datetime | None
    access: Access

    @property
    def closed_attempts(self) -> list[Attempt]:
        return [row for row in self.attempts if row != self.open_attempt]

    @property
    def may_start(self) -> bool:
        return self.tries_left is None or self.tries_left > 0


def quiz_access(enrolment: Enrolment, quiz: FrozenQuiz, key: str) -> Access:
    """Work out when and how long this learner may take the quiz; two queries."""
    sitting = Sitting.objects.filter(run=enrolment.run_id, activity_key=key).first()
    allowances = Allowance.objects.filter(
        Q(enrolment=enrolment) | Q(enrolment__isnull=True, organisation=enrolment.organisation_id),
        Q(activity_key=key) | Q(activity_key__isnull=True),
        run=enrolment.run_id,
        ended_at__isnull=True,
    )
    rows = [(row.extra_percent, row.extra_tries) for row in allowances]
    extra_percent = max((percent for percent, _tries in rows), default=0)
    minutes = quiz.time_limit * (1 + extra_percent / 100) if quiz.time_limit else None
    closes_at = sitting.closes_at if sitting else None
    if closes_at and minutes and quiz.time_limit:  # extra time counts after the doors close, too
        closes_at += timedelta(minutes=minutes - quiz.time_limit)
    return Access(
        opens_at=sitting.opens_at if sitting else None,
        closes_at=closes_at,
        pin=sitting.pin if sitting else "",
        minutes=minutes,
        extra_tries=sum(tries for _percent, tries in rows),
        extra_percent=extra_percent,
    )


def quiz_standing(
    enrolment: Enrolment, quiz: FrozenQuiz, key: str, now: datetime | None = None
) -> QuizStanding:
    """Tell how many tries are left and when more open; three queries."""
    now = now or timezone.now()
    access = quiz_access(enrolment, quiz, key)
    attempts = [
        row
        for row in enrolment.attempts.filter(activity_key=key)
        if row.state != Attempt.State.VOID
    ]
    open_attempt = next((row for row in attempts if row.state == Attempt.State.IN_PROGRESS), None)
    if not quiz.tries:
        return QuizStanding(attempts, open_attempt, None, None, access)
    left = quiz.tries + access.extra_tries - len(attempts)
    next_at = None
    if left <= 0 and quiz.retry_after and not open_attempt:
        round_of_tries = (len(attempts) - access.extra_tries) % quiz.tries
        opens_at = (attempts[0].submitted_at or now) + quiz.retry_after
        if round_of_tries:
            left = quiz.tries - round_of_tries
        elif opens_at > now:
            next_at = opens_at
        else:
            left = quiz.tries
    return QuizStanding(attempts, open_attempt, max(0, left), next_at, access)


def _refuse_start(quiz: FrozenQuiz, standing: QuizStanding, pin: str, now: datetime) -> None:
    def when(moment: datetime) -> str:
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT")

    access = standing.access
    if access.opens_at and now < access.opens_at:
        raise Refused(
            _("This quiz opens on %(time)s.") % {"time": when(access.opens_at)}, code="not_open_yet"
        )
    if access.closes_at and now >= access.closes_at:
        raise Refused(
            _("This quiz closed on %(time)s.") % {"time": when(access.closes_at)}, code="closed"
        )
    if not standing.may_start:
        sentence = (
            _("You have used all your tries. You can try again from %(time)s.")
            % {"time": when(standing.next_tries_at)}
            if standing.next_tries_at
            else _("You have used all your tries. Your trainer can give you another one.")
        )
        raise Refused(sentence, code="no_tries_left")
    if quiz.has_pin and not access.pin:
        raise Refused(
            _("Your trainer has not set the PIN of this sitting yet. Ask in the room."),
            code="no_pin_yet",
        )
    if quiz.has_pin and not secrets.compare_digest(
        pin.strip().casefold().encode(), access.pin.casefold().encode()
    ):
        raise Refused(_("This is not the PIN of this sitting. Ask in the room."), code="wrong_pin")


def _versions(items: Sequence[int], language: str) -> dict[int, ItemVersion]:
    """{item: its newest version}, in `language` where there is a live translation; two queries."""
    versions = {
        item.pk: item.current
        for item in Item.objects.filter(pk__in=items).select_related("current")
    }
    translations = Item.objects.askable().filter(translation_of__in=items, language=language)
    for item in translations.select_related("current"):
        if versions[item.translation_of_id].language != language:
            versions[item.translation_of_id] = item.current
    return versions


def _next_number(enrolment: Enrolment, key: str) -> int:
    newest = enrolment.attempts.filter(activity_key=key).aggregate(newest=Max("number"))["newest"]
    return (newest or 0) + 1


@transaction.atomic
def start_attempt(
    enrolment: Enrolment, entry: dict, language: str, *, pin: str = "", now: datetime | None = None
) -> Attempt:
    """Draw the items, pin their versions and fix the deadline; an open attempt is returned as it is.

    Refused before opening, after closing, without tries left, or with a wrong PIN.
    """
    now = now or timezone.now()
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    revision_id = pinned_revision_id(entry, language)
    quiz = frozen_quiz(revision_id)
    standing = quiz_standing(enrolment, quiz, entry["key"], now)
    if standing.open_attempt:
        return standing.open_attempt
    _refuse_start(quiz, standing, pin, now)
    seed = secrets.token_hex(8)
    drawn = draw_items(quiz, seed)
    if not drawn:
        raise Refused(
            _("This quiz has no questions yet. Tell your trainer."), code="quiz_has_no_items"
        )
    versions = _versions([each.item for each in drawn], language)
    points = {
        each.item: Decimal(0)
        if KINDS[versions[each.item].kind].scored_by == "nobody"
        else each.points
        for each in drawn
    }
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        activity_key=entry["key"],
        revision_id=revision_id,
        language=language,
        number=_next_number(enrolment, entry["key"]),
        seed=seed,
        started_at=now,
        deadline_at=standing.access.deadline(now),
        maximum=total(list(points.values())),
    )
    AttemptItem.objects.bulk_create(
        AttemptItem(
            attempt=attempt,
            position=position,
            section=each.section,
            version=versions[each.item],
            maximum=points[each.item],
        )
        for position, each in enumerate(drawn, 1)
    )
    return attempt


def timing_of(attempt: Attempt, quiz: FrozenQuiz) -> Timing:
    return Timing(attempt.deadline_at, quiz.late_window)


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


def lock_attempt(attempts: QuerySet[Attempt], **which: Any) -> Attempt:
    """Return one of `attempts`, its row locked until the transaction ends, or raise Attempt.DoesNotExist."""
    return attempts.select_for_update(of=["self"]).get(**which)


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
            _submit(attempt, quiz, now=now)
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


def attempt_items(attempt: Attempt) -> list[AttemptItem]:
    """The items of an attempt with the versions they pin, in order; one query."""
    return list(attempt.items.select_related("version"))


def attempt_standings(
    attempt: Attempt, items: Sequence[AttemptItem], quiz: FrozenQuiz
) -> dict[int, Standing]:
    """Return {item id: Standing} by the responses so far; one query."""
    positions = {item.pk: item.position for item in items}
    return standings(attempt.responses.all(), positions, is_one_way=quiz.is_one_way)


def _submit(attempt: Attempt, quiz: FrozenQuiz, *, by=None, now: datetime) -> None:
    """Close a locked attempt and score it."""
    attempt.submitted_at = now
    attempt.receipt = receipt_of(secrets.token_bytes(8))
    score_attempt(attempt, quiz, by=by)
    transaction.on_commit(partial(attempt_submitted.send, Attempt, attempt=attempt))


@transaction.atomic
def submit_attempt(attempt: Attempt, *, by=None, now: datetime | None = None) -> Attempt:
    """Close the attempt, score what a machine can, and give a receipt; submitting twice scores once."""
    now = now or timezone.now()
    attempt = lock_attempt(Attempt.objects.select_related("enrolment__run__edition"), pk=attempt.pk)
    if attempt.state == Attempt.State.IN_PROGRESS:
        _submit(attempt, frozen_quiz(attempt.revision_id), by=by, now=now)
    return attempt


def other_devices(attempt: Attempt, device: UUID, *, now: datetime | None = None) -> int:
    """How many other browsers worked on the attempt in the last ten minutes."""
    since = (now or timezone.now()) - timedelta(minutes=10)
    return attempt.devices.filter(seen_at__gte=since).exclude(device__in=[device, FORM]).count()


def submit_overdue_attempts(now: datetime | None = None) -> int:
    """Submit every attempt whose time is over with what has arrived, and return how many.

    One that is open in a browser with an outbox is waited for until its late window is over.
    """
    now = now or timezone.now()
    submitted = 0
    overdue = Attempt.objects.open().filter(deadline_at__lt=now - GRACE)
    for attempt in overdue.prefetch_related("devices"):
        timing = timing_of(attempt, frozen_quiz(attempt.revision_id))
        keeps_answers = any(device.device != FORM for device in attempt.devices.all())
        is_over = timing.last_arrival is not None and now > timing.last_arrival
        if not keeps_answers or is_over:
            submit_attempt(attempt, now=now)
            submitted += 1
    return submitted


def answered_sentence(standing: dict[int, Standing]) -> str:
    """How many questions have an answer, for a receipt."""
    count = sum(each.is_answered for each in standing.values())
    return ngettext("%(count)d answer", "%(count)d answers", count) % {"count": count}
