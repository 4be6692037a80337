"""Figures of a quiz, of its questions and of their options."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
from django.core.cache import cache
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from threadpoolctl import threadpool_limits

from assessments.domain.items import bodies
from assessments.domain.quizzes import frozen_quiz
from assessments.domain.statistics.reading import (
    first_attempts,
    matrix_of,
    number,
    read_outcomes,
    values_of,
)
from assessments.models import (
    Attempt,
    CalibrationRun,
    ItemStatistics,
    ItemVersion,
    OptionStatistics,
    Outcome,
    QuizStatistics,
)
from assessments.statistics.classical import item_figures, quiz_figures
from assessments.statistics.evidence import (
    DISCRIMINATION_FROM,
    FACILITY_FROM,
    OPTIONS_FROM,
    correlation_limits,
)
from assessments.statistics.options import (
    Flag,
    OptionFigures,
    fifths_of,
    item_flags,
    option_figures,
    picks,
)
from lms.core.errors import Refused

CODE_VERSION = 1  # counted up when the same answers give other figures
WAIT_SECONDS = 600  # between two reckonings of a quiz that somebody asks for
BARS = 10  # of the histogram
SINGLE = {"choice", "choices"}  # kinds whose options are known beforehand


def quizzes_to_analyse() -> list[str]:
    """Keys of the quizzes whose attempts or marks are newer than their newest statistics: three queries."""
    reckoned = dict(
        CalibrationRun.objects.filter(activity_key__isnull=False)
        .values_list("activity_key")
        .annotate(newest=Max("created_at"))
    )
    changed: dict[UUID, Any] = dict(
        Attempt.objects.closed()
        .order_by()
        .values_list("activity_key")
        .annotate(newest=Max("submitted_at"))
    )
    for key, scored in (
        Outcome.objects.order_by()
        .values_list("item__attempt__activity_key")
        .annotate(newest=Max("scored_at"))
    ):
        changed[key] = max(changed[key], scored) if key in changed else scored
    return [
        str(key) for key, newest in changed.items() if key not in reckoned or newest > reckoned[key]
    ]


def request_statistics(key: UUID | str) -> None:
    """Queue a quiz's statistics; refused where they were asked for within the last ten minutes."""
    from assessments.tasks import analyse_quiz_task  # tasks import the domain

    if not cache.add(f"statistics-asked:{key}", 1, WAIT_SECONDS):
        raise Refused(
            _("These figures were asked for less than ten minutes ago. Try again a little later."),
            code="asked_too_soon",
        )
    transaction.on_commit(partial(analyse_quiz_task.delay, str(key)))


def guess_of(kind: str, body: Any) -> float:
    """The share of points that somebody gets who picks at random; 0 where that is hardly anything."""
    if kind not in SINGLE or not body.options:
        return 0.0
    return float(sum(max(0, option.mark) for option in body.options) / len(body.options))


def right_options(
    kind: str, body: Any, outcomes: pd.DataFrame, picked: Sequence[Sequence[tuple[str, str]]]
) -> dict[tuple[str, str], bool]:
    """{(part, value): whether it is right}: by the key of a choice, else by how those who picked it did there."""
    if kind in SINGLE:
        return {("", option.id): option.mark > 0 for option in body.options}
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for mine, parts, fraction in zip(picked, outcomes["parts"], outcomes["fraction"], strict=True):
        for part, value in mine:
            reached = parts.get(part.rsplit(".", 1)[-1]) if part else parts.get(value)
            scores[part, value].append(float(fraction if reached is None else reached))
    return {pick: sum(reached) / len(reached) > 0.5 for pick, reached in scores.items()}  # noqa: PLR2004  half of it


def limited(row: Mapping[str, Any], options: Sequence[OptionFigures] = ()) -> dict[str, Any]:
    """The fields of an ItemStatistics from figures, without those that so few answers cannot carry."""
    n = int(row["n"])
    discrimination = number(row["discrimination"]) if n >= DISCRIMINATION_FROM else None
    limits = None if discrimination is None else correlation_limits(discrimination / 100, n)
    flags = item_flags(
        n=n,
        facility=row["facility"],
        discrimination=row["discrimination"],
        guess=row.get("guess", 0.0),
        options=options,
    )
    return {
        "n": n,
        "facility": number(row["facility"]) if n >= FACILITY_FROM else None,
        "discrimination": discrimination,
        "discrimination_low": 100 * limits[0] if limits else None,
        "discrimination_high": 100 * limits[1] if limits else None,
        "efficiency": number(row.get("efficiency")) if n >= DISCRIMINATION_FROM else None,
        "flags": [_plain(flag) for flag in flags],
    }


def _plain(flag: Flag) -> dict[str, Any]:
    return {**asdict(flag), "figure": number(flag.figure)}


def _trace(points: pd.Series, rest: pd.Series, maximum: float) -> list[float | None]:
    """The share of points in each fifth of people by what they scored on the rest, weakest first."""
    means = (points / maximum).groupby(fifths_of(list(rest))).mean().reindex(range(5))
    return [number(mean) for mean in means]


def _histogram(attempts: pd.DataFrame) -> list[int]:
    shares = (attempts["score"] / attempts["maximum"].replace(0, np.nan)).dropna().clip(0, 1)
    counts, _edges = np.histogram(shares, bins=BARS, range=(0, 1))
    return [int(count) for count in counts]


def _commonest_form(matrix: np.ndarray) -> np.ndarray:
    """Which attempts asked as many questions as most did: totals of others cannot be compared with theirs."""
    counts = (~np.isnan(matrix)).sum(axis=1)
    return counts == np.bincount(counts).argmax() if len(counts) else counts == 0


def analyse_quiz(key: UUID | str) -> QuizStatistics | None:
    """Reckon the figures of a quiz, its questions and their options, and keep them; None where nobody finished it.

    Called in a scope of every organisation.
    """
    begun = timezone.now()
    attempts = first_attempts([key])
    outcomes = read_outcomes([key], attempts)
    if outcomes.empty:
        return None
    answers = matrix_of(outcomes)
    attempts = attempts.loc[answers.points.index]
    quiz = frozen_quiz(int(attempts["revision"].iloc[-1]))
    versions = ItemVersion.objects.in_bulk(list(answers.points.columns))
    found = bodies(versions.values())
    guesses = [guess_of(versions[pk].kind, found[pk]) for pk in answers.points.columns]
    matrix, maxima = answers.points.to_numpy(), answers.maxima.to_numpy()
    with threadpool_limits(1):
        items = item_figures(matrix, maxima, guesses)
        common = _commonest_form(matrix)
        whole = quiz_figures(matrix[common])
    values = values_of(attempts, outcomes)
    rest = answers.points.sum(axis=1)
    pending = []
    for position, pk in enumerate(answers.points.columns):
        row = items.iloc[position].to_dict()
        asked = outcomes[outcomes["version"] == pk].drop_duplicates("attempt")
        points = answers.points[pk].loc[asked["attempt"]]
        others = rest.loc[asked["attempt"]] - points
        options = _options(versions[pk].kind, found[pk], asked, values, others)
        figures = {
            name: number(row[name])
            for name in ("sd", "guess", "intended_weight", "effective_weight")
        }
        if row["n"] >= DISCRIMINATION_FROM:
            figures["fifths"] = _trace(points, others, maxima[position])
        fields = limited(row, options)
        pending.append((ItemStatistics(version=versions[pk], figures=figures, **fields), options))
    form = attempts[common]
    return _keep(
        key,
        begun,
        pending,
        n=len(attempts),
        figures={
            **{name: number(value) for name, value in asdict(whole).items()},
            "title": quiz.title,
            "maximum": number(form["maximum"].median()),
            "pass_mark": None if quiz.is_placement else quiz.pass_mark,
            "histogram": _histogram(attempts),
            "passed": int((100 * attempts["score"] >= quiz.pass_mark * attempts["maximum"]).sum()),
        },
    )


def _options(
    kind: str, body: Any, asked: pd.DataFrame, values: Mapping[int, Any], rest: pd.Series
) -> list[OptionFigures]:
    given = [values.get(item) for item in asked["item"]]
    if kind in {"essay", "upload"} or len(given) < FACILITY_FROM:
        return []
    picked = [list(picks(value)) for value in given]
    right = right_options(kind, body, asked, picked)
    return option_figures(given, list(rest), right)


@transaction.atomic
def _keep(
    key: UUID | str,
    begun: Any,
    pending: Sequence[tuple[ItemStatistics, Sequence[OptionFigures]]],
    *,
    n: int,
    figures: dict[str, Any],
) -> QuizStatistics:
    run = CalibrationRun.objects.create(
        activity_key=key, n=n, items=len(pending), code_version=CODE_VERSION, created_at=begun
    )
    for row, _options in pending:
        row.run, row.activity_key = run, key
    ItemStatistics.objects.bulk_create([row for row, _options in pending])
    OptionStatistics.objects.bulk_create(
        [
            OptionStatistics(
                item=row,
                part=option.part[:100],
                value=option.value,
                count=option.count,
                share=option.share,
                correlation=number(option.correlation) if row.n >= OPTIONS_FROM else None,
                is_right=option.is_right,
                fifths=list(option.fifths) if row.n >= OPTIONS_FROM else [],
            )
            for row, options in pending
            for option in options
        ],
        batch_size=500,
    )
    return QuizStatistics.objects.create(
        run=run,
        activity_key=key,
        n=n,
        to_look_at=sum(bool(row.flags) for row, _options in pending),
        figures=figures,
        created_at=begun,
    )


def _labels(content: Any) -> Iterable[tuple[str, str]]:
    match content:
        case {"id": str(identifier), "text": str(text), **others}:
            yield identifier, " ".join(strip_tags(text).split())
            yield from _labels(others)
        case dict():
            for inner in content.values():
                yield from _labels(inner)
        case list():
            for inner in content:
                yield from _labels(inner)


def labels_of(version: ItemVersion) -> dict[str, str]:
    """{identifier: words} of the options, gaps and things of a version."""
    return dict(_labels(version.content))
