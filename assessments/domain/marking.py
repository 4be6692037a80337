"""Marking by people: a queue without names, rubrics, a second marker on a sample, equal answers in one go."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.domain.items import bodies
from assessments.domain.ledger import standings
from assessments.domain.outcomes import DROPPED, WAITING, settle
from assessments.domain.quizzes import frozen_quiz
from assessments.interactions import KINDS
from assessments.interactions.shapes import Body, Criterion, Value
from assessments.models import Attempt, AttemptItem, Comment, Item, Mark, Outcome
from lms.core.errors import Refused

SAMPLE = 10  # one answer in so many has a second marker
LEARNED_FROM = 300  # the newest marks that suggestions learn from
POOLED = 10  # further questions that suggestions learn from
AGREES = Decimal("0.1")  # of the points: within this two markers agree


def _by_person() -> list[str]:
    return [name for name, kind in KINDS.items() if kind.scored_by == "person"]


def waiting_answers() -> QuerySet[AttemptItem]:
    """Answers of the open scope that wait for a first mark, oldest first."""
    waits = Outcome.objects.filter(item=OuterRef("pk"), is_current=True, verdict=WAITING)
    return (
        AttemptItem.objects.filter(
            Exists(waits),
            attempt__state=Attempt.State.SUBMITTED,
            version__kind__in=_by_person(),
        )
        .select_related("version__item", "attempt")
        .order_by("attempt__submitted_at", "pk")
    )


def second_answers(user: AbstractBaseUser) -> QuerySet[AttemptItem]:
    """Answers of the sample that somebody else marked and nobody compared yet."""
    return (
        AttemptItem.objects.annotate(
            firsts=Count("marks", filter=Q(marks__is_second=False)),
            seconds=Count("marks", filter=Q(marks__is_second=True)),
            own=Count("marks", filter=Q(marks__by=user)),
            turn=F("pk") % SAMPLE,  # by a number that no marker chooses
        )
        .filter(firsts__gt=0, seconds=0, own=0, turn=0, attempt__state=Attempt.State.SCORED)
        .select_related("version__item", "attempt")
        .order_by("pk")
    )


@dataclass(frozen=True)
class Pile:
    """All waiting answers to one question."""

    item: Item
    waiting: int
    since: object


def piles() -> list[Pile]:
    """The queue by question, the longest wait first; two queries."""
    rows = (
        waiting_answers()
        .order_by()
        .values("version__item")
        .annotate(waiting=Count("pk"), since=Min("attempt__submitted_at"))
        .order_by("since")
    )
    rows = list(rows)
    items = Item.objects.select_related("bank").in_bulk([row["version__item"] for row in rows])
    return [Pile(items[row["version__item"]], row["waiting"], row["since"]) for row in rows]


def answer_of(item: AttemptItem) -> Value:
    """What was handed in for one question; one query."""
    rows = item.responses.all()
    return standings(rows, {item.pk: item.position})[item.pk].value


def rubric_of(body: Body) -> list[Criterion]:
    return list(getattr(body, "rubric", []))


def folded(value: Value) -> str:
    """A typed answer without what does not matter to its mark: capitals, spaces and marks between words."""
    return " ".join(re.findall(r"\w+", value.casefold())) if isinstance(value, str) else ""


def equal_answers(item: AttemptItem, value: Value) -> list[AttemptItem]:
    """Other waiting answers to the same version that say the same; two queries."""
    if not folded(value):
        return []
    others = list(
        waiting_answers()
        .filter(version=item.version_id)
        .exclude(pk=item.pk)
        .prefetch_related("responses")
    )
    return [
        other
        for other in others
        if folded(standings(other.responses.all(), {other.pk: other.position})[other.pk].value)
        == folded(value)
    ]


def read_points(body: Body, maximum: Decimal, sent: Mapping[str, str]) -> dict[str, Decimal]:
    """Return {criterion id: points} of what a marker wrote, or {"": points} without a rubric.

    Refused with a sentence for what is no number, or more than there is to have.
    """
    rubric = rubric_of(body)
    limits = {each.id: (each.title, each.points) for each in rubric} or {"": (_("Points"), maximum)}
    points = {}
    for name, (title, most) in limits.items():
        text = sent.get(name, "").strip().replace(",", ".")
        try:
            given = Decimal(text)
        except InvalidOperation as error:
            raise Refused(
                _("%(what)s: write a number from 0 to %(most)s.")
                % {"what": title, "most": most.normalize()},
                code="not_points",
            ) from error
        if not given.is_finite() or not 0 <= given <= most:
            raise Refused(
                _("%(what)s: write a number from 0 to %(most)s.")
                % {"what": title, "most": most.normalize()},
                code="not_points",
            )
        points[name] = given
    return points


def fraction_of(body: Body, maximum: Decimal, points: Mapping[str, Decimal]) -> Decimal:
    """The share of an item's points that a marker's points are."""
    most = sum((each.points for each in rubric_of(body)), Decimal(0)) or maximum
    share = sum(points.values(), Decimal(0)) / most if most else Decimal(0)
    return share.quantize(Decimal("0.000001"), ROUND_HALF_UP)


@transaction.atomic
def mark_answers(
    items: Sequence[AttemptItem],
    points: Mapping[str, Decimal],
    *,
    by: AbstractBaseUser,
    comment: str = "",
    is_second: bool = False,
    suggested: Decimal | None = None,
) -> list[Mark]:
    """Give answers to the same version one mark; each attempt moves on when nothing of it waits any more.

    A second mark is kept beside the first; where the two disagree the mean scores. Nobody marks an answer twice.
    """
    marks = []
    body = bodies([items[0].version])[items[0].version_id]
    for item in items:
        attempt = (
            Attempt.objects.select_for_update(of=["self"])
            .select_related("enrolment__run__edition")
            .get(pk=item.attempt_id)
        )
        if attempt.enrolment.user_id == by.pk:
            raise Refused(_("You cannot mark your own answers."), code="own_answer")
        there = list(item.marks.all())
        if any(mark.by_id == by.pk and mark.is_second == is_second for mark in there) and is_second:
            raise Refused(_("You have marked this answer already."), code="marked_already")
        fraction = fraction_of(body, item.maximum, points)
        mark = Mark.objects.create(
            item=item,
            by=by,
            points={name: str(each) for name, each in points.items()},
            fraction=fraction,
            comment=comment,
            is_second=is_second,
            suggested=suggested,
        )
        marks.append(mark)
        counts = fraction
        if is_second:
            first = next(row for row in reversed(there) if not row.is_second)
            counts = (
                first.fraction
                if abs(first.fraction - fraction) <= AGREES
                else (first.fraction + fraction) / 2
            )
        _record(attempt, item, counts, mark, points)
    if comment:
        keep_comment(by, comment)
    return marks


def _record(
    attempt: Attempt,
    item: AttemptItem,
    fraction: Decimal,
    mark: Mark,
    points: Mapping[str, Decimal],
) -> None:
    current = item.outcomes.filter(is_current=True).first()
    if current and current.verdict == DROPPED:
        return
    item.outcomes.filter(is_current=True).update(is_current=False)
    Outcome.objects.create(
        item=item,
        version=item.version,
        verdict="right" if fraction == 1 else "partly" if fraction else "wrong",
        fraction=fraction,
        score=(item.maximum * fraction).quantize(Decimal("0.0001"), ROUND_HALF_UP),
        parts={name: str(each) for name, each in points.items()},
        source=Outcome.Source.PERSON,
        comment=mark.comment,
        by=mark.by,
    )
    outcomes = list(
        Outcome.objects.filter(item__attempt=attempt, is_current=True).select_related(
            "item__version"
        )
    )
    settle(attempt, frozen_quiz(attempt.revision_id), outcomes, by=mark.by)


def keep_comment(user: AbstractBaseUser, text: str) -> None:
    """Put a comment into the marker's own bank, newest first."""
    Comment.objects.update_or_create(
        user=user, text=text[:500], defaults={"used_at": timezone.now()}
    )


def marked_texts(item: int) -> list[tuple[str, Decimal]]:
    """(text, fraction) of the typed answers to an item that people have marked, newest first."""
    marks = (
        Mark.objects.filter(item__version__item=item, is_second=False)
        .select_related("item")
        .prefetch_related("item__responses")
        .order_by("-marked_at")[:LEARNED_FROM]
    )
    found = []
    for mark in marks:
        answered = mark.item
        value = standings(answered.responses.all(), {answered.pk: answered.position})[
            answered.pk
        ].value
        if isinstance(value, str):
            found.append((value, mark.fraction))
    return found


def questions_like(item: Item) -> list[Item]:
    """Further questions of the bank that people have marked: suggestions learn from them, too."""
    marked = Mark.objects.filter(item__version__item__bank=item.bank_id, is_second=False)
    ids = marked.exclude(item__version__item=item).values_list("item__version__item", flat=True)
    return list(Item.objects.filter(pk__in=ids.distinct()).select_related("current")[:POOLED])
