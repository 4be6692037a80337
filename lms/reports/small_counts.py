"""Counts of few people are not told, nor may they be worked out from those that are."""

from collections.abc import Sequence

LEAST = 5


def hide_small(counts: Sequence[int]) -> list[int | None]:
    """Return the parts of a known total with None in place of what is hidden.

    Hidden are counts under five. As the total is known, one hidden count would be the difference: the next
    smallest is hidden with it, and more until together they are at least ten, or all are hidden.
    """
    hidden = {place for place, count in enumerate(counts) if count < LEAST}
    others = sorted((count, place) for place, count in enumerate(counts) if place not in hidden)
    if not hidden:
        return list(counts)
    while others and (len(hidden) == 1 or sum(counts[place] for place in hidden) < 2 * LEAST):
        hidden.add(others.pop(0)[1])
    return [None if place in hidden else count for place, count in enumerate(counts)]


def hide_small_total(total: int) -> int | None:
    """The total, or None if that is of few people itself."""
    return total if total >= LEAST else None
