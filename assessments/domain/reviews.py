"""What a learner may see of a closed attempt, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.domain.items import bodies
from assessments.domain.outcomes import DROPPED, reached_by
from assessments.domain.placement import Answered, Placed, difficulty_of, place
from assessments.domain.quizzes import FrozenQuiz
from assessments.domain.scoring import percent, seed_of
from assessments.domain.starting import QuizStanding
from assessments.interactions import KINDS
from assessments.interactions.base import Line
from assessments.interactions.shapes import Body
from assessments.interactions.variables import instantiate
from assessments.models import Attempt, AttemptItem, ItemStatistics, Outcome, Review
from courses.models import Competency, Level

_ORDER = [Review.NOTHING, Review.RESULT, Review.VERDICTS, Review.FEEDBACK, Review.ANSWERS]


def shows(level: str, what: Any) -> bool:
    """Whether a review of `level` shows `what`: each shows what the ones before it show."""
    return _ORDER.index(Review(level)) >= _ORDER.index(Review(what))


def review_level(quiz: FrozenQuiz, standing: QuizStanding) -> str:
    """How much a learner sees now: less while another try is to be had and none has passed."""
    has_passed = any(
        row.state == Attempt.State.SCORED
        and percent(row.score or Decimal(0), row.maximum) >= quiz.pass_mark
        for row in standing.attempts
    )
    is_over = has_passed or standing.tries_left == 0
    return quiz.review_done if is_over else quiz.review_open


@dataclass(frozen=True)
class Row:
    """One question of a review. `lines`, `solution` and `feedback` are empty where they may not be seen."""

    item: AttemptItem
    body: Body
    outcome: Outcome | None
    lines: list[Line]
    solution: list[str]
    feedback: str
    is_dropped: bool


def review_rows(
    attempt: Attempt, items: Sequence[AttemptItem], quiz: FrozenQuiz, level: str
) -> list[Row]:
    """The questions of a closed attempt as `level` shows them; three queries."""
    if not shows(level, Review.VERDICTS):
        return []
    outcomes: dict[int, Any] = {
        row.item_id: row
        for row in Outcome.objects.filter(item__attempt=attempt, is_current=True).select_related(
            "version"
        )
    }
    reached = reached_by(attempt, items, quiz)
    found = bodies([item.version for item in items] + [row.version for row in outcomes.values()])
    rows = []
    for item in items:
        outcome = outcomes.get(item.pk)
        # told by the key that the outcome was scored by: a regrade may have used a newer one
        version = outcome.version if outcome else item.version
        kind = KINDS[version.kind]
        body = instantiate(found[version.pk], seed_of(attempt.seed, item.position))
        lines = kind.explain(body, reached[item.pk].value)
        if not shows(level, Review.FEEDBACK):
            lines = [Line(line.text, line.verdict) for line in lines]
        rows.append(
            Row(
                item,
                body,
                outcome,
                lines,
                kind.solution(body) if shows(level, Review.ANSWERS) else [],
                body.feedback if shows(level, Review.FEEDBACK) else "",
                bool(outcome and outcome.verdict == DROPPED),
            )
        )
    return rows


@dataclass(frozen=True)
class CompetencyLevel:
    """What a placement quiz says of one competency."""

    competency: Competency
    placed: Placed

    @property
    def level_label(self) -> str:
        return Level(self.placed.level).label

    @property
    def or_label(self) -> str:
        return Level(self.placed.or_level).label if self.placed.or_level else ""


def _answered(outcome: Outcome, calibrated: ItemStatistics | None) -> Answered:
    """By what the answers of others say of the question; else by what its author says, with a chance of guessing."""
    share = float(max(0, outcome.fraction))
    if calibrated:
        return Answered(calibrated.a, calibrated.b, 0.0, share)
    item = outcome.version.item
    options = outcome.version.content.get("options", [])
    guess = 1 / len(options) if outcome.version.kind == "choice" and options else 0.0
    return Answered(1.2, difficulty_of(item.level, item.difficulty), guess, share)


def placement_levels(attempt: Attempt) -> list[CompetencyLevel]:
    """The level of each competency that an attempt's questions ask for; three queries."""
    outcomes = list(
        Outcome.objects.filter(item__attempt=attempt, is_current=True)
        .exclude(verdict__in=[DROPPED, "unscored"])
        .select_related("version__item")
        .prefetch_related("version__item__competencies")
    )
    calibrated = {
        row.version_id: row
        for row in ItemStatistics.objects.calibrated([row.version_id for row in outcomes])
    }
    answers: dict[Competency, list[Answered]] = {}
    for outcome in outcomes:
        item = outcome.version.item
        answered = _answered(outcome, calibrated.get(outcome.version_id))
        for competency in item.competencies.all():
            answers.setdefault(competency, []).append(answered)
    return [
        CompetencyLevel(competency, place(rows))
        for competency, rows in sorted(answers.items(), key=lambda pair: str(pair[0]))
    ]
