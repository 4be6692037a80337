"""Drawing the items of an attempt from a seed: the same seed and bank draw the same items."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from assessments.domain.quizzes import Entry, FrozenQuiz, Section
from assessments.interactions.shapes import shuffled
from assessments.models import Item


@dataclass(frozen=True)
class Candidate:
    """An item that may be drawn: items of one stimulus are asked one after another."""

    item: int
    stimulus: int | None = None


@dataclass(frozen=True)
class Drawn:
    section: int
    item: int
    points: Decimal


def draw_section(
    number: int, section: Section, pools: Sequence[Sequence[Candidate]], taken: set[int], seed: str
) -> list[Drawn]:
    """Return the items of one section; `pools` holds the candidates of each entry. Marks them as `taken`.

    Draws as many as there are where a pool is smaller than asked for.
    """
    chosen: list[tuple[Candidate, Decimal]] = []
    for place, (entry, pool) in enumerate(zip(section.entries, pools, strict=True)):
        free = {str(candidate.item): candidate for candidate in pool if candidate.item not in taken}
        order = shuffled(sorted(free), f"{seed}:{number}:{place}") if entry.bank else list(free)
        for item in order[: entry.count]:
            taken.add(free[item].item)
            chosen.append((free[item], entry.points))
    groups: dict[str, list[tuple[Candidate, Decimal]]] = {}
    for candidate, points in chosen:
        group = f"s{candidate.stimulus}" if candidate.stimulus else f"i{candidate.item}"
        groups.setdefault(group, []).append((candidate, points))
    names = shuffled(sorted(groups), f"{seed}:{number}") if section.is_shuffled else list(groups)
    return [
        Drawn(number, candidate.item, points)
        for name in names
        for candidate, points in groups[name]
    ]


def _named(quiz: FrozenQuiz) -> dict[int, Candidate]:
    """The askable ones of the items that the quiz names."""
    names = {entry.item for section in quiz.sections for entry in section.entries if entry.item}
    rows = Item.objects.askable().filter(pk__in=names).values_list("pk", "stimulus_id")
    return {pk: Candidate(pk, stimulus) for pk, stimulus in rows}


def _pool(entry: Entry) -> list[Candidate]:
    items = Item.objects.askable().filter(bank=entry.bank, translation_of__isnull=True)
    if entry.difficulty:
        items = items.filter(difficulty=entry.difficulty)
    if entry.level:
        items = items.filter(level=entry.level)
    if entry.tags:
        has = Count("tagged", filter=Q(tagged__tag__name__in=entry.tags), distinct=True)
        items = items.annotate(has=has).filter(has=len(entry.tags))
    return [Candidate(*row) for row in items.order_by("pk").values_list("pk", "stimulus_id")]


def draw_items(quiz: FrozenQuiz, seed: str) -> list[Drawn]:
    """Draw the items of an attempt in the order to ask them.

    One query for the named items, and one for each draw of the quiz.
    """
    named = _named(quiz)
    taken: set[int] = set()
    drawn: list[Drawn] = []
    for number, section in enumerate(quiz.sections):
        pools = [
            _pool(entry) if entry.bank else [named[entry.item]] if entry.item in named else []
            for entry in section.entries
        ]
        drawn += draw_section(number, section, pools, taken, seed)
    return drawn
