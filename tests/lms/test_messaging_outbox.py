"""The outbox: once each, in time, to whom it may go; and what is left after a crash."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lms.accounts.gateways import Receipt
from lms.accounts.messages import send_sms
from lms.accounts.models import SentMessage
from lms.core.errors import InvalidTransition, Refused
from lms.messaging.domain.delivering import (
    STALE,
    claim_message,
    deliver_message,
    record_report,
    resolve_unknown,
    settle,
    sweep,
)
from lms.messaging.domain.digests import send_digests
from lms.messaging.domain.inbox import mark_read, unread_count
from lms.messaging.domain.sending import send
from lms.messaging.models import Message, MessagePreference, MessageTemplate, Spending
from lms.messaging.registry import KINDS, Kind, Purpose
from lms.messaging.tasks import send_digests_task, sweep_messages_task
from lms.organisations.scoping import every_organisation
from lms.settings import config
from tests import factories
from tests.lms.gateway import running_gateway

NOON = datetime(2026, 3, 3, 12, tzinfo=ZoneInfo("Africa/Nairobi"))
NIGHT = NOON.replace(hour=22)
State = Message.State


def kind(key, **values):
    return Kind(
        key,
        "A test",
        subject="Lab {lab}",
        body="Good day {name}, lab {lab} waits at {organisation}.",
        sms="Lab {lab} waits.",
        placeholders=("lab",),
        **values,
    )


@pytest.fixture(autouse=True)
def _kinds():
    """Kinds of message as an app would register them, for these tests alone."""
    added = {
        "test.plain": kind("test.plain"),
        "test.urgent": kind("test.urgent", is_urgent=True),
        "test.reminder": kind("test.reminder", is_reminder=True),
        "test.news": kind("test.news", purpose=Purpose.PROMOTIONAL),
    }
    KINDS.update(added)
    yield
    for key in added:
        del KINDS[key]


@pytest.fixture
def gateway(settings):
    with running_gateway() as gateway:
        settings.SMS_GATEWAY = "africastalking"
        settings.AFRICASTALKING_USERNAME = "centre"
        settings.AFRICASTALKING_API_KEY = "key"
        settings.AFRICASTALKING_URL = gateway.url
        settings.SMS_SENDER = "UMAHIRI"
        settings.SMS_SENDER_PROMOTIONAL = "UMAHIRI-NEWS"
        yield gateway


@pytest.fixture
def learner(world):
    world.learner.phone, world.learner.is_phone_verified = "+254712345678", True
    world.learner.save()
    with every_organisation():  # rows of several are looked at
        yield world.learner


def queued(world, key="test.plain", channel="sms", **values):
    values = {"dedupe": "once", "context": {"lab": "two"}, "at": NOON, **values}
    rows = send(world.learner, key, organisation=world.nyeri, channels=[channel], **values)
    return next(row for row in rows if row.channel == channel)


def delivered(row, now=NOON):
    deliver_message(row.pk, now)
    row.refresh_from_db()
    return row


def prefer(person, **values):
    return MessagePreference.objects.create(user=person, **values)


def test_a_text_message_goes_through_the_gateway_with_its_receipt(world, learner, gateway):
    row = delivered(queued(world))

    assert gateway.asked == [
        {
            "username": "centre",
            "to": "+254712345678",
            "message": "Lab two waits.",
            "bulkSMSMode": "1",
            "from": "UMAHIRI",
            "key": "key",
            "path": "/version1/messaging",
        }
    ]
    assert (row.state, row.cost, row.currency) == (State.SENT, Decimal("0.8"), "KES")
    assert row.parts == 1
    assert row.provider_id == "ATXid_1"
    spent = Spending.objects.get()
    assert (spent.messages, spent.cost, spent.organisation) == (1, Decimal("0.8"), world.nyeri)


def test_a_mail_has_a_message_id_and_words_of_the_person_s_language(world, learner):
    learner.language = "sw"
    learner.save()
    MessageTemplate.objects.create(key="test.plain", language="sw", subject="Maabara {lab}")

    row = delivered(queued(world, channel="email"))

    (sent,) = mail.outbox
    assert sent.subject == "Maabara two"
    assert sent.body == "Good day Wambui, lab two waits at Nyeri County."
    assert sent.extra_headers["Message-ID"].startswith(f"<{row.public_id}@")
    assert row.state == State.SENT


def test_the_same_news_is_queued_once(world, learner, gateway):
    first, second = queued(world), queued(world)
    delivered(first)
    delivered(second)

    assert first == second
    assert queued(world) == first
    assert len(gateway.asked) == 1
    assert Message.objects.count() == 1


def test_what_is_rolled_back_is_not_sent(world, learner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        queued(world)

    assert len(callbacks) == 1


@pytest.mark.parametrize(
    ("by", "email", "channels"),
    [
        (None, "w@example.org", {"in_app", "email"}),
        (None, None, {"in_app", "sms"}),
        ("reachable", None, {"in_app", "sms"}),
        ("both", "w@example.org", {"in_app", "email", "sms"}),
        ("both", None, {"in_app", "sms"}),
        ("none", "w@example.org", {"in_app"}),
    ],
)
def test_each_person_is_reached_as_they_wish(by, email, channels, world, learner):
    learner.email = email
    if by:
        prefer(learner, transactional_by=by)

    rows = send(learner, "test.plain", organisation=world.nyeri, dedupe="a")

    assert {row.channel for row in rows} == channels


@pytest.mark.parametrize(
    ("what", "now", "prefers", "outcome"),
    [
        ("test.plain sms", NIGHT, {}, "held quiet"),
        ("test.urgent sms", NIGHT, {}, "sent"),
        ("test.plain sms", NIGHT, {"time_zone": "Atlantic/Cape_Verde"}, "sent"),
        ("test.plain in_app", NIGHT, {}, "delivered"),
        ("test.plain sms", NOON, {"transactional_by": "email"}, "suppressed choice"),
        ("test.news sms", NOON, {}, "suppressed choice"),
        ("test.news sms", NOON, {"promotional_by": "both"}, "sent"),
        ("test.news sms", NOON.replace(hour=19), {"promotional_by": "sms"}, "held hours"),
        ("test.reminder email", NOON, {"digest": "daily"}, "held digest"),
        ("test.plain email", NOON, {"digest": "daily"}, "sent"),
    ],
)
@pytest.mark.usefixtures("gateway")
def test_wishes_and_hours_are_kept(what, now, prefers, outcome, world, learner):
    prefer(learner, **prefers)

    row = delivered(queued(world, *what.split(), at=now), now)

    assert f"{row.state} {row.reason}".strip() == outcome


def test_a_held_message_goes_when_the_night_is_over(world, learner, gateway):
    row = delivered(queued(world, at=NIGHT), NIGHT)
    delivered(row, NIGHT + timedelta(hours=1))
    assert gateway.asked == []
    assert row.due_at == NIGHT.replace(hour=7) + timedelta(days=1)

    assert delivered(row, row.due_at).state == State.SENT


def test_news_goes_by_the_other_sender_and_says_how_to_stop(world, learner, gateway):
    prefer(learner, promotional_by="both")
    delivered(queued(world, "test.news", "sms"))
    delivered(queued(world, "test.news", "email"))

    assert gateway.asked[0]["from"] == "UMAHIRI-NEWS"
    assert gateway.texts == ["Lab two waits. Stop: reply STOP"]
    (sent,) = mail.outbox
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent.extra_headers["List-Unsubscribe"].strip("<>") in sent.body


def test_without_a_sender_for_news_none_goes_by_text(world, learner, gateway, settings):
    settings.SMS_SENDER_PROMOTIONAL = ""
    prefer(learner, promotional_by="sms")

    row = delivered(queued(world, "test.news"))

    assert (row.state, row.reason) == (State.FAILED, "no_sender")


def test_a_number_that_nobody_checked_gets_nothing(world, learner, gateway):
    learner.is_phone_verified = False
    learner.save()

    row = delivered(queued(world))

    assert (row.state, row.reason, gateway.asked) == (State.FAILED, "no_address", [])


def test_a_person_s_day_has_a_cap_that_urgent_ones_pass(world, learner, gateway, settings):
    settings.MESSAGES_DAILY_CAP = 1
    today = timezone.localtime().replace(hour=12, minute=0)
    Message.objects.filter(pk=queued(world, at=today).pk).update(state="sent", sent_at=today)

    second = delivered(queued(world, dedupe="two", at=today), today)
    urgent = delivered(queued(world, "test.urgent", at=today), today)

    assert (second.state, second.reason) == (State.SUPPRESSED, "daily_cap")
    assert urgent.state == State.SENT


@pytest.mark.parametrize(
    ("setting", "reason"),
    [("SMS_MONTHLY_CAP", "monthly_cap"), ("SMS_MONTHLY_COST_CAP", "cost_cap")],
)
def test_an_organisation_s_month_has_a_cap(setting, reason, world, learner, gateway, settings):
    setattr(settings, setting, 1)
    rows = [delivered(queued(world, dedupe=str(number))) for number in range(3)]
    if setting == "SMS_MONTHLY_COST_CAP":  # two cost 1.60
        rows = rows[1:]

    assert [(row.state, row.reason) for row in rows[:2]] == [("sent", ""), ("suppressed", reason)]
    elsewhere = send(
        learner, "test.plain", organisation=world.kenya, channels=["sms"], dedupe="x", at=NOON
    )
    assert delivered(elsewhere[0]).state == State.SENT


@pytest.mark.parametrize(
    ("answers", "state", "reason"),
    [
        ({"code": 403}, "failed", "gateway"),
        ({"code": 405}, "queued", "again"),
        ({"status": 401, "answer": "The supplied authentication is invalid"}, "queued", "again"),
        ({"status": 400, "answer": "Bad request"}, "failed", "gateway"),
        ({"status": 502, "answer": "Bad gateway"}, "unknown", "lost_answer"),
        ({"answer": "not JSON"}, "unknown", "lost_answer"),
        (
            {"answer": '{"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}'},
            "failed",
            "gateway",
        ),
    ],
)
def test_what_the_gateway_says_is_written_down(answers, state, reason, world, learner, gateway):
    for name, value in answers.items():
        setattr(gateway, name, value)

    row = delivered(queued(world))

    assert (row.state, row.reason) == (state, reason)
    assert row.error
    kept = 1 if state == "unknown" else 0  # what certainly did not leave is not counted
    assert Spending.objects.get().messages == kept


def test_a_gateway_that_is_away_is_asked_again_five_times(world, learner, gateway, settings):
    settings.AFRICASTALKING_URL = "http://127.0.0.1:9"
    row = queued(world)
    for _attempt in range(5):
        assert row.state == State.QUEUED
        row.due_at = NOON
        row.save()
        delivered(row)

    assert (row.state, row.attempts) == (State.FAILED, 5)


def test_a_report_is_taken_once_and_twice_alike(world, learner, gateway):
    row = delivered(queued(world))

    assert record_report(row.provider_id, is_delivered=True)
    assert record_report(row.provider_id, is_delivered=True)
    assert record_report(row.provider_id, is_delivered=False, error="late")
    assert not record_report("somebody else's", is_delivered=True)
    row.refresh_from_db()
    assert (row.state, row.error) == (State.DELIVERED, "")


def test_a_digest_is_one_mail_with_all_that_waited(world, learner):
    prefer(learner, digest="daily")
    rows = [
        delivered(queued(world, "test.reminder", "email", dedupe=lab, context={"lab": lab}))
        for lab in ("one", "two")
    ]
    morning = rows[0].due_at
    send_digests(morning - timedelta(minutes=1))
    assert not Message.objects.filter(key="messaging.digest").exists()

    send_digests(morning)
    send_digests(morning)
    digest = Message.objects.get(key="messaging.digest")
    delivered(digest, timezone.localtime().replace(hour=12) + timedelta(days=1))

    assert mail.outbox[0].subject == "Your messages from Nyeri County"
    assert "Lab one\n" in mail.outbox[0].body
    assert "Lab two\n" in mail.outbox[0].body
    assert {row.state for row in digest.entries.all()} == {State.DIGESTED}
    delivered(rows[0], morning)
    assert len(mail.outbox) == 1


def test_messages_in_the_platform_are_counted_until_they_are_read(
    world, learner, django_assert_num_queries
):
    row = delivered(queued(world, channel="in_app"))
    assert unread_count(learner) == 1
    with django_assert_num_queries(0):
        assert unread_count(learner) == 1

    mark_read(world.stranger, row.pk)
    assert unread_count(learner) == 1
    mark_read(learner, row.pk)
    assert unread_count(learner) == 0


def test_the_sweep_finds_what_the_queue_lost(world, learner, gateway):
    row = queued(world)

    assert sweep(NOON + timedelta(minutes=1)) == []
    assert sweep(NOON + timedelta(minutes=3)) == [(world.nyeri.pk, row.pk)]


def test_the_periodic_tasks_run_twice(world, learner):
    queued(world)
    for _ in range(2):
        sweep_messages_task()
        send_digests_task()

    assert Message.objects.get().state == State.QUEUED


@pytest.mark.parametrize(
    ("channel", "state"), [("sms", "unknown"), ("email", "queued"), ("in_app", "queued")]
)
def test_what_a_dead_worker_had_claimed(channel, state, world, learner):
    row = queued(world, channel=channel)
    assert claim_message(row, NOON)
    assert claim_message(row, NOON) is None

    sweep(NOON + STALE / 2)
    row.refresh_from_db()
    assert row.state == State.SENDING
    sweep(NOON + STALE * 2)
    row.refresh_from_db()
    assert row.state == state


def test_a_mail_that_goes_again_after_a_crash_is_the_same_mail(world, learner):
    row = queued(world, channel="email")
    delivered(row)
    Message.objects.filter(pk=row.pk).update(state="sending", claimed_at=NOON, due_at=NOON)
    sweep(NOON + STALE * 2)
    delivered(row, NOON + STALE * 2)

    first, again = mail.outbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def test_a_person_decides_about_an_unknown_message(world, learner, gateway):
    gateway.status, gateway.answer = 502, "?"
    row = delivered(queued(world))
    resolve_unknown(row, was_sent=False, by=world.kenyan_coordinator)
    gateway.status, gateway.answer = 201, None
    Message.objects.filter(pk=row.pk).update(due_at=NOON)
    assert delivered(row).state == State.SENT

    with pytest.raises(InvalidTransition):
        resolve_unknown(row, was_sent=False, by=world.kenyan_coordinator)


class Workers:
    """Three that claim, call and settle one row at any moment, die, and are swept up after."""

    def __init__(self, row):
        self.row, self.now, self.calls = row, NOON, 0
        self.claims: dict[int, UUID] = {}
        self.called: set[int] = set()

    def claim(self, worker):
        if worker not in self.claims and (token := claim_message(self.row, self.now)):
            self.claims[worker] = token

    def call(self, worker):
        if worker in self.claims and worker not in self.called:
            self.called.add(worker)
            self.calls += 1

    def settle(self, worker):
        if worker in self.called:
            self.called.discard(worker)
            settle(self.row, self.claims.pop(worker), Receipt(provider_id=f"by {worker}"))

    def crash(self, worker):
        self.called.discard(worker)
        self.claims.pop(worker, None)

    def sweep(self, _worker):
        sweep(self.now)

    def wait(self, _worker):
        self.now += timedelta(minutes=16)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["queue", "claim", "call", "settle", "crash", "sweep", "wait"]),
        st.integers(0, 2),
    ),
    max_size=30,
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_no_mixture_of_workers_and_crashes_sends_twice(steps, world, learner):
    Message.objects.all().delete()
    row = queued(world)
    workers = Workers(row)
    for step, worker in steps:
        if step == "queue":
            assert queued(world) == row
        else:
            getattr(workers, step)(worker)

    assert workers.calls <= 1
    row.refresh_from_db()
    if row.state == State.SENT:
        assert workers.calls == 1


WORKER = """
import django
django.setup()
from lms.messaging.domain.delivering import deliver_message
from lms.messaging.registry import Kind, register_kind
from lms.organisations.scoping import every_organisation
import datetime, sys
register_kind(Kind("test.plain", "A test", "Lab", "Lab", "Lab {lab} waits.", ("lab",)))
with every_organisation():
    deliver_message(int(sys.argv[1]), datetime.datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.sqlite  # it copies the database as a file
def test_a_worker_killed_in_the_middle_sends_nothing_twice(world, learner, gateway, tmp_path):
    gateway.is_silent = True
    row = queued(world)
    path = tmp_path / "umahiri.sqlite3"
    path.write_bytes(connection.connection.serialize())
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lms.settings.test",
        "LMS_DATABASE_URL": f"sqlite:///{path}",
        "LMS_DATA_DIR": str(tmp_path),
        "LMS_SMS_GATEWAY": "africastalking",
        "LMS_AFRICASTALKING_URL": gateway.url,
    }
    argv = [sys.executable, "-c", WORKER, str(row.pk), NOON.isoformat()]

    with subprocess.Popen(argv, env=environment, cwd=config.ROOT) as worker:
        assert gateway.came.wait(30)
        worker.send_signal(signal.SIGKILL)
    with closing(sqlite3.connect(path)) as left:
        state, claim, claimed_at = left.execute(
            "SELECT state, claim, claimed_at FROM messaging_message"
        ).fetchone()
    assert state == "sending"  # the claim was committed before the gateway heard of it
    Message.objects.filter(pk=row.pk).update(
        state=state, claim=UUID(claim), claimed_at=f"{claimed_at}+00:00"
    )
    later = timezone.now() + STALE * 2
    sweep(later)
    delivered(row, later)

    assert (row.state, row.reason) == (State.UNKNOWN, "crash")
    assert len(gateway.asked) == 1


def test_sign_in_codes_go_through_the_gateway(db, gateway):
    send_sms("+254712345678", "Your Umahiri code is 123456.")

    assert gateway.texts == ["Your Umahiri code is 123456."]
    assert not SentMessage.objects.exists()


@pytest.mark.parametrize(
    ("name", "code"), [("", "no_sms_gateway"), ("africastalking", "sms_not_sent")]
)
def test_a_code_that_cannot_be_sent_is_refused_with_a_sentence(name, code, settings):
    settings.SMS_GATEWAY, settings.AFRICASTALKING_URL = name, "http://127.0.0.1:9"

    with pytest.raises(Refused) as refusal:
        send_sms("+254712345678", "Your code")

    assert refusal.value.code == code


def test_the_demo_keeps_text_messages_for_its_staff(world, learner, settings):
    settings.SMS_GATEWAY = "kept"

    row = delivered(queued(world))

    assert row.state == State.DELIVERED
    assert SentMessage.objects.get().body == "Lab two waits."


def test_in_the_demo_nights_hold_only_what_somebody_asked_to_be_held(world, learner, settings):
    settings.DEMO, settings.SMS_GATEWAY = True, "kept"

    assert delivered(queued(world, at=NIGHT), NIGHT).state == State.DELIVERED

    prefer(learner)
    learner.refresh_from_db()
    assert delivered(queued(world, at=NIGHT, dedupe="again"), NIGHT).state == State.HELD


def test_a_message_without_words_for_a_channel_says_so(world, learner, gateway):
    KINDS["test.plain"] = Kind("test.plain", "A test", "Lab", "Lab", placeholders=("lab",))

    row = delivered(queued(world))

    assert (row.state, row.reason) == (State.FAILED, "no_text")


def test_factories_make_messages_that_can_be_read(world, learner):
    assert delivered(factories.message(learner, world.nyeri), timezone.now()).state == "delivered"
