"""The board of a class: tasks, progress, who is stuck, what the checks say, and who may see it."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Enrolment
from labs.backends import Server
from labs.domain.board import Figures, board_of, outcome_kind
from labs.domain.progress import (
    Stuck,
    TaskStanding,
    TaskState,
    Try,
    current_task,
    note_progress,
    progress_of,
    tries_without_gain,
    why_stuck,
)
from labs.domain.saves import keep
from labs.domain.sessions import reconcile
from labs.domain.tasks import Task, digests_of, tasks_of
from labs.models import LabSession, WorkspaceProgress
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.labs import classroom as rooms
from tests.labs.notebooks import handed_in

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def moment(minutes):
    return NOON + timedelta(minutes=minutes)


def test_tasks_are_answers_with_the_tests_after_them():
    tasks = tasks_of(rooms.notebook())

    assert [(task.name, task.cells, task.checks, task.is_by_hand) for task in tasks] == [
        ("double", ["double"], ["test_double"], False),
        ("half", ["half"], ["test_half"], False),
        ("why", ["why"], ["why"], True),
    ]


def test_answers_in_a_row_are_one_task():
    cells = [rooms.answer("a", ""), rooms.answer("b", ""), rooms.check("test_ab", "")]
    tasks = tasks_of({"cells": [*cells, rooms.answer("c", ""), rooms.check("test_c", "")]})

    assert [(task.cells, task.checks) for task in tasks] == [
        (["a", "b"], ["test_ab"]),
        (["c"], ["test_c"]),
    ]


def test_only_answers_that_differ_from_their_stub_are_begun():
    released = rooms.notebook()
    mine = handed_in(released, {"double": "def double(n):\n    return 2 * n"})
    mine["cells"][4]["source"] = "assert True"  # a test, edited
    mine["cells"][3]["source"] += "  \n\n"  # white space alone

    assert list(digests_of(released, mine)) == ["double"]
    assert digests_of(released, {"cells": []}) == {}


def test_progress_keeps_when_each_task_was_begun_and_changed(classroom):
    workspace = classroom.workspace()
    released = classroom.release.notebook
    first = rooms.as_kept(handed_in(released, {"double": "a = 1"}))
    second = rooms.as_kept(handed_in(released, {"double": "a = 1", "half": "b = 2"}))
    note_progress(workspace, first, at=moment(0))
    note_progress(workspace, second, at=moment(5))
    note_progress(workspace, second, at=moment(9))
    found = WorkspaceProgress.objects.get()

    assert {name: task["begun_at"] for name, task in found.tasks.items()} == {
        "double": moment(0).isoformat(),
        "half": moment(5).isoformat(),
    }
    assert found.changed_at == moment(5)


ONE = Task("double", ["double"], ["test_double"])
HAND = Task("why", ["why"], ["why"], is_by_hand=True)


def tried(outcome, minutes=0, points=0):
    return Try(
        {"test_double": (points, 4, outcome), "why": (points, 4, outcome)},
        Decimal(points),
        moment(minutes),
    )


@pytest.mark.parametrize(
    ("begun", "tries", "is_waiting", "state"),
    [
        (False, [], False, TaskState.UNTOUCHED),
        (True, [], False, TaskState.BEGUN),
        (True, [], True, TaskState.HANDED_IN),
        (True, [tried("met")], False, TaskState.MET),
        (True, [tried("met")], True, TaskState.MET),
        (True, [tried("raised")], False, TaskState.NOT_MET),
        (True, [tried("raised")], True, TaskState.HANDED_IN),
        (True, [tried("met"), tried("too_slow")], False, TaskState.NOT_MET),
    ],
)
def test_a_task_s_state(begun, tries, is_waiting, state):
    seen = {"double": {"changed_at": NOON.isoformat()}} if begun else {}
    (standing,) = progress_of([ONE], seen, tries, is_waiting=is_waiting)

    assert standing.state == state


@pytest.mark.parametrize(
    ("outcome", "points", "state"),
    [
        ("by_hand", 0, TaskState.HANDED_IN),
        ("marked", 2, TaskState.MET),
        ("marked", 1, TaskState.NOT_MET),
    ],
)
def test_the_state_of_a_task_marked_by_hand(outcome, points, state):
    (standing,) = progress_of([HAND], {}, [tried(outcome, points=points)], is_waiting=False)

    assert standing.state == state


def test_the_current_task_is_the_last_changed_or_the_first_left():
    def standing(state, minutes=None):
        return TaskStanding(ONE, state, None if minutes is None else moment(minutes))

    met, begun = standing(TaskState.MET, 1), standing(TaskState.BEGUN, 2)
    older, untouched = standing(TaskState.NOT_MET, 0), standing(TaskState.UNTOUCHED)

    assert current_task([older, begun, untouched]) is begun
    assert current_task([standing(TaskState.MET, 3), older, untouched]) is older
    assert current_task([met, standing(TaskState.HANDED_IN, 2)]) is None
    assert current_task([]) is None


@given(st.lists(st.integers(0, 5), max_size=8))
def test_tries_without_gain_counts_those_since_the_best_rose(scores):
    count = tries_without_gain([tried("met", points=score) for score in scores])
    before = scores[: len(scores) - count]

    assert all(score <= max(before, default=0) for score in scores[len(scores) - count :])
    assert not before or before[-1] > max(before[:-1], default=0)


@pytest.mark.parametrize(
    ("state", "tries", "seen", "changed", "stuck"),
    [
        (TaskState.BEGUN, [], 29, 25, None),
        (TaskState.BEGUN, [], 29, 15, Stuck.UNCHANGED),
        (TaskState.BEGUN, [], 15, 15, None),  # gone
        (TaskState.NOT_MET, [tried("raised", 9), tried("raised", 28)], 29, 29, Stuck.FAILING),
        (TaskState.NOT_MET, [tried("raised", 12), tried("raised", 28)], 29, 29, None),
        (TaskState.NOT_MET, [tried("raised", 28)] * 3, 10, 10, Stuck.NO_GAIN),
        (TaskState.NOT_MET, [tried("met", 8, 2)] + [tried("raised", 28, 2)] * 2, 29, 29, None),
    ],
)
def test_who_is_stuck(state, tries, seen, changed, stuck):
    (standing,) = progress_of([ONE], {}, tries, is_waiting=False)
    standing = standing if tries else TaskStanding(ONE, state)

    found = why_stuck(
        standing, tries, seen_at=moment(seen), changed_at=moment(changed), now=moment(30)
    )

    assert found == stuck


def test_nobody_is_stuck_who_is_through_or_was_never_seen():
    assert why_stuck(None, [tried("met")] * 9, seen_at=NOON, changed_at=NOON, now=NOON) is None
    standing = TaskStanding(ONE, TaskState.UNTOUCHED)
    assert why_stuck(standing, [], seen_at=None, changed_at=None, now=NOON) is None


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        ("met", "met"),
        ("hidden_not_met", "not_met"),
        ("hidden_raised", "raised"),
        ("undefined", "raised"),
        ("ended", "raised"),
        ("hidden_too_slow", "too_slow"),
        ("no_time", "too_slow"),
        ("by_hand", "waiting"),
        ("something new", "not_met"),
    ],
)
def test_outcomes_are_counted_by_kind(outcome, kind):
    assert outcome_kind({"outcome": outcome, "points": 0, "max": 1}) == kind


@given(st.lists(st.integers(0, 60), min_size=1, max_size=5))
def test_a_bar_is_full_and_its_parts_touch(counts):
    bar = Figures("x", {str(place): count for place, count in enumerate(counts)}).bar
    widths = [float(segment.width) for segment in bar]

    assert sum(segment.count for segment in bar) == sum(counts)
    if bar:
        assert sum(widths) == pytest.approx(100, abs=0.05)
        assert [float(s.x) for s in bar] == pytest.approx(
            [sum(widths[:place]) for place in range(len(bar))], abs=0.05
        )


def seen_by(classroom, now=None):
    enrolments = Enrolment.objects.filter(run=classroom.run).select_related("user")
    return board_of(enrolments, classroom.key, classroom.release, now or timezone.now())


def test_the_board_shows_each_learner_and_counts_checks(classroom):
    classroom.marked(0, {"double": "a"})
    classroom.marked(1, {"double": "b"}, {"test_double": "hidden_raised"})
    classroom.workspace(2)
    board = seen_by(classroom)
    rows = {row.enrolment.pk: row for row in board.rows}
    first, second, third = (rows[enrolment.pk] for enrolment in classroom.enrolments)
    checks = {figures.name: figures.counts for figures in board.checks}
    tasks = {figures.name: figures for figures in board.tasks}

    assert [standing.state for standing in first.standings] == ["met", "met", "handed_in"]
    assert first.current is None
    assert not first.is_done
    assert (second.current.task.name, second.tries) == ("double", 1)
    assert (second.best.score, second.best.maximum) == (4, 11)
    assert (third.current.task.name, third.tries, third.newest) == ("double", 0, None)
    assert checks["test_double"] == {
        "met": 1,
        "not_met": 0,
        "raised": 1,
        "too_slow": 0,
        "waiting": 0,
    }
    assert checks["why"]["waiting"] == 2
    assert (tasks["double"].on, tasks["double"].counts["untouched"]) == (2, 2)
    assert (board.opened, board.here, board.stuck) == (3, 3, 0)


def test_who_tries_without_gain_comes_first(classroom):
    for number in range(3):
        classroom.marked(
            2, {"double": f"a = {number}"}, {"test_double": "raised", "test_half": "raised"}
        )
    board = seen_by(classroom)

    assert board.rows[0].enrolment == classroom.enrolments[2]
    assert board.rows[0].stuck == Stuck.NO_GAIN


def test_saves_and_the_hubs_list_tell_who_is_on_what(classroom, backend):
    workspace = classroom.workspace(0)
    mine = handed_in(classroom.release.notebook, {"half": "def half(n):\n    return n / 2"})
    with every_organisation():  # as the beats have it
        LabSession.objects.create(
            identity=workspace.identity,
            workspace=workspace,
            memory_mb=512,
            until=timezone.now() + timedelta(hours=1),
        )
        keep(workspace, json.dumps(mine).encode())
        backend.running[workspace.identity.lab_id] = Server(is_ready=True)
        reconcile()
        found = WorkspaceProgress.objects.get()

    assert (found.workspace, list(found.tasks)) == (workspace, ["half"])
    assert found.running_at >= found.changed_at


def test_permissions_are_the_trainers(classroom, client):
    address = reverse("labs:board", args=["kenya", classroom.run.pk, classroom.key])
    listed = reverse("labs:lab_list", args=["kenya"])
    for person, status in (
        (classroom.trainer, 200),
        (classroom.world.kenyan_coordinator, 403),
        (classroom.world.learner, 404),
        (classroom.world.rwandan_coordinator, 404),
    ):
        client.force_login(person)
        assert client.get(address).status_code == status
        assert client.get(listed).status_code == status
    client.logout()
    assert client.get(address).status_code == 302


@pytest.fixture
def trainer(client, classroom):
    client.force_login(classroom.trainer)
    return client


def board_page(classroom, place="kenya", **parameters):
    address = reverse("labs:board", args=[place, classroom.run.pk, classroom.key])
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"{address}?{query}" if query else address


def test_the_page_shows_the_organisation_s_learners_alone(classroom, trainer):
    page = trainer.get(board_page(classroom)).content.decode()

    assert "Akinyi Were" in page
    assert "Uwase Marie" not in page
    assert "Uwase Marie" in trainer.get(board_page(classroom, "rwanda")).content.decode()


def test_the_page_links_to_the_newest_submission_and_the_runs_link_to_it(classroom, trainer):
    submission = classroom.marked(0)
    page = trainer.get(board_page(classroom)).content.decode()
    runs = trainer.get(reverse("courses:run_list", args=["kenya"])).content.decode()
    labs = trainer.get(reverse("labs:lab_list", args=["kenya"])).content.decode()

    assert reverse("labs:submission_read", args=["kenya", submission.pk]) in page
    assert board_page(classroom) in runs
    assert board_page(classroom) in labs


def test_the_part_that_changes_comes_alone(classroom, trainer):
    part = trainer.get(board_page(classroom, part="board")).content.decode()

    assert "<html" not in part
    assert "Akinyi Were" in part
    assert "part=board" not in part


def test_a_cohort_is_shown_alone(classroom, trainer):
    enrolment = classroom.enrolments[0]
    Enrolment.objects.filter(pk=enrolment.pk).update(cohort=classroom.cohort)
    everybody = trainer.get(board_page(classroom, part="board")).content.decode()
    some = trainer.get(
        board_page(classroom, part="board", cohort=classroom.cohort.pk)
    ).content.decode()

    assert (everybody.count("Akinyi Were"), some.count("Akinyi Were")) == (3, 1)


def test_a_lab_that_the_run_has_not_is_not_found(classroom, trainer):
    lesson = next(e for e in classroom.run.edition.activities if e["kind"] == "lesson")
    address = reverse("labs:board", args=["kenya", classroom.run.pk, lesson["key"]])

    assert trainer.get(address).status_code == 404


BOARD_QUERIES = 20


def test_the_board_asks_as_often_for_one_as_for_sixty(
    classroom, trainer, django_assert_num_queries
):
    classroom.marked(0)
    with django_assert_num_queries(BOARD_QUERIES):
        trainer.get(board_page(classroom))
    for _number in range(57):
        enrolment = classroom.join(classroom.world.nyeri)
        classroom.marked(enrolment=enrolment)
    with django_assert_num_queries(BOARD_QUERIES):
        page = trainer.get(board_page(classroom))

    assert page.content.decode().count("Akinyi Were") == 60


LAB_LIST_QUERIES = 6


def test_the_list_of_labs_asks_as_often_for_one_run_as_for_three(
    classroom, trainer, django_assert_num_queries
):
    address = reverse("labs:lab_list", args=["kenya"])
    with django_assert_num_queries(LAB_LIST_QUERIES):
        trainer.get(address)
    for number in (2, 3):
        run = factories.run(classroom.run.course, code=f"Number {number}")
        factories.enrol(factories.member(classroom.world.nyeri), run, classroom.world.nyeri)
    with django_assert_num_queries(LAB_LIST_QUERIES):
        page = trainer.get(address)

    assert page.content.decode().count("<article") == 3
