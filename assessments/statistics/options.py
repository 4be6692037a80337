"""Who picked what, and what that says about a question."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from assessments.statistics.evidence import (
    DISCRIMINATION_FROM,
    OPTIONS_FROM,
    share_limits,
)

WRONG_KEY_ABOVE = 0.15  # correlation of a wrong option with the rest
EASY_ABOVE, HARD_BELOW = 0.95, 0.2
WEAK_BELOW = 20.0  # discrimination in per cent
KEPT = 30  # values of each part of a question
LONGEST = 100


def picks(value: Any, part: str = "") -> Iterator[tuple[str, str]]:
    """What an answer picks, as (part, value): one for a choice, several for several, one a gap, pair or place."""
    match value:
        case None | "" | False:
            return
        case dict():
            for key, inner in value.items():
                yield from picks(inner, f"{part}.{key}" if part else str(key))
        case list():
            for inner in value:
                if isinstance(inner, list):
                    yield part, " → ".join(str(each) for each in inner)[:LONGEST]
                else:
                    yield from picks(inner, part)
        case _:
            yield part, str(value)[:LONGEST]


def fifths_of(ability: Sequence[float]) -> NDArray[np.int_]:
    """In which fifth each person is, 0 the weakest; people of equal ability are in the same one."""
    known = np.asarray(ability, float)
    ranks = np.searchsorted(np.sort(known), known, side="left")
    return np.minimum(4, 5 * ranks // max(len(known), 1))


@dataclass(frozen=True)
class OptionFigures:
    """How many picked `value` in `part`, and the correlation of doing so with the rest (NaN where nobody differs)."""

    part: str
    value: str
    count: int
    share: float
    correlation: float
    is_right: bool | None = None
    fifths: tuple[float, ...] = ()  # share of those who picked it, from the weakest fifth on


def option_figures(
    values: Sequence[Any],
    rest: Sequence[float],
    right: Mapping[tuple[str, str], bool] | None = None,
) -> list[OptionFigures]:
    """Count what `values` pick, most often first; `rest` is what each person scored on the other questions.

    Options that `right` names stand there even when nobody picked them.
    """
    known = dict(right or {})
    n = len(values)
    others = np.asarray(rest, float)
    rows = [
        (person, part, pick)
        for person, value in enumerate(values)
        for part, pick in dict.fromkeys(picks(value))
    ]
    frame = pd.DataFrame(rows, columns=["person", "part", "value"])
    found = []
    off = others - others.mean() if n else others
    spread = float((off**2).sum())
    fifth = fifths_of(rest)
    sizes = np.maximum(np.bincount(fifth, minlength=5), 1)
    for (part, value), people in frame.groupby(["part", "value"], sort=True)["person"]:
        count = len(people)
        share = count / n
        under = np.sqrt(spread * n * share * (1 - share))
        correlation = float(off[people.to_numpy()].sum() / under) if under > 1e-9 else np.nan  # noqa: PLR2004  nobody differs
        fifths = tuple(float(each) for each in np.bincount(fifth[people], minlength=5) / sizes)
        is_right = known.pop((part, value), None)
        found.append(OptionFigures(part, value, count, share, correlation, is_right, fifths))
    found += [
        OptionFigures(part, value, 0, 0.0, np.nan, is_right)
        for (part, value), is_right in known.items()
    ]
    found.sort(key=lambda row: (row.part, -row.count, row.value))
    return list(_most_picked(found))


def _most_picked(rows: Iterable[OptionFigures]) -> Iterator[OptionFigures]:
    seen: dict[str, int] = {}
    for row in rows:
        seen[row.part] = seen.get(row.part, 0) + 1
        if seen[row.part] <= KEPT or row.is_right is not None:
            yield row


@dataclass(frozen=True)
class Flag:
    """A reason to look at a question; `part` and `value` name the option at fault, `figure` says how much."""

    code: str
    figure: float
    part: str = ""
    value: str = ""


def item_flags(
    *,
    n: int,
    facility: float,
    discrimination: float,
    guess: float,
    options: Sequence[OptionFigures] = (),
) -> list[Flag]:
    """What is odd about a question, worst first. Nothing is said of fewer than 30 answers, nor of options below 100."""
    if n < DISCRIMINATION_FROM:
        return []
    flags = []
    if n >= OPTIONS_FROM:
        wrong = [row for row in options if row.is_right is False]
        flags += [
            Flag("wrong_key", row.correlation, row.part, row.value)
            for row in sorted(wrong, key=lambda row: -np.nan_to_num(row.correlation))
            if row.correlation > WRONG_KEY_ABOVE
        ]
    if discrimination < 0:
        flags.append(Flag("negative", discrimination))
    limits = share_limits(facility, n)
    is_weak = 0 <= discrimination < WEAK_BELOW
    if is_weak and guess > 0 and limits and limits[0] <= guess:
        flags.append(Flag("guessed", facility))
    elif facility < HARD_BELOW:
        flags.append(Flag("hard", facility))
    if facility > EASY_ABOVE:
        flags.append(Flag("easy", facility))
    if n >= OPTIONS_FROM:
        flags += [Flag("unpicked", 0.0, row.part, row.value) for row in wrong if not row.count]
    return flags
