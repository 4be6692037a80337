"""What learners meet: the practical's page, booking, and checking in by a scanned code."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.organisations.scoping import every_organisation
from practicals.domain.tokens import step_at, token_of
from practicals.models import Attendance, Booking, PracticalSession
from tests import factories
from tests.practicals.conftest import make_practice


@pytest.fixture
def page(client, practice):
    client.force_login(practice.world.learner)
    return reverse("courses:activity", args=[practice.enrolment.pk, practice.key])


def test_a_locked_practical_says_what_comes_first(client, practice):
    with every_organisation():  # the learner's own
        enrolment = practice.learner(is_ready=False)
    client.force_login(enrolment.user)
    address = reverse("courses:activity", args=[enrolment.pk, practice.key])

    shown = client.get(address).content.decode()

    assert "You can book a seat when this is done" in shown
    assert "What a model has seen" in shown
    assert 'name="session"' not in shown
    assert client.post(address, {"session": practice.session.pk}).status_code == 409


def test_a_learner_books_sees_how_to_join_and_gives_the_seat_up(client, practice, page):
    before = client.get(page).content.decode()
    assert "Kabete campus" in before and "2 seats left" in before
    assert "Lower Kabete Road" not in before
    assert "Choose a session." in client.post(page, {}).content.decode()

    data = {"session": practice.session.pk, "needs": ["sign_language"], "needs_note": "Kenyan"}
    client.post(page, data)

    after = client.get(page).content.decode()
    assert "Lower Kabete Road, room 4" in after
    assert "a sign-language interpreter" in after
    client.post(page, {"cancel": "1"})
    with every_organisation():  # the learner's own
        row = Booking.objects.get()
    assert (row.state, row.needs) == ("cancelled", ["sign_language"])
    assert "2 seats left" in client.get(page).content.decode()


def test_how_to_join_may_be_shown_on_the_day_before_alone(client, practice, page):
    PracticalSession.objects.update(is_joining_shown_at_once=False)
    client.post(page, {"session": practice.session.pk})

    assert "Lower Kabete Road" not in client.get(page).content.decode()
    PracticalSession.objects.update(starts_at=timezone.now() + timedelta(hours=23))
    assert "Lower Kabete Road" in client.get(page).content.decode()


def test_the_note_on_travel_is_ticked(client, world):
    with every_organisation():  # the learner's own
        run = factories.practical_run(travel_note="Your office pays.", opens_after="nothing")
        session = factories.session(world.centre, run)
        enrolment = factories.enrol(world.learner, run, world.nyeri)
    client.force_login(world.learner)
    address = reverse("courses:activity", args=[enrolment.pk, session.activity_key])

    refused = client.post(address, {"session": session.pk}).content.decode()
    assert "Read the note on travel, and tick the box." in refused
    client.post(address, {"session": session.pk, "has_read_travel_note": "on"})
    assert "Your seat" in client.get(address).content.decode()


def test_a_place_in_the_line_is_shown(client, practice, page):
    with every_organisation():  # the others
        practice.book()
        practice.book()
    client.post(page, {"session": practice.session.pk})

    assert "Your place in the line: 1." in client.get(page).content.decode()


def test_sessions_of_another_country_are_not_offered(client, practice, page):
    with every_organisation():  # theirs
        session = factories.session(practice.world.rwanda, practice.run, title="Kigali")

    assert "Kigali" not in client.get(page).content.decode()
    answer = client.post(page, {"session": session.pk}).content.decode()
    assert "This session cannot be booked now." in answer


def test_the_page_costs_the_same_for_many_sessions(
    client, practice, page, django_assert_num_queries
):
    client.get(page)
    for sessions in (1, 3):
        with every_organisation():  # what is listed
            while practice.run.practical_sessions.count() < sessions:
                factories.session(practice.world.centre, practice.run)
        with django_assert_num_queries(17):
            client.get(page)


def code(practice, seconds_ago=0):
    day = practice.day.pk
    then = timezone.now() - timedelta(seconds=seconds_ago)
    return reverse("practicals:check_in", args=[day, token_of(day, step_at(then))])


@pytest.fixture
def begun(practice):
    with every_organisation():  # the learner's own
        practice.book(practice.enrolment)
    practice.begin()
    return practice


def notes():
    with every_organisation():  # what was kept
        return list(Attendance.objects.values_list("how", "is_confirmed"))


def test_a_scan_checks_the_learner_in(client, begun):
    client.force_login(begun.world.learner)

    assert "You are checked in" in client.get(code(begun)).content.decode()
    client.get(code(begun))
    assert notes()[0] == ("qr", True)


def test_a_forwarded_picture_is_refused_with_a_sentence(client, begun):
    client.force_login(begun.world.learner)

    response = client.get(code(begun, seconds_ago=60))

    assert response.status_code == 409
    assert "This code is too old." in response.content.decode()
    assert notes() == []


def test_signing_in_takes_longer_than_a_code_lives(client, begun, monkeypatch):
    address = code(begun)
    assert client.get(address)["Location"].startswith("/accounts/login/")
    kept = client.session
    scan = kept["practicals.scan"]
    at = timezone.now() - timedelta(minutes=5)
    stale = code(begun, seconds_ago=5 * 60)
    kept["practicals.scan"] = {"path": stale, "at": at.isoformat()}
    kept.save()
    client.force_login(begun.world.learner)

    assert scan["path"] == address
    assert "You are checked in" in client.get(stale).content.decode()


def test_a_phone_that_had_no_line_posts_the_code_later(client, begun):
    client.force_login(begun.world.learner)
    at = (timezone.now() - timedelta(minutes=10)).isoformat()

    answer = client.post(
        code(begun, seconds_ago=600), {"at": at}, headers={"Accept": "application/json"}
    )

    assert answer.json() == {"title": "Received. The facilitator confirms it."}
    assert notes() == [("qr", False)]
    refused = client.post(
        code(begun, seconds_ago=900), {"at": at}, headers={"Accept": "application/json"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "stale")


def test_who_has_no_seat_is_told_that_they_stand_at_the_door(client, begun):
    with every_organisation():  # one more
        comer = begun.learner()
    client.force_login(comer.user)

    assert "You are at the door" in client.get(code(begun)).content.decode()


def test_a_person_of_another_course_finds_nothing(client, begun):
    client.force_login(begun.world.stranger)

    assert client.get(code(begun)).status_code == 404


def test_the_page_for_no_line_is_there_for_anyone(client, db):
    assert "lms-check-in" in client.get(reverse("practicals:check_in_offline")).content.decode()


def test_a_practical_of_some_days_shows_them_in_its_own_zone(client, world):
    with every_organisation():  # the learner's own
        practice = make_practice(world, days=2, time_zone="Africa/Lagos")
    client.force_login(world.learner)

    shown = client.get(reverse("courses:activity", args=[practice.enrolment.pk, practice.key]))

    lagos = practice.session.starts_at + timedelta(hours=1)
    assert f"{lagos:%H:%M}" in shown.content.decode()
    assert "Africa/Lagos" in shown.content.decode()
