"""The pages of the figures, through their addresses."""

import csv
import re

import pytest
from django.urls import reverse

from assessments.models import Attempt, ItemStatistics
from assessments.tasks import analyse_quiz_task, calibrate_bank_task
from lms.audit.models import LogEntry
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.assessments.statistics.data import with_copies
from tests.assessments.statistics.ledger import answered_quiz, picks_of

pytestmark = pytest.mark.django_db


def address(name, *arguments):
    return reverse(f"assessments:{name}", args=["kenya", *arguments])


def words(response):
    """The text of a page as people read it."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("&ldquo;", "“").replace("&#x27;", "'").split())


@pytest.fixture
def teacher(world, client):
    client.force_login(world.trainer)
    return client


def miskeyed(people=200, questions=6):
    picked = picks_of(people, questions, seed=4)
    swap = {"A": "B", "B": "A", "C": "C"}
    picked[:, 2] = [swap[pick] for pick in picked[:, 2]]
    return picked


@pytest.mark.parametrize("person", ["kenyan_coordinator", "registrar"])
def test_staff_who_do_not_teach_are_refused(person, world, client):
    _run, key = answered_quiz(picks_of(12, 2), world.nyeri)
    client.force_login(getattr(world, person))

    for response in (
        client.get(address("quiz_list")),
        client.get(address("quiz_statistics", key)),
        client.get(address("item_statistics", key, 1)),
        client.post(address("statistics_refresh", key)),
        client.post(address("answers_alike", key)),
    ):
        assert response.status_code == 403


def test_who_teaches_finds_the_quizzes_from_the_staff_page(world, teacher):
    html = teacher.get(reverse("reports:home")).content.decode()

    assert f'href="{reverse("assessments:quiz_list", args=["centre"])}"' in html


def test_a_quiz_that_no_learner_here_finished_is_not_there(world, teacher):
    _run, key = answered_quiz(picks_of(12, 2), world.rwanda)
    analyse_quiz_task(key)
    item = ItemStatistics.objects.first().version.item_id

    assert teacher.get(address("quiz_statistics", key)).status_code == 404
    assert teacher.get(address("item_statistics", key, item)).status_code == 404
    assert teacher.post(address("statistics_refresh", key)).status_code == 404
    assert teacher.post(address("answers_alike", key)).status_code == 404
    assert "Nobody has finished a quiz yet." in words(teacher.get(address("quiz_list")))


def test_the_list_names_quizzes_with_what_waits_and_what_to_look_at(world, teacher):
    _run, key = answered_quiz(miskeyed(), world.nyeri)
    answered_quiz(picks_of(3, 2), world.nyeri)
    analyse_quiz_task(key)
    with every_organisation():  # one attempt
        first = Attempt.objects.filter(activity_key=key).first()
        Attempt.objects.filter(pk=first.pk).update(state=Attempt.State.SUBMITTED)

    page = words(teacher.get(address("quiz_list")))

    assert "200 learners finished it." in page
    assert "1 attempt waits for marks" in page
    assert "question to look at" in page or "questions to look at" in page
    assert "No figures yet." in page


@pytest.mark.parametrize("count", [3, 12])
def test_the_list_asks_as_often_for_many_quizzes_as_for_few(
    count, world, teacher, django_assert_num_queries
):
    for _number in range(count):
        _run, key = answered_quiz(picks_of(3, 2), world.nyeri)
        analyse_quiz_task(key)
    teacher.get(address("quiz_list"))

    with django_assert_num_queries(8):
        teacher.get(address("quiz_list"))


def test_what_to_look_at_comes_first_with_what_can_be_done(world, teacher):
    _run, key = answered_quiz(miskeyed(), world.nyeri)
    analyse_quiz_task(key)
    odd = ItemStatistics.objects.filter(flags__0__code="wrong_key").get()
    item = odd.version.item_id

    response = teacher.get(address("quiz_statistics", key))

    page = words(response)
    assert "Those who picked “Answer B” did better on the rest of the quiz" in page
    assert "Only" in page or "tend to get this one wrong" in page
    html = response.content.decode()
    regrade = f"/o/kenya/questions/{item}/regrade/?action="
    assert f'href="{regrade}accept&amp;option=B&amp;quiz={key}"' in html
    assert f'href="{regrade}drop&amp;quiz={key}"' in html
    assert " style=" not in html
    assert html.index("to look at</h2>") < html.index("The quiz as a whole")
    for part in ("histogram-title", "scatter-title", "<details"):
        assert part in html


def test_authors_are_led_to_the_question(world, client):
    _run, key = answered_quiz(miskeyed(), world.nyeri)
    analyse_quiz_task(key)
    item = ItemStatistics.objects.get(flags__0__code="wrong_key").version.item
    world.administrator.is_superuser = True
    world.administrator.save()
    client.force_login(world.administrator)

    html = client.get(address("quiz_statistics", key)).content.decode()

    edit = reverse(item.snippet_viewset.get_url_name("edit"), args=[item.pk])
    assert f'href="{edit}">Change the question</a>' in html


def test_a_shaky_pass_mark_is_warned_of_with_a_band(world, teacher):
    _run, key = answered_quiz(picks_of(60, 4), world.nyeri)
    analyse_quiz_task(key)

    page = words(teacher.get(address("quiz_statistics", key)))

    assert "The pass mark of 70 % asks more than these questions can tell" in page
    assert re.search(r"Consider another try for those between \d+ and 70 %", page)


def test_a_long_quiz_is_not_warned_of(world, teacher):
    _run, key = answered_quiz(picks_of(120, 40), world.nyeri)
    analyse_quiz_task(key)

    page = words(teacher.get(address("quiz_statistics", key)))

    assert "asks more than these questions can tell" not in page
    assert "Reliability" in page


def test_too_few_answers_are_said_in_a_sentence(world, teacher):
    _run, few = answered_quiz(picks_of(9, 2), world.nyeri)
    _run, some = answered_quiz(picks_of(12, 2), world.nyeri)
    for key in (few, some):
        analyse_quiz_task(key)

    few, some = (words(teacher.get(address("quiz_statistics", key))) for key in (few, some))

    assert "Fewer than 10 people finished it: too few for figures." in few
    assert "Questions can be judged from 30 answers on; there are 12." in some
    assert "Reliability is told from 30 people on." in some
    assert "too few" in some


def test_a_quiz_without_figures_says_so_and_they_can_be_asked_for(world, teacher):
    _run, key = answered_quiz(picks_of(12, 2), world.nyeri)

    assert "There are no figures yet." in words(teacher.get(address("quiz_statistics", key)))
    first = teacher.post(address("statistics_refresh", key), follow=True)
    again = teacher.post(address("statistics_refresh", key))

    assert "The figures are being worked out." in words(first)
    assert again.status_code == 409
    assert "less than ten minutes ago" in words(again)


@pytest.mark.parametrize("count", [3, 12])
def test_the_page_asks_as_often_for_many_questions_as_for_few(
    count, world, teacher, django_assert_num_queries
):
    picked = picks_of(110, count, seed=4)
    picked[:, 0] = ["B" if pick == "A" else "A" for pick in picked[:, 0]]
    _run, key = answered_quiz(picked, world.nyeri)
    analyse_quiz_task(key)
    teacher.get(address("quiz_statistics", key))

    with django_assert_num_queries(11):
        teacher.get(address("quiz_statistics", key))


def test_figures_go_into_a_file_that_runs_nothing(world, teacher):
    with every_organisation():  # questions
        bank = factories.bank()
        body = factories.choice_body(prompt="<p>=1+1 is?</p>")
        items = [factories.item(bank, body=body), factories.item(bank)]
    _run, key = answered_quiz(picks_of(40, 2), world.nyeri, items=items)
    analyse_quiz_task(key)

    response = teacher.get(address("quiz_statistics", key), {"format": "csv"})

    rows = list(
        csv.reader(b"".join(response.streaming_content).decode().lstrip("\ufeff").splitlines())
    )
    assert response["Content-Type"].startswith("text/csv")
    assert rows[1][0] == "'=1+1 is?"
    assert (rows[1][3], len(rows)) == ("40", 3)
    assert -100 <= float(rows[1][7]) <= 100


def test_a_question_shows_who_picked_what(world, teacher):
    _run, key = answered_quiz(picks_of(200, 4), world.nyeri)
    analyse_quiz_task(key)
    figures = ItemStatistics.objects.order_by("pk").first()
    calibrate_bank_task(figures.version.item.bank_id)

    response = teacher.get(address("item_statistics", key, figures.version.item_id))

    page = words(response)
    count = figures.options.get(value="B").count
    assert f"Answer B {count}" in page
    assert "Answer A ✓ right" in page
    assert "Provisional until there are 500." in page
    assert "200 answers, facility" in page
    assert " style=" not in response.content.decode()
    assert teacher.get(address("item_statistics", key, 10_000)).status_code == 404


def test_a_question_with_few_answers_says_what_is_missing(world, teacher):
    _run, key = answered_quiz(picks_of(12, 2), world.nyeri)
    analyse_quiz_task(key)
    figures = ItemStatistics.objects.first()

    page = words(teacher.get(address("item_statistics", key, figures.version.item_id)))

    assert "Discrimination is told from 30 answers on; there are 12." in page
    assert "Worked out from 200 answers on" in page


def letters(picked):
    return [["ABC"[min(2, option)] for option in row] for row in picked]


def test_alike_answers_name_pairs_and_the_asking_is_logged(world, teacher):
    picked, _ability = with_copies(60, 40, pairs=1, share=0.95)
    _run, key = answered_quiz(letters(picked), world.nyeri)

    page = words(teacher.post(address("answers_alike", key)))

    assert "Person 0 and Person 1" in page
    assert "This proves nothing." in page
    entry = LogEntry.objects.get(action="assessments.answers_compared")
    assert (entry.user, entry.data) == (world.trainer, {"quiz": key})
    assert teacher.get(address("answers_alike", key)).status_code == 405


def test_learners_of_another_country_are_never_named(world, teacher):
    picked, _ability = with_copies(60, 40, pairs=1, share=0.95)
    run, key = answered_quiz(letters(picked), world.rwanda)
    with every_organisation():  # the question set
        items = [row.version.item for row in Attempt.objects.first().items.all()]
    answered_quiz(letters(picked[10:30]), world.nyeri, items=items, run=run)

    page = words(teacher.post(address("answers_alike", key)))

    assert "Person 0 and Person 1" not in page
    assert "The first attempts of 20 learners were compared." in page


def test_short_tests_name_nobody(world, teacher):
    _run, key = answered_quiz([["A"] * 8] * 20, world.nyeri)

    assert "No pair stands out." in words(teacher.post(address("answers_alike", key)))
