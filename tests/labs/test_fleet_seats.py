"""However many people ask at once, there are never more servers than places."""

from itertools import pairwise
from threading import Lock

import pytest
from django.db import transaction

from courses.loading.course import load_course
from labs.domain.places import hold_places, leave_line, move_line
from labs.domain.quotas import set_quota
from labs.domain.sessions import has_session, stop_session
from labs.domain.workspaces import enter_in_turn, open_lab, workspace_of
from labs.models import LabPage, LabSession, LabTurn, TurnOutcome, Why
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.labs.conftest import COURSE, enrolment_of, organisation
from tests.threads import at_once

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PLACES, PEOPLE = 3, 8


@pytest.fixture
def asked(settings, backend):
    """Eight learners of a lab whose platform has three places; all committed."""
    settings.LABS_PLACES = PLACES
    with every_organisation():  # the law is about all places
        course = load_course(COURSE).edition.course
        people = [enrolment_of(f"p{n}@example.org", "nyeri", course) for n in range(PEOPLE)]
    return people, LabPage.objects.get(), backend


def opens(lab):
    def work(enrolment):
        entry = enrolment.run.edition.activity(lab.key)
        open_lab(enrolment, entry, "en")
        return has_session(enrolment.user.lab_identity)

    return work


def taken():
    """Places that are taken at one moment."""
    with every_organisation(), transaction.atomic():  # as above
        hold_places()
        return LabSession.objects.open().count() + LabTurn.objects.called().count()


def test_people_who_open_at_once_never_share_a_place(asked):
    people, lab, backend = asked
    started = at_once(opens(lab), people)

    assert sum(started) == PLACES
    assert backend.highest == PLACES
    with every_organisation():  # as above
        assert LabTurn.objects.waiting().count() == PEOPLE - PLACES


def test_one_who_clicks_often_takes_one_place(asked):
    people, lab, backend = asked
    assert all(at_once(opens(lab), [people[0]] * 6))
    assert backend.highest == 1
    assert taken() == 1


def test_a_cohorts_places_are_kept_to_as_well(asked):
    people, lab, backend = asked
    with every_organisation():  # as above
        cohort = factories.cohort(organisation("nyeri"), people[0].run)
        set_quota(cohort, {"places": 1}, by=None)
        for enrolment in people[:6]:
            enrolment.cohort = cohort
            enrolment.save()
    started = at_once(opens(lab), people)

    assert sum(started[:6]) == 1
    assert sum(started) == PLACES
    assert backend.highest == PLACES


def test_stopping_leaving_calling_and_coming_at_once_keeps_to_the_places(asked):
    people, lab, backend = asked
    at_once(opens(lab), people)
    most, lock = [taken()], Lock()

    def job(work):
        work()
        with lock:
            most.append(taken())

    def stop(session):
        return lambda: stop_session(session, Why.STOPPED)

    def come(enrolment):
        workspace = workspace_of(enrolment, lab.key, lab.release)
        return lambda: enter_in_turn(workspace)

    with every_organisation():  # as above
        running = list(LabSession.objects.open().select_related("identity"))
        waiting = [turn.identity for turn in LabTurn.objects.waiting().select_related("identity")]
        jobs = [stop(session) for session in running]
        jobs += [lambda: leave_line(waiting[0]), move_line, move_line]
        jobs += [come(enrolment) for enrolment in people] * 2
    at_once(job, jobs)

    assert max(most) <= PLACES
    assert backend.highest <= PLACES
    assert taken() == PLACES
    with every_organisation():  # as above
        turns = LabTurn.objects.exclude(outcome=TurnOutcome.LEFT).order_by("asked_at", "pk")
        called = list(turns.filter(called_at__isnull=False).values_list("called_at", flat=True))
    assert all(first <= second for first, second in pairwise(called))  # nobody overtook
