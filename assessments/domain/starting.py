"""Starting an attempt: when, for how long and how often one learner may, and what is drawn."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.domain.allowances import allowances_of
from assessments.domain.drawing import draw_items
from assessments.domain.quizzes import FrozenQuiz, frozen_quiz
from assessments.domain.scoring import total
from assessments.interactions import KINDS
from assessments.models import Attempt, AttemptItem, Item, ItemVersion, Sitting
from courses.domain.editions import pinned_revision_id
from courses.models import CourseRun, Enrolment
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation

# What two cores serve at a synchronised start (`manage.py bench`), with a third of it to spare.
STARTS_PER_SECOND = 15
LEAST_SPREAD_S = 20


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
    allowances = allowances_of(enrolment, key)
    extra_percent = max((each.extra_percent for each in allowances), default=0)
    minutes = quiz.time_limit * (1 + extra_percent / 100) if quiz.time_limit else None
    closes_at = sitting.closes_at if sitting else None
    if closes_at and minutes and quiz.time_limit:  # extra time counts after the doors close, too
        closes_at += timedelta(minutes=minutes - quiz.time_limit)
    return Access(
        opens_at=sitting.opens_at if sitting else None,
        closes_at=closes_at,
        pin=sitting.pin if sitting else "",
        minutes=minutes,
        extra_tries=sum(each.extra_tries for each in allowances),
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


def start_spread(run: CourseRun) -> int:
    """Over how many seconds the phones of a run's learners should spread their starts."""
    with every_organisation():  # the whole run presses the button, whoever sent them
        learners = Enrolment.objects.live().filter(run=run).count()
    return max(LEAST_SPREAD_S, learners // STARTS_PER_SECOND)


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
