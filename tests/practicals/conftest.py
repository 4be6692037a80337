"""A run with a practical, a session of the Centre's, and learners who may book."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from courses.domain.enrolment import enrol
from courses.domain.progress import complete_activity
from courses.models import CourseRun, Enrolment
from lms.messaging.domain.rendering import render
from lms.messaging.models import Message
from lms.organisations.scoping import every_organisation
from practicals.domain.booking import book
from practicals.models import PracticalSession
from tests import factories


@dataclass
class Practice:
    world: factories.World
    run: CourseRun
    session: PracticalSession
    enrolment: Enrolment

    @property
    def key(self):
        return str(self.session.activity_key)

    @property
    def day(self):
        return self.session.days.first()

    def learner(self, organisation=None, *, is_ready=True):
        """The enrolment of one more learner, who has done what comes first."""
        organisation = organisation or self.world.nyeri
        enrolment = enrol(factories.member(organisation), self.run, organisation)
        if is_ready:
            self.finish_lessons(enrolment)
        return enrolment

    def finish_lessons(self, enrolment):
        for entry in self.run.edition.activities:
            if entry["kind"] == "lesson":
                complete_activity(enrolment, entry["key"])

    def book(self, enrolment=None, session=None, **facts):
        enrolment = enrolment or self.learner()
        return book(enrolment, session or self.session, by=enrolment.user, **facts)

    def begin(self, hours=1):
        """Let the session have begun some hours ago."""
        by = self.session.starts_at - timezone.now() + timedelta(hours=hours)
        for day in self.session.days.all():
            day.starts_at -= by
            day.ends_at -= by
            day.save()
        self.session.starts_at -= by
        self.session.ends_at -= by
        PracticalSession.objects.filter(pk=self.session.pk).update(
            starts_at=self.session.starts_at, ends_at=self.session.ends_at
        )


def make_practice(world, **values):
    run = factories.practical_run()
    session = factories.session(world.centre, run, **values)
    practice = Practice(world, run, session, enrol(world.learner, run, world.nyeri))
    practice.finish_lessons(practice.enrolment)
    return practice


@pytest.fixture
def practice(world, remade):
    return remade("practice", lambda: make_practice(world))


@pytest.fixture
def everywhere():
    with every_organisation():  # the laws are about all records
        yield


def letters(kind):
    """[(person, words)] of the mails of this kind in the outbox, in the order in which they came."""
    rows = Message.objects.filter(key=kind.key, channel="email").order_by("pk")
    return [(row.person, render(row)) for row in rows.select_related("person", "organisation")]
