"""Counts of people in statistics: those under five are not shown, nor can they be worked out."""

from collections.abc import Mapping

LEAST_SHOWN = 5


def hide_small_counts(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return `counts` with each of 1 to 4 hidden as None.

    Where one alone is hidden, it could be had from the total: the smallest of the others is hidden with it.
    Zero says nothing of anybody and stays, unless nothing else is left to hide.
    """
    hidden = {key for key, count in counts.items() if 0 < count < LEAST_SHOWN}
    if len(hidden) == 1:
        others = sorted(
            (key for key in counts if key not in hidden),
            key=lambda key: (counts[key] == 0, counts[key], key),
        )
        hidden.update(others[:1])
    return {key: None if key in hidden else count for key, count in counts.items()}
