"""Marking what was handed in again: the dry run, its decision, and what learners are told."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Progress, Result
from labs.domain.hand_marks import hand_cells_of, mark_answer
from labs.domain.remarking import (
    Before,
    Forecast,
    apply_remark,
    begin_remark,
    drop_remark,
    forecast_of,
    foresee_remark,
    resume_remarks,
    run_remark,
)
from labs.domain.results import Total
from labs.domain.submissions import append_grade_run, facts_of
from labs.models import GradeRun, Remark, RemarkChange, RemarkedSubmission
from labs.tasks import resume_remarks_task
from lms.core.errors import InvalidTransition, Refused
from lms.messaging.domain.rendering import render
from lms.messaging.models import Message
from lms.organisations.domain import subtree_scope
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.labs import classroom as rooms
from tests.labs.classroom import Classroom

RIGHT = {"double": "def double(n):\n    return 2 * n", "half": "def half(n):\n    return n // 2"}
LUCKY = {"double": "def double(n):\n    return 2"}
REASON = "A hidden test was wrong."
State = Remark.State


@pytest.fixture
def testable(remade):
    """A class whose lab is marked by machine alone."""
    made = remade("testable", lambda: Classroom(factories.World(), has_question=False))
    with subtree_scope(made.world.centre):
        yield made


def plan(classroom, release=None, **values):
    values = {"organisation": classroom.world.centre, "run": classroom.run} | values
    return Remark(
        activity_key=classroom.key,
        release=release or classroom.release,
        by=classroom.trainer,
        **values,
    )


def foreseen(classroom, **outcomes):
    """A dry run that is done, in which each submission came out as `outcomes` says."""
    remark = begin_remark(plan(classroom))
    for submission in classroom.submissions:
        RemarkedSubmission.objects.create(
            remark=remark,
            submission=submission,
            before=submission.grade_runs.first(),
            **facts_of(rooms.report(**outcomes)),
        )
    Remark.objects.filter(pk=remark.pk).update(state=State.FORESEEN)
    remark.refresh_from_db()
    return remark


def applied(remark, by, **values):
    apply_remark(remark, by=by, reason=REASON, **values)
    run_remark(remark)
    remark.refresh_from_db()
    return remark


def decisions(remark):
    return list(remark.rows.order_by("submission_id").values_list("decision", flat=True))


def score_of(submission):
    result = Result.objects.get(enrolment=submission.workspace.enrolment, is_current=True)
    return result.score


def test_a_test_put_right_is_run_over_all_submissions(testable):
    """The marking is real: who was lucky falls, who is right stays, and nothing counts before."""
    right = testable.marked(0, RIGHT, {"why": None})
    lucky = testable.marked(1, LUCKY, {"why": None, "test_half": "undefined"})
    better = rooms.release(5, has_question=False)
    remark = begin_remark(plan(testable, better))
    assert foresee_remark(remark) is False
    forecast = forecast_of(remark)

    assert (remark.state, remark.total) == (State.FORESEEN, 2)
    assert Remark.objects.get().done == 2
    assert [(row.before.score, row.after.score) for row in forecast.changes] == [(4, 0)]
    assert (forecast.up, forecast.down) == (0, 1)
    assert GradeRun.objects.count() == 2
    applied(remark, testable.trainer, may_fall=True)
    assert decisions(remark) == ["same", "applied"]
    assert (score_of(right), score_of(lucky)) == (8, 0)


def test_a_dry_run_stops_in_time_and_goes_on_where_it_was(testable):
    testable.marked(0, RIGHT, {"why": None})
    remark = begin_remark(plan(testable))

    assert foresee_remark(remark, seconds=-1) is True
    assert remark.state == State.RUNNING
    assert not remark.rows.exists()


def test_a_dry_run_that_was_dropped_goes_no_further(classroom):
    classroom.marked(0)
    remark = begin_remark(plan(classroom))
    foresee_remark(remark, seconds=-1)
    drop_remark(Remark.objects.get(), by=classroom.trainer)

    assert foresee_remark(remark) is False
    assert not remark.rows.exists()


def test_results_rise_and_learners_are_told_why(classroom):
    submission = classroom.marked(0, outcomes={"test_half": "hidden_not_met"})
    classroom.submissions = [submission]
    remark = applied(foreseen(classroom), classroom.trainer)
    change = RemarkChange.objects.get()
    result = Result.objects.get(enrolment=classroom.enrolments[0], is_current=True)

    assert (remark.state, decisions(remark)) == (State.DONE, ["applied"])
    assert (change.score_before, change.score_after) == (4, 8)
    assert (result.score, result.comment) == (8, f"Marked again: {REASON}")
    assert Progress.objects.get(enrolment=classroom.enrolments[0]).completed_at
    assert [run.score for run in submission.grade_runs.all()] == [8, 4]
    message = Message.objects.get(key="labs.result_changed", channel="in_app")
    text = render(message).body
    assert message.person == classroom.enrolments[0].user
    assert REASON in text
    assert "Before: 4" in text


def test_a_result_that_would_fall_stays_unless_told_otherwise(classroom):
    classroom.submissions = [classroom.marked(0), classroom.marked(1)]
    kept = applied(foreseen(classroom, test_half="raised"), classroom.trainer)

    assert decisions(kept) == ["kept", "kept"]
    assert GradeRun.objects.count() == 2
    fallen = applied(foreseen(classroom, test_half="raised"), classroom.trainer, may_fall=True)
    assert decisions(fallen) == ["applied", "applied"]
    assert score_of(classroom.submissions[0]) == 4
    assert Progress.objects.filter(completed_at__isnull=False).count() == 2  # once earned it stays


def test_points_by_hand_are_kept_and_counted(classroom):
    submission = classroom.marked(0, outcomes={"test_half": "raised"})
    mark_answer(
        submission,
        hand_cells_of(submission.release)["why"],
        points=Decimal(2),
        by=classroom.trainer,
    )
    classroom.submissions = [submission]
    remark = foreseen(classroom)
    (row,) = forecast_of(remark).rows
    applied(remark, classroom.trainer)

    assert (row.before.score, row.after.score) == (6, 10)
    assert (row.newly_passes, row.passes_no_more) == (True, False)
    assert score_of(submission) == 10


def test_what_was_marked_since_the_dry_run_is_left_alone(classroom):
    submission = classroom.marked(0, outcomes={"test_half": "raised"})
    classroom.submissions = [submission]
    remark = foreseen(classroom)
    append_grade_run(submission, **facts_of(rooms.report(test_double="raised")))
    applied(remark, classroom.trainer)

    assert decisions(remark) == ["stale"]
    assert submission.grade_runs.count() == 2


def test_a_result_set_by_hand_stays_and_brings_no_news(classroom):
    submission = classroom.marked(0, outcomes={"test_half": "raised"})
    Result.objects.filter(is_current=True).update(by=classroom.trainer, score=11)
    classroom.submissions = [submission]
    applied(foreseen(classroom), classroom.trainer)

    assert score_of(submission) == 11
    assert not Message.objects.filter(key="labs.result_changed").exists()


def test_applying_twice_applies_once(classroom):
    classroom.submissions = [classroom.marked(0, outcomes={"test_half": "raised"})]
    remark = applied(foreseen(classroom), classroom.trainer)
    run_remark(remark)

    assert GradeRun.objects.count() == 2
    with pytest.raises(InvalidTransition):
        apply_remark(remark, by=classroom.trainer, reason=REASON)


def test_a_dropped_dry_run_is_never_applied(classroom):
    classroom.submissions = [classroom.marked(0)]
    remark = foreseen(classroom)
    drop_remark(remark, by=classroom.trainer)
    with pytest.raises(InvalidTransition):
        apply_remark(remark, by=classroom.trainer, reason=REASON)


def test_only_marked_submissions_of_the_scope_are_marked_again(classroom):
    classroom.marked(0)
    classroom.hand_in(1)
    classroom.marked(enrolment=classroom.foreigner)
    world = classroom.world

    assert begin_remark(plan(classroom)).total == 2
    with subtree_scope(world.kenya):
        assert begin_remark(plan(classroom, organisation=world.kenya, run=None)).total == 1


def test_nothing_to_mark_again_is_refused(classroom):
    with pytest.raises(Refused) as refusal:
        begin_remark(plan(classroom))

    assert refusal.value.code == "nothing_to_remark"


def test_a_release_with_other_cells_is_refused_by_their_names(classroom):
    classroom.marked(0)
    with pytest.raises(Refused, match="why") as refusal:
        begin_remark(plan(classroom, rooms.release(has_question=False)))

    assert refusal.value.code == "other_cells"


def test_what_stalled_is_taken_up(classroom):
    classroom.submissions = [classroom.marked(0, outcomes={"test_half": "raised"})]
    remark = foreseen(classroom)
    apply_remark(remark, by=classroom.trainer, reason=REASON)
    assert resume_remarks() == []
    Remark.objects.update(worked_at=timezone.now() - timedelta(minutes=6))
    with every_organisation():  # as the beat has it
        resume_remarks_task()

    assert Remark.objects.get().state == State.DONE


PERCENT = st.decimals(0, 100, places=2)


@given(st.lists(st.tuples(PERCENT, PERCENT), max_size=20))
def test_a_forecast_counts_each_learner_once(pairs):
    def total(percent):
        return Total(percent, Decimal(100))

    rows = [Before(None, total(before), total(after), 60) for before, after in pairs]
    forecast = Forecast(rows)
    same = sum(before == after for before, after in pairs)

    assert forecast.up + forecast.down + same == len(pairs)
    assert len(forecast.changes) == len(pairs) - same
    for side in ("before", "after"):
        assert sum(getattr(band, side).count for band in forecast.bands) == len(pairs)
    passed = [sum(pair[place] >= 60 for pair in pairs) for place in (0, 1)]
    assert passed[1] - passed[0] == forecast.newly_passed - forecast.no_longer_passed


@pytest.fixture
def trainer(client, classroom):
    client.force_login(classroom.trainer)
    return client


def listing(classroom, place="kenya"):
    return reverse("labs:remark_list", args=[place, classroom.run.pk, classroom.key])


def page_of(remark, place="centre"):
    return reverse("labs:remark", args=[place, remark.pk])


def test_a_trainer_sees_the_dry_run_and_applies_it_with_a_reason(
    classroom, trainer, django_capture_on_commit_callbacks
):
    classroom.submissions = [classroom.marked(0, outcomes={"test_half": "raised"})]
    remark = foreseen(classroom)
    page = trainer.get(page_of(remark)).content.decode()

    assert "Results that go up: 1; that go down: 0." in page
    assert "Akinyi Were" in page
    assert trainer.post(page_of(remark), {"apply": "1", "reason": ""}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        trainer.post(page_of(remark), {"apply": "1", "reason": REASON})
    page = trainer.get(page_of(remark)).content.decode()
    assert "Learners whose result changed are told" in page
    assert "8 / 11" in page
    assert REASON in trainer.get(listing(classroom, "centre")).content.decode()


def test_a_trainer_starts_and_drops_a_dry_run(classroom, trainer):
    classroom.marked(0)
    answer = trainer.post(
        listing(classroom, "centre"), {"release": classroom.release.pk, "whose": "all"}
    )
    remark = Remark.objects.get()

    assert answer.url == page_of(remark)
    assert (remark.run, remark.state) == (None, State.WAITING)
    page = trainer.get(answer.url).content.decode()
    assert '<meta http-equiv="refresh"' in page
    trainer.post(answer.url, {"drop": "1"})
    assert "nothing was changed" in trainer.get(answer.url).content.decode()


def test_a_release_of_another_lab_cannot_be_chosen(classroom, trainer):
    classroom.marked(0)
    other = rooms.release(name="letters")
    answer = trainer.post(listing(classroom), {"release": other.pk, "whose": "run"})

    assert "Select a valid choice" in answer.content.decode()
    assert not Remark.objects.exists()


def test_marking_again_is_the_trainers(classroom, client):
    classroom.submissions = [classroom.marked(0)]
    remark = foreseen(classroom)
    world = classroom.world
    Remark.objects.update(organisation=world.kenya)
    for address in (listing(classroom), page_of(remark, "kenya")):
        for person, status in (
            (classroom.trainer, 200),
            (world.kenyan_coordinator, 403),
            (world.learner, 404),
            (world.rwandan_coordinator, 404),
        ):
            client.force_login(person)
            assert client.get(address).status_code == status
        client.logout()
        assert client.get(address).status_code == 302


FORECAST_QUERIES, DONE_QUERIES, LIST_QUERIES = 17, 8, 17


def test_a_re_mark_asks_as_often_for_one_as_for_three(
    classroom, trainer, django_assert_num_queries
):
    for learners in (1, 3):
        classroom.submissions = [
            classroom.marked(place, {"double": f"a = {learners}"}, {"test_half": "raised"})
            for place in range(learners)
        ]
        remark = foreseen(classroom)
        with django_assert_num_queries(FORECAST_QUERIES):
            trainer.get(page_of(remark))
        with django_assert_num_queries(LIST_QUERIES):
            trainer.get(listing(classroom, "centre"))
        applied(remark, classroom.trainer)
        with django_assert_num_queries(DONE_QUERIES):
            trainer.get(page_of(remark))
