"""More time and tries for one learner, a cohort, or all of an organisation: given on a page, met by the learner."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.domain.attempts import submit_attempt
from assessments.domain.quizzes import frozen_quiz
from assessments.domain.starting import quiz_access, start_attempt
from assessments.models import Allowance
from courses.domain.enrolment import enrol
from courses.models import Enrolment, EnrolmentRollup
from lms.audit.models import LogEntry
from lms.organisations.domain import organisations_of
from lms.organisations.models import Role
from lms.organisations.scoping import every_organisation, scope
from tests import factories


@pytest.fixture
def run(world):
    """A run whose quiz takes twenty minutes and has one try."""
    return factories.quiz_run(time_limit=20, tries=1, retry_hours=0)


@pytest.fixture
def trainer(client, world):
    person = factories.member(world.kenya, Role.INSTRUCTOR)
    client.force_login(person)
    return person


def address(organisation, run):
    key = run.edition.activities[0]["key"]
    return reverse("assessments:quiz_run", args=[organisation.slug, run.pk, key])


def learner(run, organisation, cohort=None):
    with every_organisation():  # put there by whoever may
        return enrol(factories.member(organisation), run, organisation, cohort=cohort)


def access_of(enrolment, run):
    """What the learner meets in the scope of their own pages."""
    entry = run.edition.activities[0]
    quiz = frozen_quiz(next(iter(entry["revisions"].values())))
    with scope(organisations_of(enrolment.user)):
        access = quiz_access(enrolment, quiz, entry["key"])
    return access.minutes, access.extra_tries


def give(client, organisation, run, **data):
    data = {"extra_percent": "0", "extra_tries": "0", "reason": "Slow line", **data}
    return client.post(address(organisation, run), data)


def test_a_cohort_gets_more_time_and_nobody_beside_it(client, trainer, world, run):
    with every_organisation():  # a cohort of the country, whose people are a county's
        cohort = factories.cohort(world.kenya, run, name="First intake")
    inside, beside = learner(run, world.nyeri, cohort), learner(run, world.nyeri)

    response = give(client, world.kenya, run, cohort=cohort.pk, extra_percent="50", extra_tries="1")

    assert response.status_code == 302
    assert access_of(inside, run) == (30, 1)
    assert access_of(beside, run) == (20, 0)
    with scope(organisations_of(inside.user)):
        attempt = start_attempt(inside, run.edition.activities[0], "en")
    assert attempt.deadline_at - attempt.started_at == timedelta(minutes=30)
    page = client.get(address(world.kenya, run)).content.decode()
    assert "the cohort First intake" in page
    given = LogEntry.objects.get(action="assessments.allowance")
    assert given.user == trainer


def test_an_organisation_s_allowance_reaches_those_below_it_alone(client, trainer, world, run):
    below, abroad = learner(run, world.nyeri), learner(run, world.rwanda)

    give(client, world.kenya, run, extra_percent="25")

    assert access_of(below, run) == (25, 0)
    assert access_of(abroad, run) == (20, 0)


def test_of_several_the_longest_time_holds_and_tries_add_up(client, trainer, world, run):
    with every_organisation():  # as above
        cohort = factories.cohort(world.nyeri, run)
    person = learner(run, world.nyeri, cohort)

    give(client, world.kenya, run, extra_percent="10", extra_tries="1")
    give(client, world.kenya, run, cohort=cohort.pk, extra_percent="50")
    give(client, world.kenya, run, enrolment=person.pk, extra_percent="25", extra_tries="2")

    assert access_of(person, run) == (30, 3)


def test_more_tries_for_a_cohort_free_who_was_stuck_in_it(client, trainer, world, run):
    with every_organisation():  # as above
        cohort = factories.cohort(world.nyeri, run)
        people = [learner(run, world.nyeri, cohort), learner(run, world.nyeri)]
        for person in people:
            submit_attempt(start_attempt(person, run.edition.activities[0], "en"))

    def stuck():
        with every_organisation():  # both
            return set(
                EnrolmentRollup.objects.filter(is_stuck=True).values_list("enrolment", flat=True)
            )

    assert stuck() == {person.pk for person in people}
    give(client, world.kenya, run, cohort=cohort.pk, extra_tries="1")
    assert stuck() == {people[1].pk}


def test_an_allowance_is_taken_back_and_that_is_logged(client, trainer, world, run):
    person = learner(run, world.nyeri)
    give(client, world.kenya, run, extra_percent="25")
    with every_organisation():  # the trainer's own
        allowance = Allowance.objects.get()

    client.post(reverse("assessments:allowance_end", args=["kenya", allowance.pk]))

    assert access_of(person, run) == (20, 0)
    assert LogEntry.objects.get(action="assessments.allowance_ended").user == trainer


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Give more time, more tries, or both."),
        ({"extra_percent": "25", "both": True}, "Choose a learner or a cohort, not both."),
        ({"extra_percent": "301"}, "less than or equal to 300"),
        ({"extra_percent": "25", "reason": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_given_is_told(client, trainer, world, run, data, sentence):
    with every_organisation():  # as above
        cohort = factories.cohort(world.nyeri, run)
    person = learner(run, world.nyeri, cohort)
    if data.pop("both", False):
        data |= {"enrolment": person.pk, "cohort": cohort.pk}

    page = give(client, world.kenya, run, **data)

    assert sentence in page.content.decode()
    with every_organisation():  # nothing at all
        assert not Allowance.objects.exists()


def test_nobody_gives_to_a_cohort_of_another_country(client, trainer, world, run):
    with every_organisation():  # another's
        cohort = factories.cohort(world.rwanda, run, name="Kigali intake")
    page = client.get(address(world.kenya, run)).content.decode()

    give(client, world.kenya, run, cohort=cohort.pk, extra_percent="50")

    assert "Kigali intake" not in page
    with every_organisation():  # nothing at all
        assert not Allowance.objects.exists()


def test_an_allowance_is_for_one_or_for_a_cohort(world, run):
    with every_organisation(), pytest.raises(IntegrityError), transaction.atomic():
        Allowance.objects.create(
            organisation=world.kenya,
            run=run,
            enrolment=Enrolment.objects.first(),
            cohort=factories.cohort(world.kenya, run),
            reason="Both",
        )


def test_the_page_costs_the_same_for_many_cohorts_and_allowances(client, trainer, world, run):
    client.get(address(world.kenya, run))
    queries = []
    for _ in range(3):
        with every_organisation():  # as above
            cohort = factories.cohort(world.nyeri, run)
        give(client, world.kenya, run, cohort=cohort.pk, extra_percent="25")
        client.get(address(world.kenya, run))  # shows the message
        with CaptureQueriesContext(connection) as asked:
            client.get(address(world.kenya, run))
        queries.append(len(asked))

    assert queries == [11, 11, 11]
