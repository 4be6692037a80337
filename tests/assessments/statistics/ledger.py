"""Quizzes that many people have answered, written straight into the ledger."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import numpy as np
from django.db import connection
from django.utils import timezone

from assessments.domain.items import freeze_item
from assessments.models import (
    Attempt,
    AttemptDevice,
    AttemptItem,
    Outcome,
    Response,
)
from courses.domain.editions import pinned_revision_id
from courses.models import Enrolment
from lms.accounts.models import User
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.assessments.statistics.data import simulated


def picks_of(people, questions, seed=1):
    """Options picked, A being right, by people and questions of the model."""
    answers, _a, _b, _theta = simulated(people, questions, seed)
    wrong = np.random.default_rng(seed).choice(["B", "C"], answers.shape)
    return np.where(answers == 1, "A", wrong)


def answered_quiz(picked, organisation, *, items=None, run=None, minutes_ago=60, **values):
    """A run whose quiz people of an organisation have answered as `picked` says: people by questions.

    None is a question that was not asked. Returns the run and the quiz's key.
    """
    with every_organisation():  # the factory fills the ledger
        if run is None:
            bank = factories.bank()
            items = items or [
                factories.item(bank, identifier=f"q{number}") for number in range(len(picked[0]))
            ]
            run = factories.quiz_run(*factories.fixed(*items), **values)
        key = run.edition.activities[0]["key"]
        answer(picked, organisation, run, key, items, minutes_ago)
    return run, key


def answer(picked, organisation, run, key, items, minutes_ago):
    versions = [item.current or freeze_item(item) for item in items]
    users = User.objects.bulk_create(
        User(full_name=f"Person {number}", email=f"{uuid4().hex}@example.org")
        for number in range(len(picked))
    )
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(user=user, run=run, organisation=organisation) for user in users
    )
    then = timezone.now() - timedelta(minutes=minutes_ago)
    attempts = Attempt.objects.bulk_create(
        Attempt(
            enrolment=enrolment,
            activity_key=key,
            revision_id=pinned_revision_id(run.edition.activities[0], "en"),
            language="en",
            number=1,
            seed="0",
            state=Attempt.State.SCORED,
            submitted_at=then,
            score=sum(pick == "A" for pick in row),
            maximum=sum(pick is not None for pick in row),
        )
        for enrolment, row in zip(enrolments, picked, strict=True)
    )
    devices = AttemptDevice.objects.bulk_create(
        AttemptDevice(attempt=attempt, device=uuid4(), epoch=1) for attempt in attempts
    )
    asked = [
        (attempt, device, number, pick)
        for attempt, device, row in zip(attempts, devices, picked, strict=True)
        for number, pick in enumerate(row)
        if pick is not None
    ]
    rows = AttemptItem.objects.bulk_create(
        AttemptItem(attempt=attempt, position=number + 1, version=versions[number], maximum=1)
        for attempt, _device, number, _pick in asked
    )
    Response.objects.bulk_create(
        Response(attempt=attempt, device=device, epoch=1, seq=number + 1, item=row, value=str(pick))
        for (attempt, device, number, pick), row in zip(asked, rows, strict=True)
    )
    Outcome.objects.bulk_create(
        Outcome(
            item=row,
            version=row.version,
            verdict="right" if pick == "A" else "wrong",
            fraction=Decimal(pick == "A"),
            score=Decimal(pick == "A"),
            scored_at=then,
        )
        for (_attempt, _device, _number, pick), row in zip(asked, rows, strict=True)
    )
    if connection.vendor == "postgresql":  # it knows nothing yet of tables filled a moment ago
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return attempts
