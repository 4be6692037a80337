"""What tests of the ledger share: an attempt at a quiz, and ways to answer it."""

from uuid import uuid4

import pytest

from assessments.domain.recording import Event, open_attempt, record_events
from assessments.domain.starting import start_attempt
from courses.domain.enrolment import enrol
from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture
def everywhere(world):
    """All records in scope: the ledger is what is tested; the access test walks the doors."""
    with every_organisation():
        yield world


@pytest.fixture
def started(everywhere):
    """Start an attempt at a quiz of one's own making: `started(*entries, **values)`."""

    def start(*entries, user=None, **values):
        run = factories.quiz_run(*entries, **values)
        enrolment = enrol(user or everywhere.learner, run, everywhere.nyeri)
        return start_attempt(enrolment, run.edition.activities[0], "en")

    return start


class Phone:
    """A browser with an outbox: counts its events, and may send them again."""

    def __init__(self, attempt, device=None):
        self.attempt, self.device, self.seq = attempt, device or uuid4(), 0
        open_attempt(attempt, self.device)

    def event(self, type_, position=None, value=None, **values):
        self.seq += 1
        return Event(self.seq, type_, position, value, **values)

    def send(self, *events, now=None):
        return record_events(self.attempt, self.device, events, now=now)

    def answer(self, position, value, *, now=None, **values):
        return self.send(self.event("answer", position, value, **values), now=now)

    def answer_all(self, value="A", *, now=None):
        return [self.answer(item.position, value, now=now) for item in self.attempt.items.all()]

    def submit(self, *, now=None):
        return self.send(self.event("submit"), now=now)


@pytest.fixture
def phone(started):
    return Phone(started())
