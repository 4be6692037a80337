"""Job grades and competencies: shipped as lists, kept by people, offered by forms, never converted."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from admissions.models import SelectionCriteria
from courses.loading.competencies import load_competencies
from courses.models import Competency, CourseRun
from lms.accounts.models import User
from lms.organisations.grades import fault_of, schemes
from lms.organisations.loading import load_job_grades
from lms.organisations.models import JobGrade, Membership, Role


@pytest.fixture
def grades(db):
    load_job_grades()


def test_grades_load_twice_as_once_and_an_edited_one_stays(grades):
    JobGrade.objects.filter(scheme="CSG", value="9").update(valid_until=date(2026, 7, 1))

    assert load_job_grades() == JobGrade.objects.count()

    assert JobGrade.objects.get(scheme="CSG", value="9").valid_until == date(2026, 7, 1)
    assert list(schemes("KE")) == ["CSG", "Job group", "SRC"]
    assert schemes("RW") == {}
    assert "9" not in schemes("KE", date(2026, 7, 1))["CSG"]
    assert "9" in schemes("KE", date(2026, 6, 30))["CSG"]


def test_each_scheme_runs_from_its_lowest_grade_to_its_highest(grades):
    found = schemes("KE")

    assert (found["Job group"][0], found["Job group"][-1]) == ("A", "V")
    assert (found["CSG"][0], found["CSG"][-1]) == ("12", "2")
    assert (found["SRC"][0], found["SRC"][-1]) == ("B1", "E4")


def test_a_scheme_that_nobody_listed_has_no_wrong_grade(grades):
    found = schemes("KE")

    assert fault_of(found, "Umurenge", ["7"]) == ""
    assert fault_of(found, "CSG", ["9", "8"]) == ""
    assert fault_of(found, "CSG", ["9", "L"]).startswith("CSG has no grade L. It has: 12, 11")


@pytest.mark.parametrize("model", [JobGrade, Competency])
def test_what_ends_has_begun(model, db):
    named = (
        {"country_code": "KE", "scheme": "X", "value": "1", "order": 1}
        if model is JobGrade
        else {"framework": "x", "code": "1", "title": "One"}
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**named, valid_from=date(2026, 2, 1), valid_until=date(2026, 2, 1))


def test_who_gives_a_role_chooses_among_the_country_s_grades(client, world, grades):
    client.force_login(world.administrator)
    address = reverse("organisations:role_give", args=["nyeri-county"])
    data = {"person": world.stranger.email, "role": "coordinator"}

    page = client.get(address).content.decode()
    wrong = client.post(address, data | {"grade": "CSG|99"}).content.decode()
    client.post(address, data | {"grade": "Job group|L"})

    assert '<optgroup label="Job group">' in page
    assert "grade_scheme" not in page
    assert "Select a valid choice" in wrong
    given = Membership.objects.get(user=world.stranger, role=Role.COORDINATOR)
    assert (given.grade_scheme, given.grade) == ("Job group", "L")
    client.post(address, {"person": world.learner.email, "role": "coordinator", "grade": ""})
    given = Membership.objects.get(user=world.learner, role=Role.COORDINATOR)
    assert (given.grade_scheme, given.grade) == ("", "")


def test_where_no_list_is_known_the_grade_is_written(client, world, grades):
    client.force_login(world.administrator)
    address = reverse("organisations:role_give", args=["rwanda"])

    client.post(
        address,
        {
            "person": world.learner.email,
            "role": "coordinator",
            "grade_scheme": "Urwego",
            "grade": "4.II",
        },
    )

    given = Membership.objects.get(user=world.learner, role=Role.COORDINATOR)
    assert (given.grade_scheme, given.grade) == ("Urwego", "4.II")


def test_a_run_asks_for_grades_that_there_are(client, world, grades):
    User.objects.filter(pk=world.administrator.pk).update(is_superuser=True, is_staff=True)
    client.force_login(world.administrator)
    address = reverse("run:edit", args=[world.run.pk])
    data = {
        "code": world.run.code,
        "starts_on": "2026-01-01",
        "time_zone": "Africa/Nairobi",
        "grade_scheme": "CSG",
    }

    assert "Job group: A, B" in client.get(address).content.decode()
    assert "CSG has no grade L." in client.post(address, data | {"grades": "9, L"}).content.decode()
    client.post(address, data | {"grades": "9, 8"})

    assert CourseRun.objects.get(pk=world.run.pk).eligibility == [
        {"kind": "grade", "scheme": "CSG", "grades": ["9", "8"]}
    ]


def test_criteria_count_grades_that_there_are(client, world, grades):
    client.force_login(world.registrar)
    address = reverse("admissions:criteria", args=["centre", world.run.pk])
    data = {
        "priority": "0",
        "first_time": "0",
        "results-TOTAL_FORMS": "0",
        "results-INITIAL_FORMS": "0",
        "grades-TOTAL_FORMS": "1",
        "grades-INITIAL_FORMS": "0",
        "grades-0-scheme": "SRC",
        "grades-0-weight": "2",
        "keep": "1",
    }

    page = client.post(address, data | {"grades-0-grades": "C2, K"}).content.decode()

    assert "SRC has no grade K." in page
    assert not SelectionCriteria.objects.exists()


@pytest.mark.parametrize("name", ["job_grade", "competency"])
def test_administrators_keep_the_lists_in_wagtail(name, client, world, grades):
    load_competencies()
    User.objects.filter(pk=world.administrator.pk).update(is_superuser=True, is_staff=True)
    client.force_login(world.administrator)
    model = {"job_grade": JobGrade, "competency": Competency}[name]
    old, new = model.objects.all()[:2]
    day = timezone.localdate() + timedelta(days=30)
    data = {
        field: getattr(old, field)
        for field in ("country_code", "scheme", "value", "order", "framework", "code", "title")
        if hasattr(old, field)
    }

    assert client.get(reverse(f"{name}:index")).status_code == 200
    client.post(
        reverse(f"{name}:edit", args=[old.pk]),
        data | {"valid_until": day.isoformat(), "successor": new.pk},
    )

    old.refresh_from_db()
    assert (old.valid_until, old.successor) == (day, new)


def test_frameworks_load_twice_as_once_with_their_parents(db):
    first = load_competencies()

    assert load_competencies() == first
    area = Competency.objects.get(framework="digcomp3", code="2")
    assert [child.code for child in area.children.all()] == [f"2.{n}" for n in range(1, 7)]
    assert Competency.objects.filter(framework="digcomp3", parent=None).count() == 5
    assert Competency.objects.filter(framework="digcomp3").count() == 26
