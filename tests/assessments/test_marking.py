"""Marking by people: a queue without names, rubrics, equal answers, a second marker, suggestions."""

from decimal import Decimal

import pytest
from django.urls import reverse

from assessments.domain import marking
from assessments.domain.starting import start_attempt
from assessments.domain.suggestions import Marked, suggest_mark
from assessments.interactions.extended_text.body import EssayBody
from assessments.models import Attempt, Mark, Outcome
from courses.models import Result
from lms.core.errors import Refused
from lms.messaging.domain.rendering import render
from lms.messaging.models import Message
from tests import factories
from tests.assessments.conftest import Phone

RUBRIC = [
    {"id": "law", "title": "Names the law", "points": 2},
    {"id": "step", "title": "Gives a first step", "points": 2},
]


def essay(**values):
    body = EssayBody(
        prompt="<p>What do you do with a leaked register?</p>",
        model_answer="<p>Report it within 72 hours.</p>",
        **values,
    )
    return factories.item(kind="essay", body=body)


@pytest.fixture
def answered(everywhere):
    """Attempts at one essay, handed in: `answered("…", "…")`."""

    def begin(*texts, **values):
        question = essay(**values)
        run = factories.quiz_run(*factories.fixed(question, points="4"))
        items = []
        for text in texts:
            learner = factories.member(everywhere.nyeri, name="Chebet Koech")
            enrolment = factories.enrol(learner, run, everywhere.nyeri)
            phone = Phone(start_attempt(enrolment, run.edition.activities[0], "en"))
            phone.answer(1, text)
            items.append(phone.submit().attempt.items.select_related("version").get())
        return items

    return begin


def test_an_essay_waits_for_a_person_and_then_scores(answered, everywhere):
    [item] = answered("Report it.", rubric=RUBRIC)
    assert item.attempt.state == Attempt.State.SUBMITTED
    assert not Result.objects.filter(enrolment=item.attempt.enrolment).exists()

    marking.mark_answers(
        [item], {"law": Decimal(1), "step": Decimal(2)}, by=everywhere.trainer, comment="Good start"
    )

    item.attempt.refresh_from_db()
    assert (item.attempt.state, item.attempt.score) == (Attempt.State.SCORED, 3)
    assert Result.objects.get(enrolment=item.attempt.enrolment).score == 3
    assert Outcome.objects.get(item=item, is_current=True).comment == "Good start"


def test_learners_are_told_once_that_a_trainer_marked_their_answers(answered, everywhere):
    [item] = answered("Report it.")
    told = Message.objects.filter(key="assessments.marked")
    assert not told.exists()

    for points in (1, 4):
        marking.mark_answers([item], {"": Decimal(points)}, by=everywhere.trainer)

    letters = {row.channel: render(row) for row in told}
    assert set(letters) == {"in_app", "email"}
    assert reverse("assessments:review", args=[item.attempt.enrolment_id, item.attempt.uuid]) in (
        letters["email"].body
    )


def test_nothing_written_is_no_work_for_a_marker(answered):
    [item] = answered("   ")

    assert item.attempt.state == Attempt.State.SCORED
    assert list(marking.waiting_answers()) == []


def test_marking_again_supersedes_and_keeps(answered, everywhere):
    [item] = answered("Report it.")
    for points in (1, 4):
        marking.mark_answers([item], {"": Decimal(points)}, by=everywhere.trainer)

    assert [row.score for row in item.outcomes.order_by("pk")] == [0, 1, 4]
    assert item.outcomes.get(is_current=True).score == 4


def test_nobody_marks_their_own_answers(answered):
    [item] = answered("Report it.")

    with pytest.raises(Refused) as refusal:
        marking.mark_answers([item], {"": Decimal(4)}, by=item.attempt.enrolment.user)
    assert refusal.value.code == "own_answer"


def test_equal_answers_are_found_whatever_their_capitals(answered):
    first, same, other = answered("Report it!", "report  it", "Delete it")

    assert marking.equal_answers(first, "Report it!") == [same]
    assert other not in marking.equal_answers(first, "Report it!")


@pytest.mark.parametrize("text", ["", "a lot", "-1", "5", "NaN", "Infinity", "1e9"])
def test_points_that_cannot_be_are_refused_with_a_sentence(answered, everywhere, client, text):
    [item] = answered("Report it.")
    client.force_login(everywhere.trainer)
    address = reverse("assessments:mark_next", args=["centre", item.version.item_id])

    response = client.post(address, {"answer": item.pk, "points-": text, "comment": "Keep this"})

    assert response.status_code == 422
    assert "write a number from 0 to 4" in response.content.decode()
    assert "Keep this" in response.content.decode()
    assert Mark.objects.count() == 0


def test_the_queue_shows_no_names_and_goes_on(answered, everywhere, client):
    first, second = answered("Report it.", "Hide it.")
    client.force_login(everywhere.trainer)
    address = reverse("assessments:mark_next", args=["centre", first.version.item_id])

    page = client.get(address).content.decode()
    assert "Chebet" not in page
    assert "Report it." in page
    client.post(address, {"answer": first.pk, "points-": "3,5", "comment": ""})
    assert "Hide it." in client.get(address).content.decode()
    client.post(address, {"answer": second.pk, "points-": "0"})

    assert client.get(address).status_code == 302
    assert [item.outcomes.get(is_current=True).score for item in (first, second)] == [3.5, 0]


def test_one_click_marks_equal_answers(answered, everywhere, client):
    items = answered("Report it!", "report it", "REPORT IT")
    client.force_login(everywhere.trainer)
    address = reverse("assessments:mark_next", args=["centre", items[0].version.item_id])

    client.post(address, {"answer": items[0].pk, "points-": "2", "equal": "1"})

    assert Mark.objects.count() == 3


def test_a_second_marker_sees_a_sample_and_the_mean_counts(answered, everywhere, monkeypatch):
    monkeypatch.setattr(marking, "SAMPLE", 1)
    [item] = answered("Report it.")
    marking.mark_answers([item], {"": Decimal(4)}, by=everywhere.trainer)
    assert list(marking.second_answers(everywhere.trainer)) == []
    other = factories.member(everywhere.centre, "instructor")
    assert list(marking.second_answers(other)) == [item]

    marking.mark_answers([item], {"": Decimal(2)}, by=other, is_second=True)

    assert item.outcomes.get(is_current=True).score == 3
    assert list(marking.second_answers(other)) == []


def test_the_queue_takes_the_same_queries_for_many(
    answered, everywhere, client, django_assert_max_num_queries
):
    items = answered(*[f"Answer {number}" for number in range(6)])
    client.force_login(everywhere.trainer)
    address = reverse("assessments:mark_next", args=["centre", items[0].version.item_id])
    client.get(address)
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(16) as queries:
            client.get(address)
        counts.append(len(queries))
        for item in items[:4]:
            marking.mark_answers([item], {"": Decimal(1)}, by=everywhere.registrar)
        items = items[4:]
    assert counts[0] == counts[1]


MARKED = [
    (f"Report the breach to the commissioner within {hours} hours, office {hours}", 1.0)
    for hours in range(60, 68)
] + [(f"I would delete the file and tell nobody, case {number}", 0.0) for number in range(8)]


@pytest.mark.parametrize("is_pooled", [False, True])
def test_a_suggestion_follows_what_people_gave(is_pooled):
    others = [Marked(MARKED[::-1], "Report it.")] if is_pooled else []
    good = suggest_mark("report the breach to the commissioner in 72 hours", Marked(MARKED), others)
    bad = suggest_mark("delete the file, tell nobody", Marked(MARKED), others)

    assert good.fraction > Decimal("0.6")
    assert bad.fraction < Decimal("0.4")
    assert len(good.nearest) == 3
    assert not good.is_unlike


def test_there_is_no_suggestion_from_few_marks():
    assert suggest_mark("report it", Marked(MARKED[:9])) is None


def test_suggestions_are_off_until_asked_for(answered, everywhere, client):
    [item] = answered("Report it.")
    client.force_login(everywhere.trainer)
    address = reverse("assessments:mark_next", args=["centre", item.version.item_id])

    assert "no suggestion yet" not in client.get(address).content.decode()
    assert "no suggestion yet" in client.get(address, {"suggest": "1"}).content.decode()
