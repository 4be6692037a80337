"""Counts of few people are not told, nor may they be worked out from those that are."""

from collections.abc import Sequence

LEAST = 5


def hide_small(counts: Sequence[int]) -> list[int | None]:
    """Return the parts of a known total with None in place of what is hidden.

    Hidden are counts under five. As the total is known, one hidden count would be the difference: the next
    smallest is hidden with it, all that are equal to it too, and more until together they are at least ten, or
    all are hidden. Who knows this rule is still left with more than one answer.
    """
    hidden = {place for place, count in enumerate(counts) if count < LEAST}
    larger = sorted({count for count in counts if count >= LEAST})
    if not hidden:
        return list(counts)
    while larger and (len(hidden) == 1 or sum(counts[place] for place in hidden) < 2 * LEAST):
        smallest = larger.pop(0)
        hidden |= {place for place, count in enumerate(counts) if count == smallest}
    return [None if place in hidden else count for place, count in enumerate(counts)]


def hide_small_total(total: int) -> int | None:
    """The total, or None if that is of few people itself."""
    return total if total >= LEAST else None
