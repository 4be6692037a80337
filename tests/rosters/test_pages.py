"""The pages of cohorts and rosters: who may, what they show, and how many queries they take."""

import json
from io import BytesIO

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from courses.domain.enrolment import enrol, withdraw
from courses.models import Cohort, Enrolment
from lms.accounts.models import User
from lms.organisations.domain import subtree_scope
from lms.organisations.models import PartnerAgreement, Role
from lms.organisations.scoping import every_organisation
from rosters.domain.imports import work_on
from rosters.models import RosterImport
from tests import factories

HEAD = "Full name,E-mail,Phone\n"


def page(name, cohort=None, roster=None):
    place = [cohort.organisation.slug, cohort.slug] if cohort else ["kenya"]
    return reverse(f"rosters:{name}", args=[*place, *([roster.pk] if roster else [])])


def upload(client, cohort, text, name="staff.csv"):
    """Bring a file on the page and let the worker do its work; returns the import."""
    file = SimpleUploadedFile(name, text.encode())
    response = client.post(page("import_new", cohort), {"file": file})
    assert response.status_code == 302, response.content.decode()
    return work(response["Location"])


def work(address):
    with every_organisation():  # the worker's part
        roster = RosterImport.objects.get(pk=address.rstrip("/").rsplit("/", 1)[-1])
        work_on(roster)
        return roster


@pytest.fixture
def coordinator(client, world):
    client.force_login(world.kenyan_coordinator)
    return client


def test_a_coordinator_begins_a_cohort(coordinator, world):
    empty = coordinator.get(page("cohort_list")).content.decode()
    assert "There is no cohort yet." in empty

    response = coordinator.post(
        page("cohort_list"), {"name": "Registry  officers", "run": world.run.pk}
    )

    with every_organisation():  # the test's own
        cohort = Cohort.objects.get()
    assert response["Location"] == page("cohort", cohort)
    assert (cohort.name, cohort.organisation) == ("Registry officers", world.kenya)
    assert (
        "Nobody is in this cohort yet." in coordinator.get(page("cohort", cohort)).content.decode()
    )
    again = coordinator.post(
        page("cohort_list"), {"name": "Registry officers", "run": world.run.pk}
    )
    assert again.status_code == 409
    other = coordinator.post(
        page("cohort_list"), {"name": "Registry-officers", "run": world.run.pk}
    )
    assert other["Location"].endswith("registry-officers-2/")
    assert "Write the cohort" in coordinator.post(page("cohort_list"), {}).content.decode()


def test_a_list_goes_from_the_file_to_the_people_and_back(coordinator, cohort):
    assert coordinator.get(page("import_new", cohort)).status_code == 200
    roster = upload(coordinator, cohort, HEAD + "AKINYI WERE,a@example.org,712345678\nRono,,\n")
    checked = coordinator.get(page("import", cohort, roster)).content.decode()
    assert "1 person would be taken in and invited." in checked
    assert "1 name is in capitals." in checked
    assert "There is neither an e-mail address nor a phone number." in checked

    response = coordinator.post(page("apply", cohort, roster), {"is_proper_case": "on"})
    waiting = coordinator.get(response["Location"]).content.decode()
    assert "<lms-watch>" in waiting and "Look again" in waiting
    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in waiting
    work(response["Location"])

    assert User.objects.get(email="a@example.org").full_name == "Akinyi Were"
    assert (
        "The list was taken in." in coordinator.get(page("import", cohort, roster)).content.decode()
    )
    assert "Akinyi Were" in coordinator.get(page("cohort", cohort)).content.decode()
    work(coordinator.post(page("undo", cohort, roster))["Location"])
    assert "taken back whole" in coordinator.get(page("import", cohort, roster)).content.decode()
    assert not User.objects.filter(email="a@example.org").exists()


def test_other_columns_are_asked_about_once(coordinator, cohort):
    text = "Surname;First name;Mail;Remarks\nWERE;Akinyi;{};x\n"
    roster = upload(coordinator, cohort, text.format("a@example.org"))
    assert coordinator.get(page("import", cohort, roster))["Location"] == page(
        "columns", cohort, roster
    )
    asked = coordinator.get(page("columns", cohort, roster)).content.decode()
    assert "as the columns stand: WERE Akinyi" in asked
    assert "the first of these columns last: Akinyi WERE" in asked
    fields = {"column_0": "name_part", "column_1": "name_part", "column_2": "email"}
    unsaid = coordinator.post(page("columns", cohort, roster), fields).content.decode()
    assert "Choose in which order the parts of the name are printed." in unsaid

    said = coordinator.post(page("columns", cohort, roster), fields | {"name_order": "first_last"})
    work(said["Location"])
    work(coordinator.post(page("apply", cohort, roster))["Location"])

    assert User.objects.get(email="a@example.org").full_name == "Akinyi WERE"
    second = upload(coordinator, cohort, text.format("b@example.org"))
    assert second.state == "checked"
    assert "Remarks" in coordinator.get(page("import", cohort, second)).content.decode()


def test_a_file_that_is_left_is_deleted(coordinator, cohort):
    roster = upload(coordinator, cohort, HEAD + "Akinyi Were,a@example.org,\n")
    name, storage = roster.file.name, roster.file.storage

    response = coordinator.post(page("forget", cohort, roster), follow=True)

    assert "The file was deleted." in response.content.decode()
    with every_organisation():  # the test's own
        assert not RosterImport.objects.exists()
    assert storage.exists(name)  # until the transaction of the test would end


def test_reports_are_downloaded(coordinator, cohort):
    roster = upload(coordinator, cohort, HEAD + "Akinyi Were,a@example.org,\n=Rono,,\n")
    address = page("report", cohort, roster)

    lines = b"".join(coordinator.get(address, {"format": "csv"}).streaming_content).decode()
    book = load_workbook(BytesIO(coordinator.get(address, {"format": "xlsx"}).content))
    report = json.loads(coordinator.get(address, {"format": "json"}).content)

    assert lines.splitlines()[1].startswith("3,refused,")
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == [3, 2]
    assert [entry["row"] for entry in report["created"]] == [2]
    assert report["dry_run"] is True


def test_the_template_is_downloaded(coordinator):
    book = load_workbook(BytesIO(coordinator.get(page("template")).content))

    assert [cell.value for cell in book.worksheets[0][1]][:3] == ["Full name", "E-mail", "Phone"]
    assert "Nyeri County" in [row[1].value for row in book.worksheets[1].iter_rows()]
    text = coordinator.get(page("template"), {"format": "csv"}).content.decode("utf-8-sig")
    assert text.startswith("Full name,E-mail,Phone")


def test_a_page_refuses_what_is_no_roster_with_a_sentence(coordinator, cohort, monkeypatch):
    monkeypatch.setattr("rosters.forms.MAX_BYTES", 5)
    file = SimpleUploadedFile("a.csv", b"Full name")
    told = coordinator.post(page("import_new", cohort), {"file": file}).content.decode()
    none = coordinator.post(page("import_new", cohort)).content.decode()

    assert "larger than 10 MB" in told
    assert "Choose the file that holds the people." in none


def test_without_an_agreement_the_page_says_so(coordinator, cohort):
    PartnerAgreement.objects.all().delete()
    file = SimpleUploadedFile("a.csv", b"Full name,E-mail\n")

    response = coordinator.post(page("import_new", cohort), {"file": file})

    assert response.status_code == 409
    assert "There is no data agreement with Kenya yet" in response.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("registrar", 200),
        ("administrator", 200),
        ("kenyan_coordinator", 200),
        ("trainer", 403),
        ("releaser", 403),
        ("rwandan_coordinator", 404),
        ("learner", 404),
        ("stranger", 404),
    ],
)
def test_who_may_bring_lists(who, status, client, world, cohort):
    client.force_login(getattr(world, who))

    for name, place in [("cohort_list", None), ("cohort", cohort), ("import_new", cohort)]:
        assert client.get(page(name, place)).status_code == status


def test_a_coordinator_below_meets_no_cohort_of_those_above(client, world, cohort):
    client.force_login(factories.member(world.nyeri, Role.COORDINATOR))

    assert client.get(page("cohort", cohort)).status_code == 404
    below = reverse("rosters:cohort", args=["nyeri-county", cohort.slug])
    assert client.get(below).status_code == 404


def test_another_country_s_list_leaks_nothing(client, world, cohort, coordinator):
    EmailAddress.objects.create(user=world.stranger, email=world.stranger.email, verified=True)
    with every_organisation():  # so that there is room for an invitation
        Enrolment.objects.filter(user=world.stranger).delete()
    roster = upload(coordinator, cohort, HEAD + f"X Y,{world.stranger.email},\n")
    work(coordinator.post(page("apply", cohort, roster))["Location"])

    shown = [
        coordinator.get(page("import", cohort, roster)).content.decode(),
        coordinator.get(page("cohort", cohort)).content.decode(),
        b"".join(coordinator.get(page("report", cohort, roster)).streaming_content).decode(),
        coordinator.get(reverse("reports:learner_list", args=["kenya"])).content.decode(),
    ]

    assert not any("Uwase" in text for text in shown)
    assert "named when they accept" in shown[1]
    assert told_to_trainers(client, world) == []
    enrol(world.stranger, world.run, world.kenya, by=world.stranger)
    assert "Uwase Marie" in coordinator.get(page("cohort", cohort)).content.decode()
    assert told_to_trainers(client, world) == ["gradebook", "quiz", "file"]


def told_to_trainers(client, world):
    """Which of a trainer's pages and files name the person from the other country."""
    client.force_login(factories.member(world.kenya, Role.INSTRUCTOR))
    gradebook = reverse("courses:gradebook", args=["kenya", world.run.pk])
    quiz = reverse("assessments:quiz_run", args=["kenya", world.run.pk, world.entry("quiz")["key"]])
    file = client.get(gradebook, {"format": "csv"})
    told = {
        "gradebook": client.get(gradebook).content.decode(),
        "quiz": client.get(quiz).content.decode(),
        "file": b"".join(file.streaming_content).decode(),
    }
    client.force_login(world.kenyan_coordinator)
    return [name for name, text in told.items() if "Uwase" in text]


def test_who_declines_stays_without_a_name(client, world, cohort, coordinator):
    EmailAddress.objects.create(user=world.stranger, email=world.stranger.email, verified=True)
    with every_organisation():  # so that there is room for an invitation
        Enrolment.objects.filter(user=world.stranger).delete()
    roster = upload(coordinator, cohort, HEAD + f"X Y,{world.stranger.email},\n")
    work(coordinator.post(page("apply", cohort, roster))["Location"])
    with subtree_scope(world.kenya):
        place = Enrolment.objects.get(user=world.stranger)
        withdraw(place, by=world.stranger)

    detail = reverse("courses:enrolment_detail", args=["kenya", place.pk])

    assert coordinator.get(detail).status_code == 404
    assert "Uwase" not in coordinator.get(page("cohort", cohort)).content.decode()


@pytest.mark.parametrize("people", [1, 3])
def test_pages_take_as_many_queries_for_one_row_as_for_three(
    people, coordinator, cohort, django_assert_num_queries
):
    text = HEAD + "".join(f"Akinyi Were,p{n}@example.org,\n" for n in range(people))
    for _ in range(people):
        roster = upload(coordinator, cohort, text)
    work(coordinator.post(page("apply", cohort, roster))["Location"])

    with django_assert_num_queries(7):
        coordinator.get(page("import", cohort, roster))
    with django_assert_num_queries(8):
        coordinator.get(page("cohort", cohort))


@pytest.mark.parametrize("cohorts", [1, 3])
def test_the_list_of_cohorts_takes_as_many_queries_for_one_as_for_three(
    cohorts, coordinator, world, django_assert_num_queries
):
    for number in range(cohorts):
        coordinator.post(page("cohort_list"), {"name": f"Intake {number}", "run": world.run.pk})

    with django_assert_num_queries(7):
        coordinator.get(page("cohort_list"))
