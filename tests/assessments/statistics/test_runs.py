"""From the ledger to kept figures, by the tasks."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.domain.reviews import placement_levels
from assessments.domain.statistics import quizzes_to_analyse, request_statistics
from assessments.models import (
    Attempt,
    AttemptItem,
    CalibrationRun,
    ItemStatistics,
    OptionStatistics,
    Outcome,
    QuizStatistics,
)
from assessments.statistics.classical import item_figures, quiz_figures
from assessments.tasks import analyse_quiz_task, analyse_quizzes_task, calibrate_bank_task
from courses.models import Competency
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.assessments.statistics.ledger import answered_quiz, picks_of

pytestmark = pytest.mark.django_db


def analysed(key):
    analyse_quiz_task(key)
    return QuizStatistics.objects.newest().get(activity_key=key)


def items_of(found):
    return list(ItemStatistics.objects.filter(run=found.run).order_by("version_id"))


def test_figures_kept_are_those_of_the_answers(world):
    picked = picks_of(120, 5)
    _run, key = answered_quiz(picked, world.nyeri)
    points = (picked == "A").astype(float)

    found = analysed(key)

    expected = quiz_figures(points)
    assert found.n == found.run.n == 120
    assert found.figures["mean"] == pytest.approx(expected.mean)
    assert found.figures["consistency"] == pytest.approx(expected.consistency)
    assert sum(found.figures["histogram"]) == 120
    assert (found.figures["maximum"], found.figures["pass_mark"]) == (5, 70)
    figures = item_figures(points, np.ones(5))
    rows = items_of(found)
    assert [row.facility for row in rows] == pytest.approx(list(figures["facility"]))
    assert [row.discrimination for row in rows] == pytest.approx(list(figures["discrimination"]))
    assert all(
        row.discrimination_low < row.discrimination < row.discrimination_high for row in rows
    )
    assert rows[0].figures["guess"] == pytest.approx(1 / 3)
    options = {row.value: row for row in rows[0].options.all()}
    assert options["A"].count == (picked[:, 0] == "A").sum()
    assert (options["A"].is_right, options["B"].is_right) == (True, False)
    assert len(options["A"].fifths) == len(rows[0].figures["fifths"]) == 5


@pytest.mark.parametrize(
    ("people", "has_facility", "has_discrimination", "has_options"),
    [(9, 0, 0, 0), (10, 1, 0, 0), (29, 1, 0, 0), (30, 1, 1, 0), (99, 1, 1, 0), (100, 1, 1, 1)],
)
def test_few_answers_say_little(world, people, has_facility, has_discrimination, has_options):
    _run, key = answered_quiz(picks_of(people, 3), world.nyeri)

    row = items_of(analysed(key))[0]

    assert (row.facility is not None) == bool(has_facility)
    assert (row.discrimination is not None) == bool(has_discrimination)
    assert OptionStatistics.objects.exclude(correlation=None).exists() == bool(has_options)


def test_a_wrong_key_is_found(world):
    picked = picks_of(200, 6, seed=4)
    swap = {"A": "B", "B": "A", "C": "C"}
    picked[:, 2] = [swap[pick] for pick in picked[:, 2]]
    _run, key = answered_quiz(picked, world.nyeri)

    found = analysed(key)

    flags = items_of(found)[2].flags
    assert (flags[0]["code"], flags[0]["value"]) == ("wrong_key", "B")
    assert "negative" in [flag["code"] for flag in flags]
    assert found.to_look_at == sum(bool(row.flags) for row in items_of(found))


def test_a_new_run_leaves_the_old_one_and_counts_itself(world):
    run, key = answered_quiz(picks_of(20, 3), world.nyeri)
    before = analysed(key)
    with every_organisation():  # the question set
        items = [row.version.item for row in items_of(before)]
    answered_quiz(picks_of(30, 3, seed=2), world.rwanda, items=items, run=run, minutes_ago=0)

    after = analysed(key)

    assert (before.n, after.n) == (20, 50)
    assert QuizStatistics.objects.count() == 2
    assert {row.n for row in items_of(before)} == {20}


def test_the_first_marked_attempt_of_each_person_counts_and_no_other(world):
    _run, key = answered_quiz(picks_of(12, 3), world.nyeri)
    with every_organisation():  # any attempt
        first, second, third, *_others = Attempt.objects.order_by("pk")
        Attempt.objects.filter(pk=second.pk).update(state=Attempt.State.VOID)
        Attempt.objects.filter(pk=third.pk).update(state=Attempt.State.SUBMITTED)
        again = Attempt.objects.get(pk=first.pk)
        again.pk, again.uuid, again.number = None, factories.uuid4(), 2
        again.submitted_at = timezone.now()
        again.save()

    assert analysed(key).n == 10


def test_dropped_questions_and_polls_do_not_count(world):
    _run, key = answered_quiz(picks_of(40, 4), world.nyeri)
    with every_organisation():  # any outcome
        version = AttemptItem.objects.order_by("pk").first().version
        Outcome.objects.filter(version=version).update(verdict="dropped")

    found = analysed(key)

    assert len(items_of(found)) == 3
    assert version.pk not in {row.version_id for row in items_of(found)}


def test_a_quiz_that_nobody_finished_has_no_statistics(world):
    analyse_quiz_task(str(world.entry("quiz")["key"]))

    assert not CalibrationRun.objects.exists()


def test_only_quizzes_with_new_attempts_or_marks_are_reckoned_again(world):
    _run, key = answered_quiz(picks_of(12, 3), world.nyeri)
    with every_organisation():  # maintenance
        assert quizzes_to_analyse() == [key]
        analyse_quiz_task(key)
        assert quizzes_to_analyse() == []
        Outcome.objects.filter(pk=Outcome.objects.first().pk).update(
            scored_at=timezone.now() + timedelta(seconds=1)
        )

        assert quizzes_to_analyse() == [key]


def test_the_nightly_task_queues_quizzes_and_their_banks(world, queued):
    _run, key = answered_quiz(picks_of(12, 3), world.nyeri)

    analyse_quizzes_task()

    with every_organisation():  # any question
        bank = AttemptItem.objects.first().version.item.bank_id
    assert queued == [("quiz", key), ("bank", bank)]


@pytest.fixture
def queued(monkeypatch):
    calls = []
    monkeypatch.setattr(analyse_quiz_task, "delay", lambda key: calls.append(("quiz", key)))
    monkeypatch.setattr(calibrate_bank_task, "delay", lambda bank: calls.append(("bank", bank)))
    return calls


def test_statistics_are_asked_for_once_in_ten_minutes(
    world, queued, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        request_statistics("a")
        with pytest.raises(Refused) as refused:
            request_statistics("a")
        request_statistics("b")

    assert refused.value.code == "asked_too_soon"
    assert queued == [("quiz", "a"), ("quiz", "b")]


def calibrated(key):
    with every_organisation():  # any question
        item = AttemptItem.objects.filter(attempt__activity_key=key).first().version.item
        calibrate_bank_task(item.bank_id)
        run = CalibrationRun.objects.filter(bank=item.bank_id).order_by("pk").last()
    return run, list(ItemStatistics.objects.filter(run=run).order_by("version_id"))


def test_a_bank_is_calibrated_from_two_hundred_answers_on(world):
    _run, few = answered_quiz(picks_of(199, 4), world.nyeri)
    _run, enough = answered_quiz(picks_of(200, 4), world.nyeri)

    run, rows = calibrated(few)
    assert run.items == 0 and rows[0].a is None and rows[0].discrimination is not None

    run, rows = calibrated(enough)
    assert run.items == 4 and run.loglik < 0
    assert all(row.a > 0 and row.se_b > 0 and row.activity_key is None for row in rows)


def test_firmly_calibrated_questions_hold_the_scale(world):
    _run, key = answered_quiz(picks_of(500, 4), world.nyeri)
    _first, before = calibrated(key)
    with every_organisation():  # the question set
        items = [row.version.item for row in before]
    bank = items[0].bank
    more = factories.item(bank, identifier="new")
    answered_quiz(picks_of(300, 5, seed=9), world.rwanda, items=[*items, more])

    run, after = calibrated(key)

    assert run.anchors == 4
    assert [(row.a, row.b) for row in after[:4]] == [(row.a, row.b) for row in before]
    assert after[4].a and after[4].n == 300


def test_a_question_that_works_against_the_others_has_no_place_on_the_scale(world):
    picked = picks_of(260, 6, seed=4)
    picked[:, 2] = ["B" if pick == "A" else "A" for pick in picked[:, 2]]
    _run, key = answered_quiz(picked, world.nyeri)

    run, rows = calibrated(key)

    assert run.items == 5
    assert [row.a is None for row in rows] == [False, False, True, False, False, False]
    assert rows[2].flags[0]["code"] == "negative"


def test_half_a_calibration_cannot_be_kept(world):
    _run, key = answered_quiz(picks_of(10, 2), world.nyeri)
    row = items_of(analysed(key))[0]
    row.a = 1.0

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_placement_goes_by_what_was_calibrated(world, django_assert_num_queries):
    _run, key = answered_quiz(picks_of(12, 4), world.nyeri, is_placement=True)
    competency = Competency.objects.create(framework="f", code="c1", title="C")
    with every_organisation():  # one attempt
        attempt = Attempt.objects.order_by("-score").first()
        versions = [row.version for row in attempt.items.select_related("version__item")]
        for version in versions:
            version.item.competencies.set([competency])
            version.item.save()
        (by_author,) = placement_levels(attempt)
        run = CalibrationRun.objects.create(activity_key=key)
        ItemStatistics.objects.bulk_create(
            ItemStatistics(run=run, version=version, n=600, a=2.0, b=2.5) for version in versions
        )
        with django_assert_num_queries(3):
            (by_answers,) = placement_levels(attempt)

    assert by_answers.placed.ability > by_author.placed.ability
