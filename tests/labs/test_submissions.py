"""Handing in, marking, and what the gradebook then says. The marking is real."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from courses.models import Progress, Result
from labs.domain import submissions
from labs.domain.workspaces import workspace_of
from labs.grading.marking import Check, Report
from labs.messages import with_sentences
from labs.models import GradeRun, Submission
from labs.sandbox import bubblewrap
from lms.core.errors import Refused
from lms.organisations.domain import subtree_scope
from tests.labs.notebooks import handed_in

RIGHT = {"late": "def late_share(path):\n    return float(pd.read_csv(path).late.mean())"}
WRONG = {"late": "def late_share(path):\n    return 0.25"}
State = Submission.State


@pytest.fixture
def workspace(enrolment, lab):
    with subtree_scope(enrolment.organisation):
        yield workspace_of(enrolment, lab.key, lab.release)


def notebook(workspace, answers):
    content = json.dumps(handed_in(workspace.release.notebook, answers)).encode()
    return submissions.read_notebook(content)


def hand_in(workspace, answers, **when):
    received = submissions.receive_notebook(workspace, notebook(workspace, answers))
    Submission.objects.filter(pk=received.pk).update(**when)
    return Submission.objects.get(pk=received.pk)


def test_a_right_notebook_completes_the_lab(workspace):
    submission = hand_in(workspace, RIGHT)
    submissions.mark_submission(submission)
    submission.refresh_from_db()

    assert submission.state == State.MARKED
    result = Result.objects.get(enrolment=workspace.enrolment, is_current=True)
    assert (result.score, result.maximum) == (Decimal(4), Decimal(4))
    assert Progress.objects.get(enrolment=workspace.enrolment).completed_at


def test_a_wrong_notebook_says_why(workspace):
    submissions.mark_submission(hand_in(workspace, WRONG))
    run = GradeRun.objects.get()

    assert (run.score, run.maximum) == (Decimal(0), Decimal(4))
    assert with_sentences(run.checks)[0]["message"] == (
        'Not met yet: assert late_share("requests.csv") == 0.5'
    )
    assert not Progress.objects.filter(completed_at__isnull=False).exists()


def test_the_best_result_counts(workspace):
    for answers in (RIGHT, WRONG):
        submissions.mark_submission(hand_in(workspace, answers))

    assert Result.objects.get(is_current=True).score == Decimal(4)
    assert GradeRun.objects.count() == 2


def test_marking_twice_marks_once(workspace):
    submission = hand_in(workspace, RIGHT)
    submissions.mark_submission(submission)
    submissions.mark_submission(submission)

    assert GradeRun.objects.count() == 1


def test_handing_in_twice_is_one_submission(workspace):
    first = hand_in(workspace, RIGHT)
    assert hand_in(workspace, WRONG) == first

    submissions.mark_submission(first)
    assert hand_in(workspace, RIGHT) == first
    assert hand_in(workspace, WRONG) != first


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"cells": [1]}', b"[" * 100_000])
def test_what_is_no_notebook_is_refused(content):
    with pytest.raises(Refused) as refusal:
        submissions.read_notebook(content)

    assert refusal.value.code == "not_a_notebook"


def test_what_the_queue_forgot_is_queued_again(workspace, django_capture_on_commit_callbacks):
    hand_in(workspace, RIGHT, received_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        count = submissions.requeue_forgotten()

    assert count == 1
    assert Submission.objects.get().state == State.MARKED


def test_what_was_just_received_is_left_to_the_queue(workspace):
    hand_in(workspace, RIGHT)

    assert submissions.requeue_forgotten() == 0


def test_a_marking_that_was_taken_for_dead_records_nothing(workspace):
    submission = hand_in(workspace, RIGHT)
    late = Submission.objects.get()
    late.tries = 1
    Submission.objects.update(state=State.MARKING, marking_at=timezone.now(), tries=2)
    report = Report([Check("test_late", 4, 4, "met")], [], "", 1.0)

    assert submissions.record_marking(late, report) is None
    submission.refresh_from_db()
    assert submissions.record_marking(submission, report)
    assert GradeRun.objects.count() == 1


@pytest.mark.parametrize(("tries", "state"), [(0, State.RECEIVED), (2, State.FAILED)])
def test_what_the_machine_could_not_mark_is_tried_again(workspace, cold, monkeypatch, tries, state):
    monkeypatch.setattr(bubblewrap, "bubblewrap_path", lambda: None)
    submission = hand_in(workspace, RIGHT, tries=tries)
    submissions.mark_submission(submission)

    assert (submission.state, submission.tries) == (state, tries + 1)


@pytest.mark.parametrize(("tries", "state"), [(1, State.RECEIVED), (3, State.FAILED)])
def test_what_a_dying_worker_left_is_taken_up(workspace, tries, state):
    long_ago = timezone.now() - timedelta(minutes=10)
    hand_in(workspace, RIGHT, state=State.MARKING, marking_at=long_ago, tries=tries)
    submissions.requeue_forgotten()

    assert Submission.objects.get().state == state
