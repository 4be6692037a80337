"""A level for each competency, with its uncertainty."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.placement import LEVELS, Answered, difficulty_of, place
from courses.models import Competency
from tests import factories
from tests.assessments.conftest import Phone

answers = st.builds(
    Answered,
    a=st.floats(0.3, 3),
    b=st.floats(-3, 3),
    c=st.sampled_from([0.0, 0.25]),
    share=st.sampled_from([0.0, 0.5, 1.0]),
)


def test_who_answers_nothing_is_where_most_people_are():
    placed = place([])

    assert placed.count == 0
    assert placed.error == pytest.approx(1, abs=0.01)
    assert sum(placed.probabilities) == pytest.approx(1)


@given(st.lists(answers, max_size=30))
def test_probabilities_are_whole_and_the_level_is_the_likeliest(rows):
    placed = place(rows)

    assert sum(placed.probabilities) == pytest.approx(1)
    assert placed.probabilities[LEVELS.index(placed.level)] == max(placed.probabilities)
    assert 0 < placed.error <= 1.5


@given(st.lists(answers, min_size=1, max_size=20), st.randoms())
def test_the_order_of_answers_does_not_matter(rows, random):
    mixed = random.sample(rows, len(rows))

    assert place(mixed).ability == pytest.approx(place(rows).ability)


@given(st.lists(answers, min_size=1, max_size=20))
def test_a_right_answer_more_never_places_lower(rows):
    more = [*rows, Answered(1.2, 0.0, 0.0, 1.0)]

    assert place(more).ability >= place(rows).ability - 1e-9


@pytest.mark.parametrize("level", LEVELS)
def test_who_can_all_of_a_level_and_below_is_placed_there_or_next_to_it(level):
    reached = LEVELS.index(level)
    rows = [
        Answered(1.5, difficulty_of(each, "medium"), 0.0, float(number <= reached))
        for number, each in enumerate(LEVELS)
        for _ in range(8)
    ]

    assert abs(LEVELS.index(place(rows).level) - reached) <= 1


def test_a_placement_quiz_tells_levels_and_neither_passes_nor_fails(started, everywhere, client):
    data = Competency.objects.create(framework="test", code="T1", title="Reads data")
    law = Competency.objects.create(framework="test", code="T2", title="Knows the law")
    bank = factories.bank()
    for number in range(6):
        code = "T1" if number % 2 else "T2"
        factories.item(bank, level="application", competencies=[code])
    attempt = started(factories.draw(bank, count=6), is_placement=True)
    phone = Phone(attempt)
    for item in attempt.items.select_related("version__item"):
        knows = data in item.version.item.competencies.all()
        phone.answer(item.position, "A" if knows else "B")
    phone.submit()
    client.force_login(everywhere.learner)

    page = client.get(
        reverse("assessments:review", args=[attempt.enrolment_id, attempt.uuid])
    ).content.decode()

    assert str(data) in page
    assert str(law) in page
    assert "from 3 questions" in page
    assert "Not passed" not in page
    assert attempt.enrolment.progress.get(activity_key=attempt.activity_key).completed_at
