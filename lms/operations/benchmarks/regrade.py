"""A wrong key found after 10,000 attempts of 20 questions: how long until all are marked again."""

import time
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from assessments.domain.items import also_accepting, bodies, publish_body
from assessments.domain.regrading import foresee_regrade, run_regrade
from assessments.models import (
    Attempt,
    AttemptDevice,
    AttemptItem,
    Item,
    Outcome,
    Regrade,
    Response,
)
from courses.models import CourseRun, Enrolment
from lms.accounts.models import User
from lms.operations.benchmarks.population import QUESTIONS
from lms.organisations.models import Kind, Organisation
from lms.organisations.scoping import every_organisation

ATTEMPTS = 10_000
FIRST_NUMBER = 1000  # beside the attempts that the load makes


@transaction.atomic
def _make_attempts(run, items):
    """Closed attempts with their ledgers: every other answer is B, which is right, the others are A."""
    entry = run.edition.activities[-1]
    revision = next(iter(entry["revisions"].values()))
    enrolments = list(Enrolment.objects.filter(run=run).order_by("pk"))
    now = timezone.now()
    attempts = Attempt.objects.bulk_create(
        Attempt(
            enrolment=enrolments[number % len(enrolments)],
            activity_key=entry["key"],
            revision_id=revision,
            language="en",
            number=FIRST_NUMBER + number // len(enrolments),
            seed=f"{number:016x}",
            state=Attempt.State.SCORED,
            started_at=now - timedelta(minutes=30),
            submitted_at=now,
            receipt="BENCH",
            score=QUESTIONS / 2,
            maximum=QUESTIONS,
            epoch=1,
        )
        for number in range(ATTEMPTS)
    )
    devices = AttemptDevice.objects.bulk_create(
        AttemptDevice(attempt=attempt, device=uuid4(), epoch=1) for attempt in attempts
    )
    asked = AttemptItem.objects.bulk_create(
        AttemptItem(attempt=attempt, position=position, version=item.current, maximum=1)
        for attempt in attempts
        for position, item in enumerate(items, 1)
    )
    by_attempt = dict(zip((attempt.pk for attempt in attempts), devices, strict=True))
    Response.objects.bulk_create(
        [
            Response(
                attempt_id=each.attempt_id,
                device=by_attempt[each.attempt_id],
                epoch=1,
                seq=each.position,
                item=each,
                value="b" if each.position % 2 else "a",
            )
            for each in asked
        ],
        batch_size=5000,
    )
    Outcome.objects.bulk_create(
        [
            Outcome(
                item=each,
                version=each.version,
                verdict="right" if each.position % 2 else "wrong",
                fraction=each.position % 2,
                score=each.position % 2,
            )
            for each in asked
        ],
        batch_size=5000,
    )


def measure_regrade():
    """Seconds of a dry run and of the replay after one key got another right answer."""
    run = CourseRun.objects.select_related("edition").get()
    items = list(Item.objects.select_related("current").order_by("pk")[:QUESTIONS])
    with every_organisation():  # the benchmark's learners belong to all counties
        _make_attempts(run, items)
        wrong = items[1]
        body = also_accepting(bodies([wrong.current])[wrong.current_id], "a")
        publish_body(wrong, body, by=None)
        regrade = Regrade(
            organisation=Organisation.objects.get(kind=Kind.CENTRE),
            action=Regrade.Action.RESCORE,
            reason="Measured",
            by=User.objects.order_by("pk").first(),
        )
        begun = time.perf_counter()
        foreseen = foresee_regrade(regrade)
        dry = time.perf_counter() - begun
        regrade.save()
        begun = time.perf_counter()
        run_regrade(regrade)
        spent = time.perf_counter() - begun
    return {
        "attempts": regrade.done,
        "changed": regrade.changed,
        "foreseen": len(foreseen.changes),
        "dry_run_seconds": round(dry, 1),
        "replay_seconds": round(spent, 1),
    }
