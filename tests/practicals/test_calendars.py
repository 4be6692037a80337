"""Calendar files and feeds, reminders: what they hold, what they never hold, and that they come once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from lms.organisations.scoping import every_organisation
from practicals.domain.booking import cancel_booking
from practicals.domain.calendars import booking_events, feed_of, write_calendar
from practicals.domain.reminders import HOURS_BEFORE, hours_due, send_reminders
from practicals.domain.sessions import save_session
from practicals.messages import REMINDER
from practicals.models import Booking, PracticalSession
from practicals.tasks import close_sessions_task, remind_task
from tests.practicals.conftest import letters, make_practice


def events_of(content):
    return Calendar.from_ical(content).walk("VEVENT")


@pytest.fixture
def booking(practice):
    PracticalSession.objects.update(joining_link="https://meet.example/secret")
    with every_organisation():  # the learner's own
        return practice.book(practice.enrolment, needs=["wheelchair"], needs_note="A ramp, please")


def feed(client, user):
    return client.get(reverse("practicals:feed", args=[feed_of(user).token]))


def test_a_calendar_is_read_without_signing_in_and_tells_no_more_than_it_must(
    client, practice, booking
):
    with every_organisation():  # somebody else's seat
        practice.book()
    response = feed(client, practice.world.learner)
    (event,) = events_of(response.content)

    assert response["Content-Type"].startswith("text/calendar")
    assert event["dtstart"].dt == practice.day.starts_at.replace(microsecond=0)
    assert event["dtstart"].params["TZID"] == "Africa/Nairobi"
    assert event["dtstamp"].to_ical().endswith(b"Z")
    assert (str(event["status"]), int(event["sequence"])) == ("CONFIRMED", 0)
    text = response.content.decode().replace("\r\n ", "")
    assert "Lower Kabete Road" in text
    PracticalSession.objects.update(is_joining_shown_at_once=False)
    assert "Lower Kabete Road" not in feed(client, practice.world.learner).content.decode()
    assert "Kabete campus" in text
    for secret in ("wheelchair", "ramp", "secret", "Wambui", "Akinyi", booking.code):
        assert secret not in text


def test_an_entry_keeps_its_uid_and_its_sequence_grows(client, world):
    with every_organisation():  # the learner's own
        practice = make_practice(world, days=2)
        booking = practice.book(practice.enrolment)
        before = events_of(feed(client, world.learner).content)
        practice.session.venue = "Mombasa campus"
        days = [(day.pk, day.starts_at, day.ends_at) for day in practice.session.days.all()]
        save_session(practice.session, days, by=None)
        moved = events_of(feed(client, world.learner).content)
        cancel_booking(booking, by=world.learner)
        after = events_of(feed(client, world.learner).content)

    uids = [{str(event["uid"]) for event in events} for events in (before, moved, after)]
    assert uids[0] == uids[1] == uids[2] and len(uids[0]) == 2
    assert [int(events[0]["sequence"]) for events in (before, moved, after)] == [0, 1, 2]
    assert {str(event["status"]) for event in after} == {"CANCELLED"}


def test_a_changed_address_leaves_the_old_one_empty(client, world):
    old = feed_of(world.learner).token
    client.force_login(world.learner)
    address = reverse("practicals:feed_address")

    assert old in client.get(address).content.decode()
    client.post(address)

    assert client.get(reverse("practicals:feed", args=[old])).status_code == 404
    assert feed(client, world.learner).status_code == 200


def test_facilitators_have_their_sessions_in_their_calendar(client, practice):
    practice.session.facilitators.add(practice.world.trainer)

    (event,) = events_of(feed(client, practice.world.trainer).content)

    assert str(event["summary"]) == "Nairobi, June"


def test_a_seat_is_a_file_for_its_learner_alone(client, practice, booking):
    address = reverse("practicals:calendar_file", args=[practice.enrolment.pk, practice.key])
    client.force_login(practice.world.learner)
    assert len(events_of(client.get(address).content)) == 1
    client.force_login(practice.world.stranger)
    assert client.get(address).status_code == 404


def test_a_calendar_s_queries_do_not_grow_with_its_entries(
    client, world, django_assert_num_queries
):
    with every_organisation():  # the learner's own
        make_practice(world).book()
        for expected in (1, 3):
            while Booking.objects.filter(enrolment__user=world.learner).count() < expected:
                practice = make_practice(world)
                practice.book(practice.enrolment)
            token = feed_of(world.learner).token
            with django_assert_num_queries(4):
                client.get(reverse("practicals:feed", args=[token]))


def test_a_file_is_what_calendars_read(practice, booking):
    content = write_calendar(booking_events(booking))

    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    calendar = Calendar.from_ical(content)
    assert calendar["version"] == "2.0"
    assert [zone.tz_name for zone in calendar.timezones] == ["Africa/Nairobi"]
    assert calendar.get_missing_tzids() == set()


@settings(deadline=None)  # rules of a zone are looked up in its file
@given(
    name=st.sampled_from(
        ["Africa/Nairobi", "Africa/Casablanca", "Africa/Cairo", "Europe/London", "Asia/Kolkata"]
    ),
    seconds=st.integers(1_700_000_000, 2_100_000_000),
)
def test_the_rules_in_a_file_give_the_moment_of_every_session(name, seconds):
    start = datetime.fromtimestamp(seconds, UTC)
    event = Event()
    event.add("dtstart", start.astimezone(ZoneInfo(name)))
    event.add("dtend", (start + timedelta(hours=6)).astimezone(ZoneInfo(name)))

    (read,) = events_of(content := write_calendar([event]))
    (rules,) = Calendar.from_ical(content).timezones

    assert read.start == start
    local = read.start.replace(tzinfo=None)
    # as a calendar reads it that goes by the file alone; an hour that comes twice is told by no rule
    if ZoneInfo(name).utcoffset(local) == ZoneInfo(name).utcoffset(local.replace(fold=1)):
        assert local - rules.to_tz(lookup_tzid=False).utcoffset(local) == start.replace(tzinfo=None)


NOW = timezone.now()


@given(until=st.integers(1, 24 * 60 * 10), booked=st.integers(0, 24 * 60 * 30))
def test_a_reminder_is_due_after_its_hour_and_not_for_a_seat_booked_later(until, booked):
    start, booked_at = NOW + timedelta(minutes=until), NOW - timedelta(minutes=booked)
    hours = hours_due(start, booked_at, NOW)

    if hours:
        assert until <= hours * 60 and booked_at <= start - timedelta(hours=hours)
        assert all(other >= hours for other in HOURS_BEFORE if until <= other * 60)
    else:
        due = [other for other in HOURS_BEFORE if until <= other * 60]
        assert not due or booked_at > start - timedelta(hours=min(due))


def test_reminders_come_once_for_each_time(practice, booking):
    counts = []
    start = practice.session.starts_at
    for before in (
        timedelta(days=8),
        timedelta(days=6),
        timedelta(days=5),
        timedelta(hours=20),
        timedelta(hours=1),
        timedelta(minutes=30),
    ):
        with every_organisation():  # a sweep over all
            send_reminders(start - before)
            send_reminders(start - before)
            counts.append(len(letters(REMINDER)))

    assert counts == [0, 1, 1, 2, 3, 3]


def test_the_sweeps_run_twice_without_harm(practice, booking):
    for task in (remind_task, close_sessions_task):
        task()
        task()

    with every_organisation():  # what is left
        booking.refresh_from_db()
    assert booking.state == "booked"
