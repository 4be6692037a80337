"""Attempts whose answers are more alike than chance explains."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import pandas as pd

from assessments.domain.statistics.reading import first_attempts, read_outcomes, values_of
from assessments.models import Attempt, ItemVersion
from assessments.statistics.similarity import similar_pairs

MOST_COMPARED = 2_000  # people in a search for pairs, the newest


@dataclass(frozen=True)
class Look:
    """A pair of attempts whose answers are more alike than chance explains: a reason for a talk, no more."""

    first: Attempt
    second: Attempt
    same: int
    common: int
    expected: float


def attempts_alike(key: UUID | str) -> tuple[list[Look], int]:
    """Pairs among the newest attempts in scope at a quiz, and how many attempts were compared; three queries and more.

    Only answers to choices are compared, and only where two people had thirty such questions in common.
    """
    attempts = first_attempts([key]).tail(MOST_COMPARED)
    outcomes = read_outcomes([key], attempts)
    kinds = dict(
        ItemVersion.objects.filter(pk__in=set(outcomes["version"])).values_list("pk", "kind")
    )
    outcomes = outcomes[outcomes["version"].map(kinds) == "choice"]
    if outcomes.empty:
        return [], len(attempts)
    values = values_of(attempts, outcomes)
    given = outcomes.assign(value=[values.get(item) for item in outcomes["item"]])
    given = given[given["value"].map(lambda value: isinstance(value, str) and bool(value))]
    given = given.assign(picked=given.groupby("version")["value"].transform(_numbered))
    picked = given.pivot_table(index="attempt", columns="version", values="picked", aggfunc="first")
    ability = (attempts["score"] / attempts["maximum"].replace(0, np.nan)).fillna(0)
    pairs = similar_pairs(picked.fillna(-1).to_numpy(), ability.loc[picked.index].to_numpy())
    named = Attempt.objects.select_related("enrolment__user", "enrolment__organisation").in_bulk(
        {int(picked.index[row]) for pair in pairs for row in (pair.first, pair.second)}
    )
    looks = [
        Look(
            named[int(picked.index[pair.first])],
            named[int(picked.index[pair.second])],
            pair.same,
            pair.common,
            pair.expected,
        )
        for pair in pairs
    ]
    return looks, len(attempts)


def _numbered(values: pd.Series) -> pd.Series:
    return pd.Series(pd.factorize(values, sort=True)[0], index=values.index)
