"""The law of the ledger: over whatever line, no answer is lost and every attempt is scored once.

Devices speak to the server's endpoints. Requests get lost on the way, answers on the way back; the server dies before
it commits; old requests arrive once more, out of order; a second phone takes over; clocks are a day off.
"""

import json
import random
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.domain import recording
from assessments.domain.starting import start_attempt
from assessments.models import Attempt, Outcome, Response
from lms.organisations.scoping import every_organisation
from tests import factories

QUESTIONS = 5


class Died(Exception):  # noqa: N818  a death, not an error
    """The server stopped before it committed."""


class Line:
    """A client of the running server over a bad line, which `fate` decides for each request."""

    def __init__(self, user, dice):
        self.client, self.dice = Client(raise_request_exception=False), dice
        self.client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        self.echoes = []

    def post(self, address, body):
        """Return what the server told, or None where nothing came back."""
        fate = self.dice.choice(["ok", "ok", "lost", "no reply", "died", "repeated"])
        if fate == "lost":
            return None
        if fate == "died":
            self._die(address, body)
            return None
        told = self._send(address, body)
        if fate == "repeated":
            self.echoes.append((address, body))
        return None if fate == "no reply" else told

    def _send(self, address, body):
        response = self.client.post(address, json.dumps(body), content_type="application/json")
        return response.json() if response.status_code == 200 else None

    def _die(self, address, body):
        record = recording.append_events

        def record_and_die(*args, **kwargs):
            with transaction.atomic():
                record(*args, **kwargs)
                raise Died

        with patch("lms.api.attempts.append_events", record_and_die):
            self._send(address, body)

    def echo(self):
        """An old request arrives once more."""
        if self.echoes:
            self._send(*self.dice.choice(self.echoes))


class Phone:
    """The page's outbox: it keeps every event until the server acknowledged it."""

    def __init__(self, line, attempt, wrong_by):
        self.line, self.uuid, self.wrong_by = line, str(attempt.uuid), wrong_by
        self.device, self.seq, self.outbox, self.is_open = str(uuid4()), 0, [], False

    def act(self, type_, **event):
        self.seq += 1
        claimed = (timezone.now() + self.wrong_by).isoformat()
        self.outbox.append({"seq": self.seq, "type": type_, "claimed_at": claimed, **event})

    def answer(self, position, value):
        self.act("answer", position=position, inputs=[[f"q{position}-value", value]])

    def send(self):
        if not self.is_open:
            opened = self.line.post(
                reverse("api:open_on_device", args=[self.uuid]), {"device": self.device}
            )
            self.is_open = opened is not None
        if not self.is_open or not self.outbox:
            return
        batch = self.outbox[: self.line.dice.randint(1, 6)]
        self.line.dice.shuffle(batch)
        told = self.line.post(
            reverse("api:append_events", args=[self.uuid]), {"device": self.device, "events": batch}
        )
        if told:
            self.outbox = [event for event in self.outbox if event["seq"] > told["ack"]]


def take(attempt, user, dice, *, changes_phone):
    """Answer, change, hand in; return {position: the last value given on the phone in use}."""
    line = Line(user, dice)
    phone = Phone(line, attempt, timedelta(days=dice.choice([-1, 0, 1])))
    phones, given_last = [phone], {}
    turns = dice.randint(5, 15)
    for turn in range(turns):
        if changes_phone and turn == turns // 2:
            while not phone.is_open:
                phone.send()
            phone = Phone(line, attempt, timedelta(days=dice.choice([-1, 0, 1])))
            phones.append(phone)
            while not phone.is_open:  # a second phone shows the questions only once it was opened
                phone.send()
        position, value = dice.randint(1, QUESTIONS), dice.choice("ABC")
        phone.answer(position, value)
        given_last[position] = value
        for each in phones:
            if dice.random() < 0.6:
                each.send()
        line.echo()
    flush(phones)  # the old phone comes back first, then the one in use hands in
    phone.act("submit")
    flush([phone])
    return given_last


def flush(phones):
    """Go on sending until everything was acknowledged."""
    for _ in range(200):
        if not any(phone.outbox for phone in phones):
            return
        for phone in phones:
            phone.send()
            phone.line.echo()


@pytest.mark.parametrize("changes_phone", [False, True])
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
def test_no_answer_is_lost_and_every_attempt_is_scored_once(everywhere, changes_phone, seed):
    dice = random.Random(seed)
    pool = getattr(everywhere, "pool", None)
    if pool is None:
        pool = everywhere.pool = factories.bank()
        for number in range(QUESTIONS):
            factories.item(pool, identifier=f"q{number}")
        everywhere.lossy_run = factories.quiz_run(factories.draw(pool, count=QUESTIONS))
    user = factories.member(everywhere.nyeri)
    enrolment = factories.enrol(user, everywhere.lossy_run, everywhere.nyeri)
    with every_organisation():
        entry = everywhere.lossy_run.edition.activities[0]
        attempt = start_attempt(enrolment, entry, "en")

    given_last = take(attempt, user, dice, changes_phone=changes_phone)

    attempt = Attempt.objects.get(pk=attempt.pk)
    assert attempt.state == Attempt.State.SCORED
    assert Outcome.objects.filter(item__attempt=attempt).count() == QUESTIONS
    counted = {
        response.item.position: response.value
        for response in Response.objects.filter(
            attempt=attempt, type="answer", is_accepted=True
        ).select_related("item")
    }
    assert counted == given_last
    right = sum(value == "A" for value in given_last.values())
    assert attempt.score == right
