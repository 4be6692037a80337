"""Outcomes of attempts: scored by machine, by people, and added up to a result in the gradebook."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from wagtail.log_actions import log

from assessments.domain.items import bodies
from assessments.domain.ledger import standings
from assessments.domain.quizzes import FrozenQuiz, frozen_quiz
from assessments.domain.scoring import Reached, percent, plain, reach, seed_of, total
from assessments.domain.starting import quiz_standing
from assessments.domain.telling import tell_marked
from assessments.interactions import KINDS
from assessments.interactions.variables import instantiate
from assessments.models import Attempt, AttemptItem, Counts, Outcome
from courses.domain.gradebook import record_result, withdraw_result
from courses.domain.progress import complete_activity
from courses.models import Enrolment
from lms.core.states import change_state

WAITING = "unscored"
DROPPED = "dropped"  # a question that no longer counts, for anybody


def reached_by(
    attempt: Attempt, items: Sequence[AttemptItem], quiz: FrozenQuiz
) -> dict[int, Reached]:
    """Return {item id: Reached} by the responses so far: two queries at most."""
    standing = standings(
        attempt.responses.all(),
        {item.pk: item.position for item in items},
        is_one_way=quiz.is_one_way,
    )
    found = bodies(item.version for item in items)
    return {
        item.pk: reach(
            item.version.kind,
            instantiate(found[item.version_id], seed_of(attempt.seed, item.position)),
            standing[item.pk],
            quiz.rules,
            item.maximum,
        )
        for item in items
    }


def outcome_of(item: AttemptItem, reached: Reached, **values) -> Outcome:
    """The outcome of one item, not saved."""
    return Outcome(
        item=item,
        **{
            "version": item.version,
            "verdict": reached.score.verdict,
            "fraction": reached.score.fraction,
            "score": reached.points,
            "parts": plain(reached.score),
            "scorer_version": KINDS[item.version.kind].version,
            **values,
        },
    )


def score_attempt(attempt: Attempt, quiz: FrozenQuiz, *, by=None) -> None:
    """Give each item of a locked, open attempt its outcome and move the attempt on.

    It waits, submitted, for a person where an essay or a file was handed in.
    """
    items = list(attempt.items.select_related("version"))
    reached = reached_by(attempt, items, quiz)
    outcomes = [outcome_of(item, reached[item.pk]) for item in items]
    Outcome.objects.bulk_create(outcomes)
    settle(attempt, quiz, outcomes, by=by)


def _waits(outcome: Outcome) -> bool:
    return outcome.verdict == WAITING and KINDS[outcome.item.version.kind].scored_by == "person"


def settle(attempt: Attempt, quiz: FrozenQuiz, outcomes: Sequence[Outcome], *, by=None) -> None:
    """Add up the current outcomes of an attempt that was handed in, and record what counts."""
    attempt.score = total([outcome.score for outcome in outcomes])
    attempt.maximum = total(
        [outcome.item.maximum for outcome in outcomes if outcome.verdict != DROPPED]
    )
    attempt.score = min(attempt.score, attempt.maximum)
    state = Attempt.State.SUBMITTED if any(map(_waits, outcomes)) else Attempt.State.SCORED
    changes = {
        "submitted_at": attempt.submitted_at,
        "receipt": attempt.receipt,
        "score": attempt.score,
        "maximum": attempt.maximum,
    }
    waited = attempt.state == Attempt.State.SUBMITTED
    if attempt.state == state:  # marked again, or a further essay still waits
        attempt.save(update_fields=list(changes))
    else:
        change_state(attempt, state, by=by, **changes)
    if state == Attempt.State.SCORED:
        record_counting(attempt.enrolment, str(attempt.activity_key), quiz)
        if waited:
            tell_marked(attempt, quiz)
    elif quiz.is_placement:
        complete_activity(attempt.enrolment, str(attempt.activity_key))


def counting(attempts: Sequence[Attempt], counts: str) -> tuple[Decimal, Decimal]:
    """Return (score, maximum) in points of what counts; `attempts` are scored ones by number."""
    match counts:
        case Counts.LAST:
            return attempts[-1].score, attempts[-1].maximum
        case Counts.FIRST:
            return attempts[0].score, attempts[0].maximum
        case Counts.AVERAGE:
            maximum = attempts[-1].maximum
            shares = [row.score / row.maximum if row.maximum else Decimal(1) for row in attempts]
            return (maximum * sum(shares) / len(shares)).quantize(Decimal("0.01")), maximum
        case _:
            best = max(
                attempts, key=lambda row: row.score / row.maximum if row.maximum else Decimal(1)
            )
            return best.score, best.maximum


def record_counting(enrolment: Enrolment, key: str, quiz: FrozenQuiz) -> None:
    """Record what counts of an enrolment's attempts as its result, and complete the activity if passed.

    A completion once earned stays.
    """
    attempts = list(
        Attempt.objects.filter(
            enrolment=enrolment, activity_key=key, state=Attempt.State.SCORED
        ).order_by("number")
    )
    if not attempts:
        return
    score, maximum = counting(attempts, quiz.counts)
    has_passed = quiz.is_placement or percent(score, maximum) >= quiz.pass_mark
    if maximum:
        is_blocking = not has_passed and has_no_try_left(enrolment, quiz, key, len(attempts))
        record_result(enrolment, key, score=score, maximum=maximum, is_blocking=is_blocking)
    if has_passed:
        complete_activity(enrolment, key)


def has_no_try_left(enrolment: Enrolment, quiz: FrozenQuiz, key: str, scored: int) -> bool:
    """Whether `scored` attempts are all that the learner gets; tries that open again by themselves are not."""
    if not quiz.tries or quiz.retry_after or scored < quiz.tries:
        return False
    return not quiz_standing(enrolment, quiz, key).may_start


@transaction.atomic
def void_attempt(attempt: Attempt, *, by, reason: str) -> None:
    """Have an attempt count no more; what it brought is worked out again from the others, and all is kept."""
    change_state(attempt, Attempt.State.VOID, by=by)
    log(attempt, "assessments.attempt_voided", user=by, data={"reason": reason})
    quiz = frozen_quiz(attempt.revision_id)
    key = str(attempt.activity_key)
    if Attempt.objects.filter(
        enrolment=attempt.enrolment, activity_key=key, state=Attempt.State.SCORED
    ).exists():
        record_counting(attempt.enrolment, key, quiz)
    else:
        withdraw_result(attempt.enrolment, key)
