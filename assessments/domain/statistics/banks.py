"""Figures of a bank's questions over all quizzes, and their calibration."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import numpy as np
import pandas as pd
from django.db import transaction
from django.utils import timezone
from threadpoolctl import threadpool_limits

from assessments.domain.statistics.quizzes import CODE_VERSION, limited
from assessments.domain.statistics.reading import first_attempts, matrix_of, read_outcomes
from assessments.models import CalibrationRun, ItemBank, ItemStatistics, ItemVersion, Outcome
from assessments.statistics.classical import pooled_figures
from assessments.statistics.evidence import CALIBRATION_FROM, FIRM_FROM
from assessments.statistics.irt import fit

MOST_ATTEMPTS = (
    20_000  # of a bank, the newest: what fits into memory, and far more than figures need
)


def banks_of(keys: Iterable[UUID | str]) -> list[int]:
    """The banks that questions of these quizzes come from."""
    asked = Outcome.objects.filter(is_current=True, item__attempt__activity_key__in=list(keys))
    return sorted(set(asked.order_by().values_list("version__item__bank", flat=True)))


def calibrate_bank(bank: ItemBank) -> CalibrationRun | None:
    """Reckon the questions of a bank over all quizzes that ask them, and calibrate those with enough answers.

    Questions that an earlier run calibrated firmly stay where they are, so that the scale does not move.
    Called in a scope of every organisation. None where nobody was asked any.
    """
    begun = timezone.now()
    mine = set(ItemVersion.objects.filter(item__bank=bank).order_by().values_list("pk", flat=True))
    keys = set(
        Outcome.objects.filter(is_current=True, version__in=mine)
        .order_by()
        .values_list("item__attempt__activity_key", flat=True)
        .distinct()
    )
    attempts = first_attempts(keys).tail(MOST_ATTEMPTS)
    answers = matrix_of(read_outcomes(keys, attempts))
    ours = [pk for pk in answers.points.columns if pk in mine]
    if not ours:
        return None
    quizzes = attempts.loc[answers.points.index, "quiz"].astype(str)
    held = {row.version_id: row for row in ItemStatistics.objects.calibrated(ours)}
    with threadpool_limits(1):
        pooled = pooled_figures(quizzes, answers.points, answers.maxima).set_index(
            answers.points.columns
        )
        shares = (answers.points[ours] / answers.maxima[ours]).clip(0, 1)
        # one that works against the others would bend the scale
        fits = (pooled["n"] >= CALIBRATION_FROM) & (pooled["discrimination"] > 0)
        calibrated = [pk for pk in ours if fits[pk]]
        anchors = {pk: held[pk] for pk in calibrated if pk in held and held[pk].n >= FIRM_FROM}
        found, loglik = _calibrate(shares[calibrated], anchors)
    with transaction.atomic():
        run = CalibrationRun.objects.create(
            bank=bank,
            n=len(answers.points),
            items=len(found),
            anchors=len(anchors),
            loglik=loglik,
            code_version=CODE_VERSION,
            created_at=begun,
        )
        ItemStatistics.objects.bulk_create(
            ItemStatistics(
                run=run,
                version_id=pk,
                **limited(pooled.loc[pk].to_dict()),
                **found.get(pk, {}),
            )
            for pk in ours
        )
    return run


def _calibrate(
    shares: pd.DataFrame, anchors: Mapping[int, ItemStatistics]
) -> tuple[dict[int, dict[str, float]], float | None]:
    """{version: its a, b and their standard errors}, and the log-likelihood; nothing where the fit does not settle."""
    asked = shares.loc[:, shares.max() > shares.min()]
    asked = asked[asked.notna().sum(axis=1) > 1]
    if asked.shape[1] < 2 or len(asked) < CALIBRATION_FROM:  # noqa: PLR2004  one question has no scale
        return {}, None
    held = np.full((asked.shape[1], 2), np.nan)
    for place, pk in enumerate(asked.columns):
        if pk in anchors:
            held[place] = anchors[pk].a, anchors[pk].b
    model = fit(asked.to_numpy(), anchors=held if anchors else None)
    if not model.has_converged:
        return {}, None
    found = {
        pk: {name: float(getattr(model, name)[place]) for name in ("a", "b", "se_a", "se_b")}
        for place, pk in enumerate(asked.columns)
    }
    for pk, row in anchors.items():
        if pk in found:
            found[pk] |= {"a": row.a, "b": row.b, "se_a": row.se_a, "se_b": row.se_b}
    return found, model.loglik
