"""Reading, commenting and marking by hand what learners handed in."""

from decimal import Decimal

import pytest
from django.urls import reverse

from courses.models import Progress, Result
from labs.domain.comments import add_comment
from labs.domain.hand_marks import hand_cells_of, mark_answer, piles_of, waiting_answers
from labs.domain.results import best_total, checks_of, total_of
from labs.domain.submissions import append_grade_run, facts_of
from labs.grading.notebooks import NotebookError
from labs.grading.rubrics import check_rubrics, read_rubric
from labs.models import GradeRun, HandMark, LabComment
from labs.teaching.cells import to_html
from lms.audit.models import LogEntry
from lms.core.errors import Refused
from lms.messaging.models import Message
from tests import factories
from tests.labs import classroom as rooms

WHY = {"why": "Because two halves make one."}


def give(classroom, submission, points=3, **values):
    cell = hand_cells_of(submission.release)["why"]
    values = {"points": Decimal(points), "by": classroom.trainer} | values
    return mark_answer(submission, cell, **values)


def result_of(submission):
    return Result.objects.get(enrolment=submission.workspace.enrolment, is_current=True)


def told(kind):
    return Message.objects.filter(key=kind, channel="in_app")


def test_a_rubric_is_read_with_its_points():
    criteria = read_rubric(rooms.by_hand("why", 3, rooms.RUBRIC))

    assert [(criterion.title, criterion.most) for criterion in criteria] == [
        ("Reasons", 2),
        ("Words", 1),
    ]
    assert read_rubric(rooms.by_hand("why")) == []


@pytest.mark.parametrize(
    ("rubric", "words"),
    [
        (["Reasons"], "criteria with a title"),
        ([{"title": "Reasons"}], "criteria with a title"),
        ([{"title": "R", "levels": [{"title": "a", "points": "3"}] * 2}], "criteria with a title"),
        ([{"title": "R", "levels": [{"title": "a", "points": -1}] * 2}], "criteria with a title"),
        ([{"title": "R", "levels": [{"title": "a", "points": 3}]}], "two levels"),
        ([{"title": "R", "levels": [{"title": "a", "points": 2}] * 2}], "worth 3"),
    ],
)
def test_a_rubric_that_nobody_can_mark_by_is_refused_with_its_cell(rubric, words):
    with pytest.raises(NotebookError, match=f"'why'.*{words}"):
        check_rubrics({"cells": [rooms.by_hand("why", 3, rubric)]})


def test_the_machine_s_points_count_while_an_answer_waits(classroom):
    submission = classroom.marked(0, WHY, {"test_half": "raised"})
    result = result_of(submission)
    total = total_of(checks_of(submission.grade_runs.get()))

    assert (result.score, result.maximum, result.is_blocking) == (4, 11, False)
    assert total.waiting == 1


def test_points_by_hand_come_on_top_and_complete_the_lab(classroom):
    submission = classroom.marked(0, WHY, {"test_half": "raised"})
    give(classroom, submission, 3)
    result = result_of(submission)

    assert (result.score, result.maximum) == (7, 11)
    assert Progress.objects.get(enrolment=submission.workspace.enrolment).completed_at
    assert GradeRun.objects.get().score == 4  # the machine's marking is as it was
    assert told("labs.hand_marked").get().person == submission.workspace.enrolment.user


def test_a_mark_is_appended_and_the_newest_counts(classroom):
    submission = classroom.marked(0, WHY)
    give(classroom, submission, 3)
    give(classroom, submission, 1, comment="Read again")

    assert HandMark.objects.count() == 2
    assert result_of(submission).score == 9
    assert told("labs.hand_marked").count() == 1


def test_marking_again_by_machine_keeps_what_people_gave(classroom):
    submission = classroom.marked(0, WHY, {"test_half": "raised"})
    give(classroom, submission, 2)
    append_grade_run(submission, **facts_of(rooms.report()))

    assert best_total(submission.workspace).score == 10
    assert GradeRun.objects.count() == 2


def test_an_answer_handed_in_again_word_for_word_keeps_its_mark(classroom):
    first = classroom.marked(0, WHY, {"test_half": "raised"})
    mark = give(classroom, first, 2, comment="Good")
    second = classroom.marked(0, {**WHY, "half": "def half(n):\n    return n / 2"})
    third = classroom.marked(0, {"why": "Something else"})
    carried = second.hand_marks.get()

    assert (carried.points, carried.comment, carried.carried_from) == (2, "Good", mark)
    assert result_of(second).score == 10
    assert not third.hand_marks.exists()


def test_the_queue_holds_the_newest_of_each_learner(classroom):
    classroom.marked(0, WHY)
    newest = classroom.marked(0, {"why": "Better"})
    other = classroom.marked(1, WHY)
    classroom.hand_in(2, WHY)  # the machine has not marked it
    (pile,) = piles_of(classroom.run, classroom.key, classroom.release)

    assert (pile.cell.name, pile.waiting, pile.marked) == ("why", 2, 0)
    assert list(waiting_answers(classroom.run, classroom.key, "why")) == [newest, other]
    give(classroom, newest)
    (pile,) = piles_of(classroom.run, classroom.key, classroom.release)
    assert (pile.waiting, pile.marked) == (1, 1)
    assert list(waiting_answers(classroom.run, classroom.key, "why")) == [other]
    assert not waiting_answers(classroom.run, classroom.key, "double").exists()


def test_nobody_marks_their_own_answer(classroom):
    submission = classroom.marked(0, WHY)
    with pytest.raises(Refused) as refusal:
        give(classroom, submission, by=submission.workspace.enrolment.user)

    assert refusal.value.code == "own_answer"


def test_what_the_machine_has_not_marked_is_not_marked_by_hand(classroom):
    with pytest.raises(Refused) as refusal:
        give(classroom, classroom.hand_in(0, WHY))

    assert refusal.value.code == "not_marked"


def test_a_learner_is_told_of_comments_once_a_day(classroom):
    submission = classroom.marked(0, WHY)
    for words in ("First", "Second"):
        add_comment(submission, words, by=classroom.trainer)

    assert LabComment.objects.count() == 2
    assert told("labs.commented").get().person == submission.workspace.enrolment.user


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Top", "<h3>Top</h3>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("![x](https://evil.example/x.png)", None),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
    ],
)
def test_markdown_of_a_learner_is_shown_cleaned(text, html):
    shown = to_html(text)

    assert "<img" not in shown
    assert "<script" not in shown
    assert html in {None, shown}


@pytest.fixture
def trainer(client, classroom):
    client.force_login(classroom.trainer)
    return client


def of_lab(name, classroom, *more, place="kenya"):
    return reverse(name, args=[place, classroom.run.pk, classroom.key, *more])


def reading(submission, place="kenya"):
    return reverse("labs:submission_read", args=[place, submission.pk])


def marking(submission, cell="why", place="kenya"):
    return reverse("labs:hand_mark", args=[place, submission.pk, cell])


def test_a_submission_is_read_with_its_checks_and_each_view_is_logged(classroom, trainer):
    earlier = classroom.marked(0, {"double": "x = 'the first'"})
    submission = classroom.marked(0, {"double": "x = '<b>mine</b>'"}, {"test_half": "raised"})
    page = trainer.get(reading(submission)).content.decode()

    assert "&lt;b&gt;mine&lt;/b&gt;" in page
    assert "Your code raised an error" in page
    assert "did not run through" not in page
    assert reading(earlier) in page
    assert marking(submission) in page
    assert submission.workspace.enrolment.user.full_name in page
    entry = LogEntry.objects.get(action="labs.submission_read")
    assert (entry.user, entry.object_id) == (classroom.trainer, str(submission.pk))


def test_a_submission_is_read_by_staff_and_commented_by_trainers(classroom, client):
    submission = classroom.marked(0)
    world = classroom.world
    for person, read, commented in (
        (world.kenyan_coordinator, 200, 403),
        (world.rwandan_coordinator, 404, 404),
        (submission.workspace.enrolment.user, 404, 404),
        (world.stranger, 404, 404),
    ):
        client.force_login(person)
        assert client.get(reading(submission)).status_code == read
        assert client.post(reading(submission), {"text": "No"}).status_code == commented
    client.logout()
    assert client.get(reading(submission)).status_code == 302
    assert not LabComment.objects.exists()


def test_a_comment_reaches_the_learner_s_page(classroom, trainer, client):
    submission = classroom.marked(0, WHY)
    trainer.post(reading(submission), {"text": "Well done", "cell": ""})
    trainer.post(reading(submission), {"text": "Say why", "cell": "why"})
    trainer.post(reading(submission), {"text": "Elsewhere", "cell": "no such cell"})
    client.force_login(submission.workspace.enrolment.user)
    page = client.get(reverse("labs:submission", args=[submission.pk])).content.decode()

    assert [comment.cell for comment in LabComment.objects.all()] == ["", "why", ""]
    assert "Well done" in page
    assert "on why" in page
    assert "1 answer waits for a trainer" in page


def test_an_empty_comment_is_refused_in_place(classroom, trainer):
    submission = classroom.marked(0)
    answer = trainer.post(reading(submission), {"text": " ", "cell": "double"})

    assert answer.status_code == 422
    assert not LabComment.objects.exists()


def test_a_comment_is_edited_and_deleted_by_whoever_wrote_it(classroom, trainer, client):
    submission = classroom.marked(0)
    comment = add_comment(submission, "Frist", by=classroom.trainer)
    address = reverse("labs:comment_edit", args=["kenya", comment.pk])
    assert "Frist" in trainer.get(address).content.decode()
    trainer.post(address, {"text": "First"})
    comment.refresh_from_db()

    assert comment.text == "First"
    assert comment.edited_at
    client.force_login(classroom.world.administrator)
    assert client.get(address).status_code == 404
    client.force_login(classroom.trainer)
    client.post(address, {"delete": "1"})
    assert not LabComment.objects.exists()
    assert LogEntry.objects.filter(action="labs.comment_deleted").exists()


def test_the_queue_leads_from_answer_to_answer_without_names(classroom, trainer):
    first, second = classroom.marked(0, WHY), classroom.marked(1, {"why": "Other"})
    queue = of_lab("labs:hand_mark_next", classroom, "why")
    assert "2 answers wait" in trainer.get(of_lab("labs:hand_marking", classroom)).content.decode()
    page = trainer.get(queue, follow=True)

    assert page.redirect_chain[-1][0] == marking(first)
    assert "Because two halves" in page.content.decode()
    assert "Akinyi Were" not in page.content.decode()
    assert trainer.get(f"{queue}?after={first.pk}").url == marking(second)
    assert trainer.get(f"{queue}?after={second.pk}").url == marking(first)
    answer = trainer.post(
        marking(first), {"level_0": "1", "level_1": "0", "comment": "Two reasons"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == marking(second)
    mark = HandMark.objects.get()
    assert (mark.points, mark.levels, mark.by) == (2, [1, 0], classroom.trainer)
    trainer.post(marking(second), {"level_0": "1", "level_1": "1"})
    assert trainer.get(queue).url == of_lab("labs:hand_marking", classroom)


def test_the_learner_reads_points_and_words_of_the_trainer(classroom, client):
    submission = classroom.marked(0, WHY)
    give(classroom, submission, 2, comment="Two reasons")
    client.force_login(submission.workspace.enrolment.user)
    page = client.get(reverse("labs:submission", args=[submission.pk])).content.decode()

    assert "10 / 11" in page
    assert "2 of 3" in page
    assert "Two reasons" in page
    assert "waits for a trainer" not in page


@pytest.mark.parametrize("points", ["", "x", "-1", "3.5", "nan"])
def test_points_without_a_rubric_are_bounded(points, classroom, trainer):
    classroom.release = rooms.release(rubric=None)
    submission = classroom.marked(0, WHY)
    answer = trainer.post(marking(submission), {"points": points})

    assert answer.status_code == 422
    assert not HandMark.objects.exists()
    trainer.post(marking(submission), {"points": "2.5"})
    assert HandMark.objects.get().points == Decimal("2.5")


def test_a_level_must_be_chosen(classroom, trainer):
    submission = classroom.marked(0, WHY)

    assert trainer.post(marking(submission), {"level_0": "1"}).status_code == 422
    assert trainer.get(marking(submission, "double")).status_code == 404


def test_marking_is_the_trainers(classroom, client):
    submission = classroom.marked(0, WHY)
    addresses = [
        of_lab("labs:hand_marking", classroom),
        of_lab("labs:hand_mark_next", classroom, "why"),
        marking(submission),
    ]
    for address in addresses:
        for person, status in (
            (classroom.world.kenyan_coordinator, 403),
            (classroom.world.learner, 404),
            (classroom.world.rwandan_coordinator, 404),
        ):
            client.force_login(person)
            assert client.get(address).status_code == status
        client.logout()
        assert client.get(address).status_code == 302


QUEUE_QUERIES, READING_QUERIES = 16, 14


def test_the_queue_asks_as_often_for_one_as_for_three(
    classroom, trainer, django_assert_num_queries
):
    classroom.marked(0, WHY)
    with django_assert_num_queries(QUEUE_QUERIES):
        trainer.get(of_lab("labs:hand_marking", classroom))
    for enrolment in (classroom.join(classroom.world.nyeri) for _number in range(2)):
        classroom.marked(enrolment=enrolment)
    with django_assert_num_queries(QUEUE_QUERIES):
        trainer.get(of_lab("labs:hand_marking", classroom))


def test_reading_asks_as_often_with_one_comment_as_with_three(
    classroom, trainer, django_assert_num_queries
):
    submission = classroom.marked(0, WHY)
    people = [classroom.trainer, classroom.world.administrator, factories.user()]
    for number, person in enumerate(people):
        add_comment(submission, "Good", by=person, cell="why")
        if number != 1:
            with django_assert_num_queries(READING_QUERIES):
                trainer.get(reading(submission))
