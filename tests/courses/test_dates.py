"""Due dates and days off as staff see and set them: what is kept, what it comes out as, and who may."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.domain.dates import calendar_of, dates_from, due_dates_of, overdue_starts
from courses.models import CourseRun, DueDate, Enrolment, Holiday
from lms.audit.models import LogEntry
from lms.organisations.models import Role
from lms.organisations.scoping import every_organisation
from tests import factories

MADARAKA_DAY = date(2026, 6, 1)


def page_of(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def run(world):
    """A run from May to July."""
    CourseRun.objects.filter(pk=world.run.pk).update(
        starts_on=date(2026, 5, 4), ends_on=date(2026, 7, 31)
    )
    world.run.refresh_from_db()
    return world.run


def due_dates(organisation, run):
    return reverse("courses:due_dates", args=[organisation.slug, run.pk])


def keys_of(run):
    return [entry["key"] for entry in run.edition.activities]


def test_the_centre_sets_due_dates_and_sees_what_they_come_out_as(client, world, run):
    client.force_login(world.trainer)
    address, (first, second, third) = due_dates(world.centre, run), keys_of(run)
    data = {
        f"days-{first}": "2",
        f"on-{second}": "2026-07-01",
        "start": "2026-05-29",
        "country": "kenya",
    }

    shown = page_of(client.post(address, data | {"show": "1"}))

    assert "Tue 2 Jun 2026" not in shown  # the weekend and Madaraka Day in between
    assert "Wed 3 Jun 2026" in shown
    assert "1 Jun 2026 Madaraka Day" in shown
    assert "Wed 1 Jul 2026" in shown
    assert not DueDate.objects.exists()
    client.post(address, data | {"keep": "1"})
    kept = {
        str(row.activity_key): (row.working_days, row.on) for row in DueDate.objects.filter(run=run)
    }
    assert kept == {first: (2, None), second: (None, date(2026, 7, 1))}
    entry = LogEntry.objects.get(action="courses.due_dates_set")
    assert (entry.user, entry.data["due"]) == (world.trainer, {first: 2, second: "2026-07-01"})
    client.post(address, data | {f"days-{first}": "", f"days-{third}": "5", "keep": "1"})
    assert {str(row.activity_key) for row in DueDate.objects.all()} == {second, third}


@pytest.mark.parametrize(
    ("days", "on", "sentence"),
    [
        ("3", "2026-06-01", "Write working days or a day, not both."),
        ("", "2026-05-03", "Choose a day on or after its start."),
        ("", "2026-08-01", "Choose a day on or before its end."),
        ("0", "", "greater than or equal to 1"),
        ("soon", "", "Enter a whole number."),
    ],
)
def test_a_due_date_that_cannot_be_is_told(client, world, run, days, on, sentence):
    client.force_login(world.trainer)
    key = keys_of(run)[0]

    page = page_of(
        client.post(
            due_dates(world.centre, run),
            {f"days-{key}": days, f"on-{key}": on, "country": "kenya", "start": "2026-05-29", "keep": "1"},
        )
    )  # fmt: skip

    assert sentence in page
    assert not DueDate.objects.exists()


def test_a_country_reads_the_due_dates_and_the_centre_sets_them(client, world, run):
    DueDate.objects.create(run=run, activity_key=keys_of(run)[0], working_days=2)
    client.force_login(world.kenyan_coordinator)
    address = due_dates(world.kenya, run)

    page = page_of(client.get(address, {"start": "2026-05-29", "country": "kenya"}))

    assert "Wed 3 Jun 2026" in page
    assert "Centre sets them" in page
    assert "Keep the due dates" not in page
    assert "Choose a day on or after its start" in page_of(
        client.get(address, {"start": "2026-01-29", "country": "kenya"})
    )
    instructor = factories.member(world.kenya, Role.INSTRUCTOR)
    client.force_login(instructor)
    assert client.post(address, {"keep": "1"}).status_code == 403
    client.force_login(world.learner)
    assert client.get(address).status_code == 404


def test_who_made_their_own_version_of_a_course_keeps_its_runs(client, world, run):
    original = factories.course(1, with_quiz=False)
    run.course.adaptations.model.objects.create(
        organisation=world.kenya, original=original, course=run.course, made_by=world.administrator
    )
    client.force_login(factories.member(world.kenya, Role.INSTRUCTOR))
    key = keys_of(run)[0]

    client.post(
        due_dates(world.kenya, run),
        {f"days-{key}": "4", "start": "2026-05-29", "country": "kenya", "keep": "1"},
    )

    assert DueDate.objects.get().working_days == 4


def test_the_page_of_due_dates_costs_the_same_for_many(client, world, run):
    client.force_login(world.kenyan_coordinator)
    address, queries = due_dates(world.kenya, run), []
    client.get(address)
    for key in keys_of(run):
        DueDate.objects.create(run=run, activity_key=key, working_days=2)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        queries.append(len(asked))

    assert queries == [15, 15, 15]


def test_a_due_date_is_relative_or_fixed(run):
    for values in ({}, {"working_days": 2, "on": MADARAKA_DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DueDate.objects.create(run=run, activity_key=keys_of(run)[0], **values)


def test_a_fixed_day_holds_for_everybody_until_more_time_is_given(world, run):
    key = keys_of(run)[0]
    DueDate.objects.create(run=run, activity_key=key, on=MADARAKA_DAY)

    assert overdue_starts(run, ["KE"], MADARAKA_DAY) == {"KE": {}}
    day_after = date(2026, 6, 2)
    assert overdue_starts(run, ["KE"], day_after) == {"KE": {key: day_after}}
    with every_organisation():  # one's own
        enrolment = Enrolment.objects.select_related("run", "organisation").get(
            pk=world.enrolment.pk
        )
        assert due_dates_of(enrolment) == {key: MADARAKA_DAY}
        enrolment.extensions.create(
            until=date(2026, 6, 20), reason="Leave", given_by=world.trainer, activity_key=key
        )
        assert due_dates_of(enrolment) == {key: date(2026, 6, 20)}


@pytest.mark.django_db
@settings(deadline=None)  # a year's calendar is worked out at the first look
@given(days=st.integers(1, 60), start=st.dates(date(2026, 1, 1), date(2027, 12, 1)))
def test_more_working_days_are_never_due_earlier(days, start):
    rules = [DueDate(activity_key=number, working_days=days + number) for number in range(2)]

    due = dates_from(rules, start, "KE")

    assert start < due["0"] < due["1"]
    assert due["0"] not in {day.on for day in calendar_of("KE", start, due["0"])}


def test_the_names_of_days_off_are_in_the_reader_s_language(db):
    def name():
        return calendar_of("KE", MADARAKA_DAY, MADARAKA_DAY)[0].name

    assert name() == "Madaraka Day"
    with override("sw"):
        assert name() == "Siku ya Madaraka"
    assert calendar_of("XX", MADARAKA_DAY, MADARAKA_DAY) == []


def holidays(organisation, year=None):
    address = reverse("courses:holiday_list", args=[organisation.slug])
    return f"{address}?year={year}" if year else address


def test_a_gazetted_day_is_added_changed_and_removed(client, world):
    client.force_login(world.kenyan_coordinator)
    year = timezone.localdate().year
    page = page_of(client.get(holidays(world.kenya, 2026)))
    assert "Madaraka Day" in page
    assert ">added here<" not in page

    client.post(holidays(world.kenya), {"on": f"{year}-08-11", "name": "Census day"})
    holiday = Holiday.objects.get()
    assert (holiday.country_code, holiday.name) == ("KE", "Census day")
    page = page_of(client.get(holidays(world.kenya, year)))
    assert "Census day" in page
    assert ">added here<" in page
    edit = reverse("courses:holiday_edit", args=["kenya", holiday.pk])
    assert 'value="Census day"' in page_of(client.get(edit))
    client.post(edit, {"on": f"{year}-08-12", "name": "Census day"})
    assert Holiday.objects.get().on == date(year, 8, 12)
    client.post(reverse("courses:holiday_remove", args=["kenya", holiday.pk]))
    assert not Holiday.objects.exists()
    entries = LogEntry.objects.filter(action__startswith="courses.holiday").order_by("pk")
    assert [entry.action for entry in entries] == [
        "courses.holiday_kept",
        "courses.holiday_kept",
        "courses.holiday_removed",
    ]
    assert {entry.user for entry in entries} == {world.kenyan_coordinator}


def test_a_day_off_is_kept_once(client, world):
    client.force_login(world.kenyan_coordinator)
    Holiday.objects.create(country_code="KE", on=date(2026, 8, 11), name="Census day")

    for day, name in (("2026-06-01", "Madaraka Day"), ("2026-08-11", "Census day")):
        page = page_of(client.post(holidays(world.kenya), {"on": day, "name": "Again"}))
        assert f"This day is a day off already: {name}." in page
    assert "This field is required" in page_of(client.post(holidays(world.kenya), {"name": "No"}))
    assert Holiday.objects.count() == 1


def test_the_centre_chooses_a_country_and_keeps_its_days(client, world):
    client.force_login(world.registrar)

    page = page_of(client.get(holidays(world.centre)))

    assert holidays(world.kenya) in page
    assert holidays(world.rwanda) in page
    client.post(holidays(world.rwanda), {"on": "2026-08-11", "name": "Umunsi"})
    assert Holiday.objects.get().country_code == "RW"


def test_a_county_reads_its_country_s_days_and_no_country_touches_another_s(client, world):
    holiday = Holiday.objects.create(country_code="RW", on=date(2026, 8, 11), name="Umunsi")
    client.force_login(factories.member(world.nyeri, Role.COORDINATOR))
    page = page_of(client.get(holidays(world.nyeri, 2026)))
    assert "Staff of Kenya keep this list." in page
    assert "Umunsi" not in page
    data = {"on": "2026-08-12", "name": "Day"}
    assert client.post(holidays(world.nyeri), data).status_code == 403

    client.force_login(world.kenyan_coordinator)
    assert (
        client.get(reverse("courses:holiday_edit", args=["kenya", holiday.pk])).status_code == 404
    )
    client.force_login(world.registrar)
    edit = reverse("courses:holiday_edit", args=["centre", holiday.pk])
    assert client.get(edit).status_code == 404
    client.force_login(world.stranger)
    assert client.get(holidays(world.kenya)).status_code == 404


def test_the_list_of_days_costs_the_same_for_many(client, world):
    client.force_login(world.kenyan_coordinator)
    queries = []
    client.get(holidays(world.kenya))
    for number in range(1, 4):
        Holiday.objects.create(country_code="KE", on=date(2026, 8, number), name="Day")
        with CaptureQueriesContext(connection) as asked:
            client.get(holidays(world.kenya, 2026))
        queries.append(len(asked))

    assert queries == [6, 6, 6]
