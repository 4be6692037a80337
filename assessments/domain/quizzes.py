"""A quiz as a revision froze it: what attempts are drawn from, and the rules they run by."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from wagtail.models import Revision

from assessments.domain.scoring import Rules
from assessments.models import Behaviour, Navigation, QuizPage


@dataclass(frozen=True)
class Entry:
    """One item for all (`item` is its id), or `count` items drawn from a bank by `tags`, difficulty and level."""

    points: Decimal
    item: int | None = None
    bank: int | None = None
    tags: tuple[str, ...] = ()
    difficulty: str = ""
    level: str = ""
    count: int = 1


@dataclass(frozen=True)
class Section:
    title: str
    instructions: str
    is_shuffled: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class FrozenQuiz:
    """No words of items and no keys: those belong to the versions that an attempt pins."""

    title: str
    sections: tuple[Section, ...]
    pass_mark: int
    consequence: str
    behaviour: str
    rules: Rules
    tries: int
    retry_after: timedelta | None
    counts: str
    time_limit: int | None
    late_window: timedelta
    navigation: str
    review_open: str
    review_done: str
    has_pin: bool
    honesty: bool
    is_placement: bool
    banks: frozenset[int] = field(default_factory=frozenset)

    @property
    def count(self) -> int:
        """How many items an attempt asks."""
        return sum(entry.count for section in self.sections for entry in section.entries)

    @property
    def retry_hours(self) -> int:
        return int(self.retry_after.total_seconds() // 3600) if self.retry_after else 0

    @property
    def is_one_way(self) -> bool:
        return self.navigation == Navigation.ONE_WAY

    @property
    def has_checks(self) -> bool:
        return self.behaviour != Behaviour.DEFERRED


def _entry(kind: str, value: dict) -> Entry:
    points = Decimal(str(value["points"]))
    if kind == "item":
        return Entry(points, item=value["item"])
    tags = tuple(tag.strip() for tag in (value["tags"] or "").split(",") if tag.strip())
    return Entry(
        points,
        bank=value["bank"],
        tags=tags,
        difficulty=value["difficulty"] or "",
        level=value["level"] or "",
        count=value["count"],
    )


def quiz_of(page: QuizPage) -> FrozenQuiz:
    """Return the quiz of a page as it is in memory."""
    sections = tuple(
        Section(
            value["title"] or "",
            value["instructions"] or "",
            bool(value["is_shuffled"]),
            tuple(_entry(entry["type"], entry["value"]) for entry in value["items"]),
        )
        for value in (section["value"] for section in page.sections.get_prep_value())
    )
    checks = {Behaviour.DEFERRED: 0, Behaviour.IMMEDIATE: 1}.get(page.behaviour, page.checks)
    return FrozenQuiz(
        title=page.title,
        sections=sections,
        pass_mark=page.pass_mark,
        consequence=page.consequence,
        behaviour=page.behaviour,
        rules=Rules(checks, Decimal(page.penalty) / 100, page.has_certainty),
        tries=page.tries,
        retry_after=timedelta(hours=page.retry_hours) if page.retry_hours else None,
        counts=page.counts,
        time_limit=page.time_limit,
        late_window=timedelta(hours=page.late_hours),
        navigation=page.navigation,
        review_open=page.review_open,
        review_done=page.review_done,
        has_pin=page.has_pin,
        honesty=page.honesty,
        is_placement=page.is_placement,
        banks=frozenset(
            entry.bank for section in sections for entry in section.entries if entry.bank
        ),
    )


@lru_cache(maxsize=2000)
def frozen_quiz(revision_id: int) -> FrozenQuiz:
    """Return the quiz of a revision; each process keeps it, since a revision never changes."""
    return quiz_of(Revision.objects.get(pk=revision_id).as_object())
