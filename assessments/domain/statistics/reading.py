"""The answers that statistics are made of, read with few queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from assessments.domain.ledger import standings
from assessments.domain.outcomes import DROPPED, WAITING
from assessments.domain.quizzes import FrozenQuiz, frozen_quiz
from assessments.models import Attempt, AttemptState, Outcome, Response, ResponseType


def first_attempts(keys: Iterable[UUID | str]) -> pd.DataFrame:
    """The first finished attempt of each person at each quiz, where it is marked: one query."""
    rows = (
        Attempt.objects.closed()
        .filter(activity_key__in=list(keys))
        .order_by("submitted_at", "pk")
        .values_list(
            "pk", "activity_key", "enrolment__user", "state", "score", "maximum", "revision"
        )
    )
    names = ["attempt", "quiz", "user", "state", "score", "maximum", "revision"]
    frame = pd.DataFrame(list(rows), columns=names).drop_duplicates(["quiz", "user"])
    frame = frame[frame["state"] == AttemptState.SCORED.value].set_index("attempt")
    return frame.astype({"score": float, "maximum": float})


def read_outcomes(keys: Iterable[UUID | str], attempts: pd.DataFrame) -> pd.DataFrame:
    """What counts of each question of `attempts`, but for dropped ones and polls: one query."""
    rows = (
        Outcome.objects.filter(is_current=True, item__attempt__activity_key__in=list(keys))
        .exclude(verdict__in=[DROPPED, WAITING])
        .order_by()
        .values_list(
            "item",
            "item__attempt",
            "item__position",
            "version",
            "item__maximum",
            "score",
            "fraction",
            "parts",
        )
    )
    names = ["item", "attempt", "position", "version", "maximum", "score", "fraction", "parts"]
    frame = pd.DataFrame(list(rows.iterator()), columns=names)
    frame = frame[frame["attempt"].isin(attempts.index)]
    return frame.astype({"maximum": float, "score": float, "fraction": float})


@dataclass(frozen=True)
class Answers:
    """Attempts by versions: `points` with NaN where not asked, and `maxima` of each version."""

    points: pd.DataFrame
    maxima: pd.Series


def matrix_of(outcomes: pd.DataFrame) -> Answers:
    """Spread outcomes out. Where a question brought other points at another time, its shares are kept."""
    scored = outcomes[outcomes["maximum"] > 0]
    maxima = scored.groupby("version")["maximum"].max()
    points = scored["score"] / scored["maximum"] * scored["version"].map(maxima)
    matrix = scored.assign(points=points).pivot_table(
        index="attempt", columns="version", values="points", aggfunc="first"
    )
    return Answers(matrix, maxima.reindex(matrix.columns))


def values_of(attempts: pd.DataFrame, outcomes: pd.DataFrame) -> dict[int, Any]:
    """{item: the answer that counts}; of a question that could be checked, the first one. One query, and one a revision."""
    quizzes = {revision: frozen_quiz(revision) for revision in set(attempts["revision"])}
    rows = (
        Response.objects.filter(
            attempt__activity_key__in=set(attempts["quiz"]),
            is_accepted=True,
            item__isnull=False,
            type__in=[ResponseType.ANSWER, ResponseType.CHECK],
        )
        .order_by()
        .values_list("attempt_id", "epoch", "seq", "type", "item_id", "value")
    )
    names = ("epoch", "seq", "type", "item_id", "value")
    ledger: dict[int, list[Any]] = defaultdict(list)
    for attempt, *values in rows.iterator():
        ledger[attempt].append(
            SimpleNamespace(
                **dict(zip(names, values, strict=True)),
                is_accepted=True,
                is_late=False,
                certainty=None,
            )
        )
    found = {}
    for attempt, items in outcomes.groupby("attempt"):
        quiz: FrozenQuiz = quizzes[attempts.loc[attempt, "revision"]]
        positions = dict(zip(items["item"], items["position"], strict=True))
        reached = standings(ledger[attempt], positions, is_one_way=quiz.is_one_way)
        for item, standing in reached.items():
            is_checked = quiz.has_checks and standing.checks
            found[item] = standing.checks[0][0] if is_checked else standing.value
    return found


def number(value: Any) -> float | None:
    """A figure as JSON and the database take it: None where it cannot be told."""
    return float(value) if value is not None and np.isfinite(value) else None
