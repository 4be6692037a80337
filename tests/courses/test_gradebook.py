"""The gradebook: a grid by run, results set by hand, weights, and exports."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from courses.domain.gradebook import Column, columns_of, record_result, weighted_total
from courses.models import LineItem, Result
from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture
def book(world, client):
    with every_organisation():  # the trainer's pages open their own scope
        client.force_login(world.trainer)
        world.address = reverse("courses:gradebook", args=["centre", world.run.pk])
        world.key = world.entry("quiz")["key"]
        yield world


def test_the_grid_shows_results_and_totals(book, client):
    record_result(book.enrolment, book.key, score=Decimal(2), maximum=Decimal(3))

    page = client.get(book.address).content.decode()

    assert "Wambui Njoroge" in page
    assert "67 %" in page
    assert "66.7 %" in page


def test_another_country_is_not_in_the_grid(book, client):
    page = client.get(reverse("courses:gradebook", args=["kenya", book.run.pk])).content.decode()

    assert "Wambui Njoroge" in page
    assert "Uwase Marie" not in page


def test_a_result_is_set_by_hand_with_its_reason(book, client):
    record_result(book.enrolment, book.key, score=Decimal(1), maximum=Decimal(3))
    cell = f"{book.address}?cell={book.enrolment.pk}:{book.key}"
    assert 'name="reason"' in client.get(cell).content.decode()

    response = client.post(cell, {"score": "3", "reason": "Sat it on paper"})

    assert response.status_code == 302
    now = Result.objects.get(enrolment=book.enrolment, is_current=True)
    assert (now.score, now.comment, now.by) == (3, "Sat it on paper", book.trainer)
    assert Result.objects.filter(enrolment=book.enrolment, is_current=False).count() == 1
    record_result(book.enrolment, book.key, score=Decimal(0), maximum=Decimal(3))
    assert Result.objects.get(enrolment=book.enrolment, is_current=True) == now


@pytest.mark.parametrize("data", [{"score": "4"}, {"score": "-1"}, {"score": "x"}, {"score": "2"}])
def test_what_cannot_be_kept_is_told_in_the_cell(book, client, data):
    cell = f"{book.address}?cell={book.enrolment.pk}:{book.key}"

    response = client.post(cell, data)

    assert response.status_code == 200
    assert "error" in response.content.decode()
    assert Result.objects.count() == 0


def test_weights_change_the_total(book, client):
    client.post(book.address, {"weights": "1", book.key: "0"})

    assert LineItem.objects.get(activity_key=book.key).weight == 0
    assert columns_of(book.run)[0].weight == 0


def test_exports_hold_no_formula_and_what_the_grid_holds(book, client):
    book.learner.full_name = "=cmd()"
    book.learner.save()
    record_result(book.enrolment, book.key, score=Decimal(3), maximum=Decimal(3))

    exported = client.get(book.address, {"format": "csv"})
    csv = b"".join(exported.streaming_content).decode()
    sheet = load_workbook(BytesIO(client.get(book.address, {"format": "xlsx"}).content)).active

    assert "'=cmd()" in csv
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["'=cmd()", "Nyeri County", 100, "100.0"] in rows


def test_the_grid_takes_the_same_queries_for_many_learners(
    book, client, django_assert_max_num_queries
):
    counts = []
    for more in (1, 5):
        for _ in range(more):
            enrolment = factories.enrol(factories.member(book.nyeri), book.run, book.nyeri)
            record_result(enrolment, book.key, score=Decimal(1), maximum=Decimal(3))
        client.get(book.address)
        with django_assert_max_num_queries(14) as queries:
            client.get(book.address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@given(
    st.lists(
        st.tuples(
            st.decimals(0, 10, places=1), st.decimals(1, 10, places=1), st.decimals(0, 5, places=1)
        ),
        max_size=6,
    )
)
def test_a_total_lies_between_the_lowest_and_the_highest_share(rows):
    columns, results = [], {}
    for number, (score, maximum, weight) in enumerate(rows):
        columns.append(Column(str(number), "", "quiz", maximum, weight))
        results[str(number)] = Result(score=min(score, maximum), maximum=maximum)

    total = weighted_total(results, columns)

    shares = [
        100 * results[column.key].score / results[column.key].maximum
        for column in columns
        if column.weight
    ]
    if not shares:
        assert total is None
    else:
        assert min(shares) - 1 <= total <= max(shares) + 1
