"""Marking again after a key was put right: dry run, replay, learners told, all kept."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from assessments.domain.regrading import foresee_regrade, run_regrade
from assessments.domain.starting import start_attempt
from assessments.models import Attempt, Change, Item, Outcome, Regrade
from assessments.tasks import regrade_task
from courses.models import Result
from lms.messaging.domain.rendering import render
from lms.messaging.models import Message
from tests import factories
from tests.assessments.conftest import Phone

LEARNERS = 4


@pytest.fixture
def wronged(everywhere):
    """A quiz of two questions, one with a wrong key (A instead of B); all answer B to it and A to the other."""
    pool = factories.bank()
    wrong = factories.item(pool, identifier="wrong", body=factories.choice_body("wrong", right=0))
    right = factories.item(pool, identifier="right", body=factories.choice_body("right", right=0))
    run = factories.quiz_run(*factories.fixed(wrong, right), is_shuffled=False)
    attempts = []
    for _ in range(LEARNERS):
        learner = factories.member(everywhere.nyeri)
        enrolment = factories.enrol(learner, run, everywhere.nyeri)
        phone = Phone(start_attempt(enrolment, run.edition.activities[0], "en"))
        phone.answer(1, "B")
        phone.answer(2, "A")
        attempts.append(phone.submit().attempt)
    everywhere.wrong, everywhere.attempts = wrong, attempts
    return everywhere


def put_right(item):
    return factories.item(
        item.bank, identifier=item.identifier, body=factories.choice_body("wrong", right=1)
    )


def plan(world, **values):
    return Regrade(
        organisation=world.centre,
        item=world.wrong,
        by=world.trainer,
        reason="B is right, too.",
        **{"action": Regrade.Action.RESCORE, **values},
    )


def scores():
    return [float(row.score) for row in Attempt.objects.order_by("pk")]


def test_a_dry_run_says_what_changes_and_writes_nothing(wronged):
    put_right(wronged.wrong)
    before = Outcome.objects.count(), scores()

    forecast = foresee_regrade(plan(wronged))

    assert (forecast.attempts, forecast.up, forecast.newly_passed) == (LEARNERS,) * 3
    assert (forecast.down, forecast.no_longer_passed) == (0, 0)
    assert (Outcome.objects.count(), scores()) == before


def test_a_regrade_supersedes_and_keeps_everything(wronged):
    put_right(wronged.wrong)
    regrade = plan(wronged)
    regrade.save()

    run_regrade(regrade)

    assert scores() == [2.0] * LEARNERS
    assert Outcome.objects.filter(is_current=False).count() == LEARNERS
    assert Outcome.objects.filter(source="regrade").count() == LEARNERS
    assert [result.percent for result in Result.objects.filter(is_current=True)] == [100] * LEARNERS
    assert [result.percent for result in Result.objects.filter(is_current=False)] == [50] * LEARNERS
    attempt = wronged.attempts[0]
    assert attempt.enrolment.progress.get(activity_key=attempt.activity_key).completed_at


def test_a_regrade_that_runs_twice_changes_nothing_more(wronged):
    put_right(wronged.wrong)
    regrade = plan(wronged)
    regrade.save()
    for _ in range(2):
        regrade_task(wronged.centre.pk, regrade.pk)

    assert Outcome.objects.count() == 3 * LEARNERS
    assert Change.objects.count() == LEARNERS
    regrade.refresh_from_db()
    assert (regrade.state, regrade.done, regrade.changed) == ("done", LEARNERS, LEARNERS)


def test_a_question_is_left_out_for_everybody(wronged):
    regrade = plan(wronged, action=Regrade.Action.DROP)
    regrade.save()

    run_regrade(regrade)

    assert [(row.score, row.maximum) for row in Attempt.objects.all()] == [(1, 1)] * LEARNERS
    assert [result.percent for result in Result.objects.filter(is_current=True)] == [100] * LEARNERS


def test_a_mark_set_by_hand_is_not_undone(wronged):
    put_right(wronged.wrong)
    result = Result.objects.filter(is_current=True).first()
    result.by = wronged.trainer
    result.save()
    regrade = plan(wronged)
    regrade.save()

    run_regrade(regrade)

    assert Result.objects.get(pk=result.pk).is_current


def test_learners_are_told_once(wronged):
    put_right(wronged.wrong)
    regrade = plan(wronged)
    regrade.save()
    for _ in range(2):
        run_regrade(regrade)

    told = Message.objects.filter(key="assessments.result_changed", channel="email")
    assert told.count() == LEARNERS
    letter = render(told.first())
    assert (
        "Before: 1.00 of 2.00 points. Now: 2.00 of 2.00 points. Reason: B is right, too."
        in letter.body
    )
    assert "1" not in letter.sms.partition("http")[0]


def test_a_trainer_accepts_another_answer_with_one_click(
    wronged, client, django_capture_on_commit_callbacks
):
    wronged.trainer.groups.set(Group.objects.filter(name="Moderators"))
    client.force_login(wronged.trainer)
    address = reverse("assessments:regrade_new", args=["centre", wronged.wrong.pk])
    address += "?action=accept&option=B"

    page = client.get(address).content.decode()
    assert f"{LEARNERS} attempts have this question." in page
    assert Item.objects.get(pk=wronged.wrong.pk).current.number == 1
    response = client.post(address, {"reason": "B is right, too."})
    run_regrade(Regrade.objects.get())

    assert Item.objects.get(pk=wronged.wrong.pk).current.number == 2
    assert scores() == [2.0] * LEARNERS
    page = client.get(response["Location"]).content.decode()
    assert f"Results that changed: {LEARNERS}" in page
    exported = client.get(response["Location"] + "?format=csv")
    csv = b"".join(exported.streaming_content).decode()
    assert csv.count("\n") == LEARNERS + 1


def test_the_learner_sees_the_corrected_result(wronged, client):
    put_right(wronged.wrong)
    regrade = plan(wronged)
    regrade.save()
    run_regrade(regrade)
    attempt = wronged.attempts[0]
    client.force_login(attempt.enrolment.user)

    page = client.get(
        reverse("assessments:review", args=[attempt.enrolment_id, attempt.uuid])
    ).content.decode()

    assert "100 %" in page
    assert "marked again after the question was put right" in page


def test_versions_and_keys_cannot_be_changed(wronged):
    version = wronged.wrong.current
    version.number = 7
    with pytest.raises(Exception, match="is frozen"):
        version.save()
