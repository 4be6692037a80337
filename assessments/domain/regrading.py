"""Scoring attempts again after a key was put right: a replay of the ledger, with a dry run first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from types import SimpleNamespace

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
from assessments.interactions import KINDS
from assessments.interactions.shapes import Body
from assessments.interactions.variables import instantiate
from assessments.models import (
    Attempt,
    AttemptItem,
    Change,
    Item,
    Outcome,
    Regrade,
    Response,
)
from assessments.signals import regrade_finished
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


def _responses(attempts: Sequence[Attempt]) -> dict[int, list[SimpleNamespace]]:
    """{attempt: rows of its ledger}; plain rows, for there may be hundreds of thousands."""
    names = ("attempt_id", "epoch", "seq", "type", "item_id", "value", "certainty", "is_late")
    rows = Response.objects.filter(attempt__in=attempts, is_accepted=True, item__isnull=False)
    found = defaultdict(list)
    for values in rows.order_by().values_list(*names):
        row = SimpleNamespace(**dict(zip(names, values, strict=True)), is_accepted=True)
        found[row.attempt_id].append(row)
    return found


def _replay(
    regrade: Regrade, attempts: Sequence[Attempt], as_if: Body | None = None
) -> Iterator[Before]:
    """What becomes of each attempt, `as_if` the question had this body; five queries for all of them."""
    items = defaultdict(list)
    for item in AttemptItem.objects.filter(attempt__in=attempts).select_related(
        "version__item__current"
    ):
        items[item.attempt_id].append(item)
    current = {
        outcome.item_id: outcome
        for outcome in Outcome.objects.filter(item__attempt__in=attempts, is_current=True)
    }
    responses = _responses(attempts)
    newest = {
        item.version.item.current
        for rows in items.values()
        for item in rows
        if item.version.item.current_id
    }
    found = bodies([*newest, *(item.version for rows in items.values() for item in rows)])
    if as_if is not None:
        found |= {version.pk: as_if for version in newest if version.item_id == regrade.item_id}
    for attempt in attempts:
        yield _replay_one(
            regrade,
            attempt,
            items[attempt.pk],
            current,
            responses[attempt.pk],
            found,
        )


def _replay_one(regrade, attempt, items, current, responses, found) -> Before:  # noqa: PLR0913, PLR0917  all that one attempt's replay reads
    quiz = frozen_quiz(attempt.revision_id)
    positions = {item.pk: item.position for item in items}
    standing = standings(responses, positions, is_one_way=quiz.is_one_way)
    changed = []
    after: dict[int, Outcome | None] = {}
    for item in items:
        before = after[item.pk] = current.get(item.pk)
        is_meant = not regrade.item_id or item.version.item_id == regrade.item_id
        if before is None or not is_meant:
            continue
        if regrade.action == Regrade.Action.DROP:
            if before.verdict != DROPPED:
                outcome = Outcome(
                    item=item,
                    version=before.version,
                    verdict=DROPPED,
                    fraction=0,
                    score=0,
                    source=Outcome.Source.REGRADE,
                    by=regrade.by,
                )
                changed.append(outcome)
                after[item.pk] = outcome
            continue
        version = item.version.item.current or item.version
        if KINDS[version.kind].scored_by != "machine" or version.kind != item.version.kind:
            continue
        body = instantiate(found[version.pk], seed_of(attempt.seed, item.position))
        reached = reach(version.kind, body, standing[item.pk], quiz.rules, item.maximum)
        outcome = outcome_of(
            item, reached, version=version, source=Outcome.Source.REGRADE, by=regrade.by
        )
        if (outcome.verdict, outcome.score) != (before.verdict, before.score):
            changed.append(outcome)
            after[item.pk] = outcome
    rows = [(item, after[item.pk]) for item in items if after[item.pk]]
    maximum = total([item.maximum for item, outcome in rows if outcome.verdict != DROPPED])
    score = min(maximum, total([outcome.score for _item, outcome in rows]))
    return Before(attempt, score.quantize(CENT), maximum.quantize(CENT), changed)


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
        .select_related("enrolment__run__edition")[:CHUNK]
    )
    if not attempts:
        change_state(regrade, Regrade.State.DONE, by=regrade.by, finished_at=timezone.now())
        transaction.on_commit(partial(regrade_finished.send, Regrade, regrade=regrade))
        return False
    regrade.changed += _write(regrade, _replay(regrade, attempts))
    regrade.done += len(attempts)
    regrade.last_attempt = attempts[-1].pk
    regrade.save(update_fields=["done", "changed", "last_attempt"])
    return True


def _write(regrade: Regrade, rows: Iterable[Before]) -> int:
    """Supersede outcomes, totals and results; return how many attempts changed."""
    rows = list(rows)
    outcomes = [outcome for row in rows for outcome in row.outcomes]
    Outcome.objects.filter(
        item__in=[outcome.item_id for outcome in outcomes], is_current=True
    ).update(is_current=False)
    Outcome.objects.bulk_create(outcomes)
    changed = [row for row in rows if row.is_changed]
    Change.objects.bulk_create(
        [
            Change(
                regrade=regrade,
                attempt=row.attempt,
                score_before=row.attempt.score,
                maximum_before=row.attempt.maximum,
                score_after=row.score,
                maximum_after=row.maximum,
            )
            for row in changed
        ],
        ignore_conflicts=True,
    )
    for row in changed:
        row.attempt.score, row.attempt.maximum = row.score, row.maximum
    Attempt.objects.bulk_update([row.attempt for row in changed], ["score", "maximum"])
    _settle(changed, regrade)
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
