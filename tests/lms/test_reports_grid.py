"""The progress grid: who is shown how, to whom, at what price."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from courses.domain.enrolment import enrol, suspend
from courses.domain.gradebook import record_result
from courses.domain.progress import complete_activity, visit_activity
from courses.domain.rollups import refresh_rollup
from courses.models import DueDate, Enrolment, EnrolmentRollup, Extension, Progress
from lms.audit.models import LogEntry
from lms.organisations.models import Role
from lms.organisations.scoping import every_organisation
from lms.reports.standing import SHOWN, Standing, standing_of, with_standing
from tests import factories


@pytest.fixture
def coordinator(client, world):
    client.force_login(world.kenyan_coordinator)
    return client


@pytest.fixture
def grid(coordinator, world):
    """Ask for the grid of Kenya's coordinator."""
    address = reverse("reports:progress_grid", args=["kenya", world.run.pk])
    return lambda **query: coordinator.get(address, query)


def learner(world, name, organisation=None):
    organisation = organisation or world.nyeri
    return enrol(factories.member(organisation, name=name), world.run, organisation)


@pytest.fixture
def people(world):
    """One of each standing, in Nyeri."""
    first = world.entries[0]["key"]
    with every_organisation():  # learners with a past
        people = {
            standing: learner(world, f"Person {standing.value}")
            for standing in Standing
            if standing != Standing.NOT_STARTED
        }
        people[Standing.NOT_STARTED] = world.enrolment
        for entry in world.entries:
            complete_activity(people[Standing.DONE], entry["key"])
        for standing in (Standing.STUCK, Standing.SILENT, Standing.ON_THE_WAY):
            visit_activity(people[standing], first)
        Progress.objects.filter(enrolment=people[Standing.STUCK]).update(days=3)
        long_ago = timezone.now() - timedelta(days=8)
        Progress.objects.filter(enrolment=people[Standing.SILENT]).update(visited_at=long_ago)
        for enrolment in people.values():
            refresh_rollup(enrolment)
    return people


def shown(response):
    return [str(row.user) for row in response.context["page"]]


@pytest.mark.parametrize("standing", Standing)
def test_each_standing_can_be_asked_for(standing, people, grid):
    page = grid(standing=standing)

    assert shown(page) == [str(people[standing].user)]
    assert str(standing.label) in page.context["body"]


def test_the_definitions_are_printed_on_the_page(people, grid):
    page = grid().content.decode()

    assert "three" not in page
    assert "opened on 3 different days" in page
    assert "more than 7 days ago" in page


def test_a_country_sees_its_own_people_alone(world, grid):
    page = grid().content.decode()

    assert "Wambui Njoroge" in page
    assert "Uwase Marie" not in page


def test_names_are_escaped(world, grid):
    with every_organisation():  # a learner made for this test
        learner(world, "<script>alert(1)</script>")

    page = grid().content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_name_leads_to_the_person_s_enrolment(world, grid):
    address = reverse("courses:enrolment_detail", args=["kenya", world.enrolment.pk])

    assert f'<a href="{address}">Wambui Njoroge</a>' in grid().content.decode()


def test_filters(world, grid):
    cohort_of = factories.cohort
    with every_organisation():  # learners of two bodies below Kenya
        mombasa = factories.organisation(world.kenya, "Mombasa County", country_code="KE")
        other = learner(world, "Nekesa Wafula", mombasa)
        group = cohort_of(mombasa, world.run, name="Coast")
        Enrolment.objects.filter(pk=other.pk).update(cohort=group)
        visit_activity(other, world.entries[0]["key"])

    assert shown(grid()) == ["Nekesa Wafula", "Wambui Njoroge"]
    assert shown(grid(search="wafu nek")) == ["Nekesa Wafula"]
    assert shown(grid(cohort=group.pk)) == ["Nekesa Wafula"]
    assert shown(grid(below=world.nyeri.pk)) == ["Wambui Njoroge"]
    assert shown(grid(without=world.entries[0]["key"])) == ["Wambui Njoroge"]
    assert shown(grid(without=world.entries[1]["key"])) == ["Nekesa Wafula", "Wambui Njoroge"]


@pytest.mark.parametrize("field", ["cohort", "below", "standing", "without"])
def test_a_filter_that_makes_no_sense_is_told_and_filters_nothing(field, grid):
    page = grid(**{field: "999999"})

    assert shown(page) == ["Wambui Njoroge"]
    assert 'class="errorlist"' in page.content.decode() or "error" in page.content.decode()


def test_a_cohort_of_another_country_cannot_be_asked_for(world, grid):
    with every_organisation():  # a group of the other country
        foreign = factories.cohort(world.rwanda, world.run)

    assert "cohort" in grid(cohort=foreign.pk).context["form"].errors


def test_overdue_goes_by_the_learner_s_own_start_and_extensions(world, grid):
    key = world.entries[0]["key"]
    DueDate.objects.create(run=world.run, activity_key=key, working_days=2)
    long_ago = timezone.now() - timedelta(days=30)
    with every_organisation():  # learners of one body
        late, extended, done, fresh = [learner(world, name) for name in ("A", "B", "C", "D")]
        started = [late.pk, extended.pk, done.pk]
        Enrolment.objects.filter(pk__in=started).update(enrolled_at=long_ago)
        complete_activity(done, key)
        Extension.objects.create(
            enrolment=extended,
            until=timezone.localdate(),
            reason="Ill",
            given_by=world.trainer,
        )

    page = grid(overdue="on")

    assert shown(page) == ["A"]
    assert "not begun, overdue" in page.context["body"]
    whole = grid()
    assert whole.context["body"].count("overdue") == 1
    assert fresh.pk


def test_a_failed_quiz_without_a_try_left_is_stuck_and_a_pass_frees(world, grid):
    key = world.entry("quiz")["key"]
    with every_organisation():  # the learner's own records
        record_result(world.enrolment, key, score=0, maximum=4, is_blocking=True)
        visit_activity(world.enrolment, key)
    assert shown(grid(standing="stuck")) == ["Wambui Njoroge"]
    assert "failed, needs help" in grid().context["body"]

    with every_organisation():  # as above
        complete_activity(world.enrolment, key)

    assert shown(grid(standing="stuck")) == []


def test_the_suspended_stay_in_sight_and_the_withdrawn_do_not(world, grid):
    with every_organisation():  # staff of another body act
        suspend(world.enrolment, by=world.administrator, reason="On leave")
        other = learner(world, "Nekesa Wafula")
        Enrolment.objects.filter(pk=other.pk).update(state="withdrawn")

    page = grid()

    assert shown(page) == ["Wambui Njoroge"]
    assert "suspended" in page.context["body"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    state=st.sampled_from(SHOWN),
    rollup=st.none() | st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 20)),
)
def test_the_standing_asked_of_the_database_is_the_standing_shown(state, rollup, world):
    now = timezone.now()
    with every_organisation():  # the law is about any enrolment
        EnrolmentRollup.objects.all().delete()
        mine = Enrolment.objects.filter(pk=world.enrolment.pk)
        mine.update(state=state, completed_at=now)
        if rollup:
            begun, is_stuck, days = rollup
            visited = now - timedelta(days=days) if begun else None
            EnrolmentRollup.objects.create(
                enrolment=world.enrolment, begun=begun, is_stuck=is_stuck, visited_at=visited
            )
        row = mine.select_related("rollup").get()
        expected = standing_of(row, getattr(row, "rollup", None), now)

        found = [each for each in Standing if mine.filter(with_standing(each, now)).exists()]

    assert found == [expected]


def lines_of(response):
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def test_the_csv_holds_the_chosen_and_prints_its_definitions(people, grid):
    response = grid(format="csv", standing="silent")
    lines = lines_of(response)

    assert lines[0][:2] == ["Name", "Organisation"]
    assert lines[1][0] == "Person silent"
    assert lines[1][3] == "silent"
    assert lines[2] == []
    assert any(line[0] == "stuck" and "3 different days" in line[1] for line in lines[3:] if line)
    assert LogEntry.objects.filter(action="reports.exported").exists()


def test_the_spreadsheet_has_people_summary_and_definitions(people, grid):
    book = load_workbook(io.BytesIO(grid(format="xlsx").content))

    assert book.sheetnames == ["Progress", "Summary", "Definitions"]
    assert book["Progress"].max_row == 1 + len(people)
    assert "silent" in [row[0].value for row in book["Definitions"].iter_rows()]


def test_a_formula_for_a_name_is_text_in_the_spreadsheet(world, grid):
    with every_organisation():  # a learner made for this test
        learner(world, "=HYPERLINK(1)")

    book = load_workbook(io.BytesIO(grid(format="xlsx").content))

    names = [row[0].value for row in book["Progress"].iter_rows()]
    assert "'=HYPERLINK(1)" in names


def test_pages_follow_each_other_by_key(world, grid, monkeypatch):
    monkeypatch.setattr("lms.reports.views.GRID_SIZE", 2)
    with every_organisation():  # learners of one body
        for name in ("A", "A", "B", "C"):
            learner(world, name)

    first = grid()
    second = grid(after=first.context["page"].after)
    third = grid(after=second.context["page"].after)

    assert [shown(page) for page in (first, second, third)] == [
        ["A", "A"],
        ["B", "C"],
        ["Wambui Njoroge"],
    ]
    assert shown(grid(before=third.context["page"].before)) == ["B", "C"]
    assert not first.context["page"].before
    assert not third.context["page"].after


def test_the_summary_tells_no_small_counts(people, coordinator, world):
    address = reverse("reports:progress_summary", args=["kenya", world.run.pk])

    page = coordinator.get(address).content.decode()

    assert "not told" in page
    assert coordinator.get(address, {"format": "csv"}).status_code == 200


def test_the_summary_counts_and_tells_the_median(coordinator, world):
    with every_organisation():  # learners of one body
        for number in range(6):
            enrolment = learner(world, f"Person {number}")
            complete_activity(enrolment, world.entries[0]["key"])
        for number in range(6):
            visit_activity(learner(world, f"Reader {number}"), world.entries[0]["key"])
        for number in range(5):
            learner(world, f"Idler {number}")

    rows = coordinator.get(
        reverse("reports:progress_summary", args=["kenya", world.run.pk])
    ).context["rows"]

    assert (rows[0].not_begun, rows[0].begun, rows[0].done) == (6, 6, 6)
    assert rows[0].median_days == 0
    assert rows[1].begun is None


@pytest.mark.parametrize("name", ["progress_grid", "progress_summary"])
@pytest.mark.parametrize(("role", "status"), [(Role.RELEASER, 403), (Role.INSTRUCTOR, 200)])
def test_the_grid_is_for_those_who_run_courses(name, role, status, client, world):
    client.force_login(factories.member(world.kenya, role))

    address = reverse(f"reports:{name}", args=["kenya", world.run.pk])

    assert client.get(address).status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_the_grid_costs_the_same_for_one_and_for_many(rows, world, grid, django_assert_num_queries):
    DueDate.objects.create(run=world.run, activity_key=world.entries[0]["key"], working_days=2)
    with every_organisation():  # learners of one body
        for number in range(rows):
            visit_activity(learner(world, f"Person {number}"), world.entries[0]["key"])
    grid()  # sessions and content types are warm from here on

    with django_assert_num_queries(11):
        assert len(shown(grid(standing="on_the_way"))) == rows
