"""Sessions against the Hub's list, the end of a person's right, usage, and a person's data."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from courses.domain.cohorts import add_cohort
from courses.domain.enrolment import suspend, withdraw
from labs.backends import Server
from labs.domain.personal_data import erase, export_of
from labs.domain.quotas import month_span, usage_between
from labs.domain.saves import keep
from labs.domain.sessions import close_labs, reconcile, stop_session, sweep_access
from labs.domain.workspaces import open_lab
from labs.models import (
    GradeRun,
    HandMark,
    LabComment,
    LabIdentity,
    LabSession,
    Save,
    Submission,
    Why,
    Workspace,
    WorkspaceProgress,
)
from labs.tasks import sweep_access_task, watch_labs_task
from lms.accounts.domain import end_sessions
from lms.organisations.domain import join_organisation
from lms.organisations.merging import merge_accounts
from lms.organisations.models import Role
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.labs.conftest import enrolment_of, organisation


@pytest.fixture(autouse=True)
def _every(db):
    with every_organisation():  # learners of several countries share the places
        yield


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def session(backend, enrolment, lab):
    return opened(enrolment, lab)


def opened(enrolment, lab):
    open_lab(enrolment, enrolment.run.edition.activity(lab.key), "en")
    return LabSession.objects.open().get(workspace__enrolment=enrolment)


def ended(session):
    session.refresh_from_db()
    return session.why_ended


# The Hub's list


def test_memory_and_activity_are_noted(backend, session):
    active = timezone.now()
    backend.running[session.identity.lab_id] = Server(True, active, 90, 120)
    reconcile()
    backend.running[session.identity.lab_id] = Server(True, None, 80, 80)
    reconcile()
    session.refresh_from_db()

    assert session.active_at == active
    assert (session.memory_now_mb, session.memory_peak_mb) == (80, 120)
    assert ended(session) == ""


@pytest.mark.parametrize(
    ("told", "why"),
    [("idle", Why.IDLE), ("memory", Why.MEMORY), ("", Why.UNKNOWN), ("else", Why.UNKNOWN)],
)
def test_a_server_that_is_gone_ends_its_session(backend, session, committed, told, why):
    reconcile()
    backend.running.clear()
    backend.endings[session.identity.lab_id] = told
    with committed():
        reconcile()

    assert ended(session) == why
    assert not backend.grants  # to come back is to ask for a place


def test_a_server_may_take_its_time_to_start(backend, session, committed):
    backend.running.clear()
    with committed():
        reconcile(timezone.now() + timedelta(seconds=60))
    assert ended(session) == ""
    with committed():
        reconcile(timezone.now() + timedelta(seconds=120))
    assert ended(session) == Why.UNKNOWN


def test_servers_of_nobody_are_ended(backend, session):
    backend.start("l000000000000", memory_mb=1)
    reconcile()

    assert list(backend.running) == [session.identity.lab_id]


def test_tasks_go_on_without_the_hub(backend, session):
    backend.is_up = False
    watch_labs_task()
    sweep_access_task()

    assert ended(session) == ""


# Ends that last


def test_a_stop_is_tried_until_the_hub_has_done_it(backend, session, committed):
    backend.is_up = False
    with committed():
        stop_session(session, Why.STOPPED, reason="to free a place")
    assert not backend.grants
    assert ended(session) == ""
    assert sweep_access() == 1
    assert ended(session) == ""

    backend.is_up = True
    sweep_access()
    assert ended(session) == Why.STOPPED
    assert sweep_access() == 0
    assert not backend.running


def test_a_lab_past_its_time_is_ended(backend, session, committed):
    with committed():
        sweep_access(session.until)

    assert ended(session) == Why.OLD


@pytest.mark.parametrize("move", [withdraw, suspend])
def test_the_end_of_an_enrolment_ends_the_lab_at_once(backend, session, committed, move):
    enrolment = session.workspace.enrolment
    with committed():
        move(enrolment, by=enrolment.user, reason="moved away")

    assert ended(session) == Why.NO_GRANT
    assert backend.signed_out == [session.identity.lab_id]
    assert not backend.running


def test_another_live_enrolment_keeps_its_own_lab(backend, lab, session, committed):
    enrolment = session.workspace.enrolment
    other = factories.enrol(
        enrolment.user, factories.run(enrolment.run.course), enrolment.organisation
    )
    Workspace.objects.create(
        enrolment=other,
        activity_key=lab.key,
        release=lab.release,
        identity=session.identity,
        folder="other",
    )
    with committed():
        close_labs(other)
    assert ended(session) == ""
    with committed():
        close_labs(enrolment)
    assert ended(session) == Why.NO_GRANT


def test_signing_out_everywhere_signs_out_of_the_labs(backend, session, committed):
    with committed():
        end_sessions(session.identity.user, by=None)

    assert ended(session) == Why.NO_GRANT
    assert backend.signed_out


def test_a_joined_account_takes_its_lab_along(backend, session, committed):
    nyeri = organisation("nyeri")
    kept = factories.member(nyeri)
    by = factories.user()
    join_organisation(by, nyeri.get_parent(), Role.ADMINISTRATOR)
    with committed():
        merge_accounts(kept, session.identity.user, nyeri, by=by)
    session.refresh_from_db()

    assert session.identity.user == kept
    assert ended(session) == ""


def test_what_nobody_told_us_of_is_found_from_the_rows(backend, session, committed):
    user = session.identity.user
    user.is_active = False
    user.save()
    with committed():
        sweep_access()

    assert ended(session) == Why.NO_GRANT


def test_the_end_of_a_run_is_found_too(backend, session, committed):
    run = session.workspace.enrolment.run
    run.starts_on = run.ends_on = timezone.localdate() - timedelta(days=2)
    run.save()
    with committed():
        sweep_access()

    assert ended(session) == Why.NO_GRANT


# Usage


def at(day, hour=0):
    return datetime(2026, 5, day, hour, tzinfo=timezone.get_default_timezone())


def test_hours_are_counted_in_the_month_they_fall_into(backend, session, settings):
    settings.LABS_GB_HOUR_PRICE = "3.00"
    LabSession.objects.update(
        started_at=at(1) - timedelta(hours=2), ended_at=at(1, 1), why_ended="idle", memory_mb=2048
    )
    may, april = month_span(at(9).date()), month_span(at(1).date() - timedelta(days=1))

    (used,) = usage_between(*may)
    assert (used.sessions, used.hours, used.gb_hours, used.cost) == (1, 1, 2, 6)
    assert usage_between(*april)[0].hours == 2
    assert usage_between(*month_span(at(9).date().replace(month=6))) == []


def test_a_session_that_goes_on_counts_until_now(backend, session):
    LabSession.objects.update(started_at=at(2))
    (used,) = usage_between(*month_span(at(9).date()), now=at(2, 3))

    assert used.hours == Decimal(3)


# A person's data


@pytest.fixture
def handed_in(session):
    submission = Submission.objects.create(
        workspace=session.workspace,
        release=session.workspace.release,
        notebook={"cells": [{"source": "typed by me"}]},
        sha256="0" * 64,
        state="marked",
    )
    GradeRun.objects.create(
        submission=submission,
        checks=[{"name": "a", "outcome": "raised", "detail": "typed by me", "points": 1, "max": 2}],
        cells=[{"name": "b", "outcome": "raised", "detail": "typed by me"}],
        output="typed by me",
        score=1,
        maximum=2,
        seconds=1,
    )
    user = session.identity.user
    LabComment.objects.create(submission=submission, text="typed of me", by=user)
    HandMark.objects.create(
        submission=submission, cell="why", points=1, maximum=2, comment="typed of me", by=user
    )
    kept = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, "who": "typed by me"}
    keep(session.workspace, json.dumps(kept).encode())
    WorkspaceProgress.objects.filter(workspace=session.workspace).update(tasks={"late": {}})
    return submission


def test_an_export_holds_home_submissions_and_results(session, handed_in):
    found = dict(export_of(session.identity.user))

    assert "labs/home/f9-requests/f9-requests.ipynb" in found
    folder = f"labs/submissions/{handed_in.pk}-f9-requests"
    assert b"typed by me" in found[f"{folder}/notebook.ipynb"]
    assert b'"score": "1.00"' in found[f"{folder}/result.json"]
    assert found[f"{folder}/result.json"].count(b"typed of me") == 2
    assert any(b"typed by me" in content for path, content in found.items() if "/saves/" in path)
    assert b"started_at" in found["labs/sessions.json"]


def test_erasure_leaves_the_marks_alone(backend, session, handed_in, committed):
    name = session.identity.lab_id
    with committed():
        erase(session.identity.user)
    run = handed_in.grade_runs.get()
    handed_in.refresh_from_db()

    assert not backend.running
    assert name not in backend.homes
    assert name in backend.signed_out
    assert not LabIdentity.objects.filter(lab_id=name).exists()
    mark = handed_in.hand_marks.get()
    kept = [handed_in.notebook, run.checks, run.cells, run.output, mark.comment]
    assert "typed" not in f"{kept} {handed_in.comments.get().text}"
    assert not Save.objects.exists()
    assert not WorkspaceProgress.objects.exists()
    assert mark.points == 1
    assert (run.score, run.maximum) == (1, 2)


def test_erasure_can_be_done_again_when_the_hub_was_down(backend, session, handed_in):
    backend.is_up = False
    with pytest.raises(CommandError, match="down"):
        call_command("person_data", "erase", session.identity.user.email, "--yes")
    handed_in.refresh_from_db()
    assert "typed by me" in str(handed_in.notebook)

    backend.is_up = True
    call_command("person_data", "erase", session.identity.user.email, "--yes")
    handed_in.refresh_from_db()
    assert "typed by me" not in str(handed_in.notebook)


def test_the_command_writes_a_file_once(session, tmp_path):
    path, email = tmp_path / "mine.zip", session.identity.user.email
    call_command("person_data", "export", email, f"--output={path}")

    assert "labs/sessions.json" in ZipFile(path).namelist()
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists"):
        call_command("person_data", "export", email, f"--output={path}")
    with pytest.raises(CommandError, match="--yes"):
        call_command("person_data", "erase", email)
    with pytest.raises(CommandError, match="Nobody"):
        call_command("person_data", "erase", "x@example.org", "--yes")


# Staff pages


@pytest.fixture
def nyeri(enrolment):
    return organisation("nyeri")


@pytest.fixture
def staff_of(client, nyeri):
    """Signs in a person with a role there."""

    def staff_of(role):
        person = factories.member(nyeri, role)
        client.force_login(person)
        return client

    return staff_of


def page_of(client, name, *arguments, **query):
    return client.get(reverse(f"labs:{name}", args=["nyeri", *arguments]), query)


def test_labs_now_shows_who_runs_what(staff_of, session, other_enrolment, lab, nyeri):
    opened(other_enrolment, lab)
    page = page_of(staff_of(Role.COORDINATOR), "fleet").content.decode()

    assert "Wanjiru" in page
    assert "Which requests will be late?" in page
    assert "2 of 40" in page
    assert "Uwase" not in page
    assert reverse("labs:session_stop", args=["nyeri", session.pk]) not in page


def test_an_instructor_stops_a_lab_and_says_why(staff_of, backend, session, committed):
    client = staff_of(Role.INSTRUCTOR)
    address = reverse("labs:session_stop", args=["nyeri", session.pk])
    assert "Write why" in client.post(address, {"reason": ""}).content.decode()
    with committed():
        client.post(address, {"reason": "left open"})

    assert ended(session) == Why.STOPPED
    assert (session.stop_reason, session.stop_asked_by.is_active) == ("left open", True)
    assert page_of(client, "session_log", session.pk).status_code == 403
    assert "ended already" in client.get(address).content.decode()


def test_an_administrator_reads_the_log_and_it_is_noted(staff_of, session):
    client = staff_of(Role.ADMINISTRATOR)
    page = page_of(client, "session_log", session.pk).content.decode()

    assert f"log of {session.identity.lab_id}" in page


def test_labs_now_costs_the_same_for_many(
    staff_of, session, lab, lab_course, django_assert_num_queries
):
    client = staff_of(Role.ADMINISTRATOR)
    page_of(client, "fleet")
    with django_assert_num_queries(FLEET_QUERIES):
        page_of(client, "fleet")
    for number in range(2):
        opened(enrolment_of(f"p{number}@example.org", "nyeri", lab_course), lab)
    with django_assert_num_queries(FLEET_QUERIES):
        page_of(client, "fleet")


FLEET_QUERIES = 15


def test_usage_is_shown_and_downloaded(staff_of, session, enrolment, settings):
    settings.LABS_CURRENCY = "KES"
    cohort = add_cohort(enrolment.organisation, enrolment.run, "Clerks", by=None)
    LabSession.objects.update(
        cohort=cohort, started_at=at(2), ended_at=at(2, 3), why_ended="idle", memory_mb=1024
    )
    client = staff_of(Role.COORDINATOR)
    page = page_of(client, "usage", month="2026-05").content.decode()
    assert "Clerks" in page
    assert "KES 3.00" in page
    assert "No lab was open" in page_of(client, "usage", month="2026-04").content.decode()

    lines = b"".join(page_of(client, "usage", month="2026-05", format="csv")).decode()
    assert "Clerks" in lines
    assert ",1,3.0,3.0,3.0" in lines
    assert page_of(client, "usage", month="2026-05", format="xlsx").content.startswith(b"PK")


def test_quotas_are_set_by_administrators(staff_of, enrolment):
    cohort = add_cohort(enrolment.organisation, enrolment.run, "Clerks", by=None)
    client = staff_of(Role.ADMINISTRATOR)
    address = reverse("labs:quota_edit", args=["nyeri", cohort.slug])
    assert "platform's limits" in page_of(client, "quota_list").content.decode()
    page = client.post(address, {"places": "41"}).content.decode()
    assert "40 places in all" in page
    client.post(address, {"places": "4", "hours_monthly": "9"})

    cohort.refresh_from_db()
    assert (cohort.lab_quota.places, cohort.lab_quota.hours_monthly) == (4, 9)
    assert "platform's limits" not in page_of(client, "quota_list").content.decode()
    assert page_of(staff_of(Role.COORDINATOR), "quota_list").status_code == 403


def test_a_class_is_planned_on_a_page(staff_of, enrolment, lab):
    client = staff_of(Role.INSTRUCTOR)
    address = reverse("labs:class_new", args=["nyeri"])
    values = {"lab": f"{enrolment.run.pk}:{lab.key}", "minutes_ahead": "10"}
    past = client.post(address, {**values, "starts_at": "2020-01-01T08:00"}).content.decode()
    assert "still to come" in past
    client.post(address, {**values, "starts_at": "2090-01-01T08:00"})
    page = page_of(client, "fleet").content.decode()
    assert "1 Jan 2090, 08:00" in page

    planned = enrolment.run.lab_classes.get()
    client.post(reverse("labs:class_cancel", args=["nyeri", planned.pk]))
    assert "No class is planned" in page_of(client, "fleet").content.decode()
