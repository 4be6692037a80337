"""Scoring attempts again after a key was put right: a replay of the ledger, with a dry run first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.domain.items import bodies
from assessments.domain.ledger import standings
from assessments.domain.outcomes import (
    DROPPED,
    counting,
    outcome_of,
)
from assessments.domain.quizzes import frozen_quiz
from assessments.domain.scoring import CENT, percent, reach, seed_of, total
from assessments.domain.telling import tell_change
from assessments.interactions import KINDS
from assessments.interactions.shapes import Body
from assessments.interactions.variables import instantiate
from assessments.models import (
    Attempt,
    AttemptItem,
    Change,
    Item,
    ItemVersion,
    Outcome,
    Regrade,
    Response,
)
from courses.domain.gradebook import record_results
from courses.domain.progress import complete_activity
from lms.core.errors import Refused
from lms.core.states import change_state

CHUNK = 500


@dataclass(frozen=True)
class Before:
    """A closed attempt and what a regrade would make of it. `outcomes` holds only those that change."""

    attempt: Attempt
    score: Decimal | None
    maximum: Decimal
    outcomes: list[Outcome]

    @property
    def is_changed(self) -> bool:
        return (self.score, self.maximum) != (self.attempt.score, self.attempt.maximum)


@dataclass
class Forecast:
    """What a regrade does, in numbers, with the attempts whose result changes."""

    attempts: int = 0
    up: int = 0
    down: int = 0
    newly_passed: int = 0
    no_longer_passed: int = 0
    changes: list[Before] = field(default_factory=list)

    def add(self, row: Before) -> None:
        self.attempts += 1
        if not row.is_changed:
            return
        mark = frozen_quiz(row.attempt.revision_id).pass_mark
        before = percent(row.attempt.score or Decimal(0), row.attempt.maximum)
        after = percent(row.score or Decimal(0), row.maximum)
        self.up += after > before
        self.down += after < before
        self.newly_passed += before < mark <= after
        self.no_longer_passed += after < mark <= before
        self.changes.append(row)


def attempts_with(regrade: Regrade):
    """The closed attempts that a regrade is about, of those in the open scope."""
    attempts = Attempt.objects.closed()
    if regrade.activity_key:
        attempts = attempts.filter(activity_key=regrade.activity_key)
    if regrade.item_id:
        attempts = attempts.filter(
            pk__in=AttemptItem.objects.filter(version__item=regrade.item_id).values("attempt")
        )
    return attempts.order_by("pk")


def _rows(queryset, *names: str) -> Iterator[SimpleNamespace]:
    """Plain rows: there may be hundreds of thousands, and whole records take ten times as long."""
    for values in queryset.order_by().values_list(*names).iterator(chunk_size=10_000):
        yield SimpleNamespace(**dict(zip(names, values, strict=True)))


def _responses(regrade: Regrade, attempts: Sequence[Attempt]) -> dict[int, list[SimpleNamespace]]:
    """{attempt: rows of its ledger}, of the question at fault alone where the order of questions does not matter."""
    rows = Response.objects.filter(attempt__in=attempts, is_accepted=True, item__isnull=False)
    is_one_way = any(frozen_quiz(attempt.revision_id).is_one_way for attempt in attempts)
    if regrade.item_id and not is_one_way:
        rows = rows.filter(item__version__item=regrade.item_id)
    found = defaultdict(list)
    names = ("attempt_id", "epoch", "seq", "type", "item_id", "value", "certainty", "is_late")
    for row in _rows(rows, *names):
        row.is_accepted = True
        found[row.attempt_id].append(row)
    return found


def _replay(
    regrade: Regrade, attempts: Sequence[Attempt], as_if: Body | None = None
) -> Iterator[Before]:
    """What becomes of each attempt, `as_if` the question had this body; five queries for all of them."""
    items = defaultdict(list)
    asked = list(AttemptItem.objects.filter(attempt__in=attempts))
    versions = ItemVersion.objects.select_related("item__current").in_bulk(
        {item.version_id for item in asked}
    )
    for item in asked:
        item.version = versions[item.version_id]  # one copy of each: its content is large
        items[item.attempt_id].append(item)
    outcomes = Outcome.objects.filter(item__attempt__in=attempts, is_current=True)
    current = {
        row.item_id: row for row in _rows(outcomes, "item_id", "version_id", "verdict", "score")
    }
    responses = _responses(regrade, attempts)
    newest = [version.item.current for version in versions.values() if version.item.current_id]
    found = bodies([*newest, *versions.values()])
    if as_if is not None:
        found |= {version.pk: as_if for version in newest if version.item_id == regrade.item_id}
    for attempt in attempts:
        yield _replay_one(
            regrade, attempt, items[attempt.pk], current, responses[attempt.pk], found
        )


def _replay_one(regrade, attempt, items, current, responses, found) -> Before:
    quiz = frozen_quiz(attempt.revision_id)
    positions = {item.pk: item.position for item in items}
    standing = standings(responses, positions, is_one_way=quiz.is_one_way)
    changed = []
    after: list[tuple[AttemptItem, Any]] = []
    for item in items:
        before = current.get(item.pk)
        if before is None:
            continue
        outcome = None
        if regrade.item_id in {None, item.version.item_id}:
            outcome = _outcome_after(regrade, attempt, item, before, standing[item.pk], found, quiz)
        if outcome is not None and (outcome.verdict, outcome.score) != (
            before.verdict,
            before.score,
        ):
            changed.append(outcome)
            after.append((item, outcome))
        else:
            after.append((item, before))
    maximum = total([item.maximum for item, outcome in after if outcome.verdict != DROPPED])
    score = min(maximum, total([outcome.score for _item, outcome in after]))
    return Before(attempt, score.quantize(CENT), maximum.quantize(CENT), changed)


def _outcome_after(regrade, attempt, item, before, standing, found, quiz) -> Outcome | None:
    """What the regrade says of one item of an attempt; None where it says nothing."""
    told = {"source": Outcome.Source.REGRADE, "by": regrade.by}
    if regrade.action == Regrade.Action.DROP:
        return Outcome(
            item=item,
            version_id=before.version_id,
            verdict=DROPPED,
            fraction=0,
            score=Decimal(0),
            **told,
        )
    version = item.version.item.current or item.version
    is_dropped = (
        before.verdict == DROPPED and not regrade.item_id
    )  # only by its own name is it back
    if (
        is_dropped
        or KINDS[version.kind].scored_by != "machine"
        or version.kind != item.version.kind
    ):
        return None
    body = instantiate(found[version.pk], seed_of(attempt.seed, item.position))
    reached = reach(version.kind, body, standing, quiz.rules, item.maximum)
    return outcome_of(item, reached, version=version, **told)


def _chunks(regrade: Regrade, after: int = 0) -> Iterator[list[Attempt]]:
    while True:
        chunk = list(
            attempts_with(regrade)
            .filter(pk__gt=after)
            .select_related("enrolment__run__edition")[:CHUNK]
        )
        if not chunk:
            return
        yield chunk
        after = chunk[-1].pk


def foresee_regrade(regrade: Regrade, as_if: Body | None = None) -> Forecast:
    """Say what the regrade, which need not be saved, would do; nothing is written.

    `as_if` is a body that the question does not have yet.
    """
    forecast = Forecast()
    for chunk in _chunks(regrade):
        for row in _replay(regrade, chunk, as_if):
            forecast.add(row)
    return forecast


@transaction.atomic
def begin_regrade(regrade: Regrade) -> Regrade:
    """Save the decision and queue its replay; refused where no attempt asks the question."""
    from assessments.tasks import regrade_task  # tasks import the domain

    regrade.total = attempts_with(regrade).count()
    if not regrade.total:
        raise Refused(
            _("No attempt has this question, so there is nothing to mark again."),
            code="nothing_to_regrade",
        )
    if regrade.item_id:
        regrade.version = Item.objects.get(pk=regrade.item_id).current
    regrade.save()
    transaction.on_commit(partial(regrade_task.delay, regrade.organisation_id, regrade.pk))
    return regrade


def run_regrade(regrade: Regrade) -> None:
    """Replay all attempts, some hundred in one transaction.

    Taken up again where it stopped, or run twice at once, it repeats nothing: each step goes on from what the
    locked row says.
    """
    while _step(regrade):
        pass


@transaction.atomic
def _step(regrade: Regrade) -> bool:
    """Replay the next attempts; return whether there may be more."""
    regrade.refresh_from_db(from_queryset=Regrade.objects.select_for_update())
    if regrade.state == Regrade.State.DONE:
        return False
    if regrade.state == Regrade.State.WAITING:
        change_state(regrade, Regrade.State.RUNNING)
    attempts = list(
        attempts_with(regrade)
        .filter(pk__gt=regrade.last_attempt)
        .select_for_update(of=["self"])
        .select_related(
            "enrolment__run__edition",
            "enrolment__organisation",
            "enrolment__user__message_preference",
        )[:CHUNK]
    )
    if not attempts:
        change_state(regrade, Regrade.State.DONE, by=regrade.by, finished_at=timezone.now())
        return False
    regrade.changed += _write(regrade, _replay(regrade, attempts))
    regrade.done += len(attempts)
    regrade.last_attempt = attempts[-1].pk
    regrade.save(update_fields=["done", "changed", "last_attempt"])
    return True


def _write(regrade: Regrade, rows: Iterable[Before]) -> int:
    """Supersede outcomes, totals and results, and tell whose changed; return how many attempts did."""
    rows = list(rows)
    outcomes = [outcome for row in rows for outcome in row.outcomes]
    Outcome.objects.filter(
        item__in=[outcome.item_id for outcome in outcomes], is_current=True
    ).update(is_current=False)
    Outcome.objects.bulk_create(outcomes)
    changed = [row for row in rows if row.is_changed]
    changes = [
        Change(
            regrade=regrade,
            attempt=row.attempt,
            score_before=row.attempt.score,
            maximum_before=row.attempt.maximum,
            score_after=row.score,
            maximum_after=row.maximum,
        )
        for row in changed
    ]
    Change.objects.bulk_create(changes, ignore_conflicts=True)
    for row in changed:
        row.attempt.score, row.attempt.maximum = row.score, row.maximum
    Attempt.objects.bulk_update([row.attempt for row in changed], ["score", "maximum"])
    _settle(changed, regrade)
    for change in changes:
        tell_change(change)
    return len(changed)


def _settle(rows: Sequence[Before], regrade: Regrade) -> None:
    """Record anew what counts of the enrolments whose attempts changed. Completions once earned stay."""
    scored = [row.attempt for row in rows if row.attempt.state == Attempt.State.SCORED]
    by_quiz = defaultdict(list)
    for attempt in scored:
        by_quiz[attempt.enrolment.run_id, str(attempt.activity_key)].append(attempt)
    for (_run, key), attempts in by_quiz.items():
        enrolments = {attempt.enrolment_id: attempt.enrolment for attempt in attempts}
        tries = defaultdict(list)
        for attempt in Attempt.objects.filter(
            enrolment__in=enrolments, activity_key=key, state=Attempt.State.SCORED
        ).order_by("number"):
            tries[attempt.enrolment_id].append(attempt)
        quiz = frozen_quiz(attempts[-1].revision_id)
        counted = {pk: counting(tries[pk], quiz.counts) for pk in enrolments}
        record_results(
            {enrolments[pk]: value for pk, value in counted.items() if value[1]},
            key,
            comment=_("Marked again: %(reason)s") % {"reason": regrade.reason},
        )
        for pk, (score, maximum) in counted.items():
            if percent(score, maximum) >= quiz.pass_mark:
                complete_activity(enrolments[pk], key)
