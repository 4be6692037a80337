"""Places, the line for them, quotas and classes, with a stand-in for the Hub."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.domain.cohorts import add_cohort
from courses.models import Extension
from labs.domain.classes import cancel_class, plan_class, warm_classes
from labs.domain.places import move_line, open_turn, place_in_line
from labs.domain.quotas import set_quota
from labs.domain.sessions import has_session, reconcile, stop_session
from labs.domain.workspaces import open_lab
from labs.models import LabIdentity, LabQuota, LabSession, LabTurn, TurnOutcome, Why
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation
from tests import factories
from tests.labs.conftest import enrolment_of, organisation

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _every(db):
    with every_organisation():  # learners of several countries share the places
        yield


@pytest.fixture
def people(lab_course):
    """Enrolments of five learners, by number."""
    return [enrolment_of(f"p{n}@example.org", "nyeri", lab_course) for n in range(5)]


@pytest.fixture
def cohort(people):
    """A cohort of the first three of them."""
    cohort = add_cohort(organisation("nyeri"), people[0].run, "Clerks", by=None)
    for enrolment in people[:3]:
        enrolment.cohort = cohort
        enrolment.save()
    return cohort


@pytest.fixture
def opens(backend, lab, django_capture_on_commit_callbacks):
    """Opens the lab for an enrolment; whether its server was started."""

    def opens(enrolment):
        entry = enrolment.run.edition.activity(lab.key)
        open_lab(enrolment, entry, "en")
        return has_session(enrolment.user.lab_identity)

    return opens


@pytest.fixture
def stop(django_capture_on_commit_callbacks):
    def stop(enrolment, **how):
        session = session_of(enrolment)
        with django_capture_on_commit_callbacks(execute=True):
            stop_session(session, how.pop("why", Why.STOPPED), **how)
        session.refresh_from_db()
        return session

    return stop


def session_of(enrolment):
    return LabSession.objects.filter(workspace__enrolment=enrolment).order_by("-pk").first()


def turn_of(enrolment):
    return LabTurn.objects.filter(workspace__enrolment=enrolment).order_by("-pk").first()


def number(enrolment):
    return place_in_line(turn_of(enrolment)).number


# What is granted


def test_a_server_is_given_what_the_release_and_the_platform_allow(
    people, opens, backend, lab, settings
):
    settings.LABS_CPUS = "0.5"
    assert opens(people[0])
    session = session_of(people[0])

    assert backend.grants[session.identity.lab_id] == {
        "memory_mb": lab.release.memory_mb,
        "cpus": 0.5,
        "until": session.until,
    }
    assert session.until - session.started_at == timedelta(hours=8)


def test_a_quota_caps_memory_processors_and_time(cohort, people, opens, backend):
    set_quota(cohort, {"memory_mb": 300, "cpus": Decimal("0.2"), "hours_in_all": 2}, by=None)
    opens(people[0])
    session = session_of(people[0])

    assert (session.memory_mb, session.cpus) == (300, Decimal("0.2"))
    assert session.until - session.started_at == timedelta(hours=2)


def test_a_server_ends_with_the_run_and_later_with_an_extension(people, opens):
    enrolment = people[0]
    enrolment.run.ends_on = timezone.localdate()
    enrolment.run.save()
    opens(enrolment)
    session = session_of(enrolment)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    assert session.until == min(
        session.started_at + timedelta(hours=8), midnight + timedelta(days=1)
    )

    other = people[1]
    other.run.ends_on = timezone.localdate() - timedelta(days=1)
    other.run.save()
    with pytest.raises(Refused) as refused:
        opens(other)
    assert refused.value.code == "run_over"

    Extension.objects.create(
        enrolment=other, until=timezone.localdate(), given_by=other.user, reason="ill"
    )
    assert opens(other)


def test_a_second_click_keeps_the_one_session(people, opens):
    opens(people[0])
    opens(people[0])

    assert LabSession.objects.count() == 1
    assert LabTurn.objects.count() == 1


# The line


def test_when_all_places_are_taken_people_stand_in_line(people, opens, backend, settings):
    settings.LABS_PLACES = 2
    assert [opens(each) for each in people] == [True, True, False, False, False]
    assert [number(each) for each in people[2:]] == [1, 2, 3]
    assert len(backend.running) == 2
    assert opens(people[4]) is False
    assert number(people[4]) == 3  # asking again changes nothing


def test_a_stop_calls_the_first_in_line_and_nobody_overtakes(people, opens, stop, settings):
    settings.LABS_PLACES = 1
    for enrolment in people[:3]:
        opens(enrolment)
    stop(people[0])

    assert turn_of(people[1]).called_at
    assert opens(people[3]) is False
    assert opens(people[0]) is False
    assert opens(people[1])
    assert [number(people[2]), number(people[3]), number(people[0])] == [1, 2, 3]


def test_who_does_not_come_loses_the_turn(people, opens, stop, settings):
    settings.LABS_PLACES = 1
    for enrolment in people[:3]:
        opens(enrolment)
    stop(people[0])
    assert move_line(timezone.now() + 4 * MINUTE) == 0
    assert move_line(timezone.now() + 6 * MINUTE) == 1

    assert turn_of(people[1]).outcome == TurnOutcome.LOST
    assert turn_of(people[2]).called_at
    assert opens(people[1]) is False
    assert number(people[1]) == 1


def test_a_cohorts_own_limit_keeps_only_that_cohort_waiting(cohort, people, opens, stop):
    LabQuota.objects.create(cohort=cohort, places=1)

    assert [opens(each) for each in people] == [True, False, False, True, True]
    place = place_in_line(turn_of(people[2]))
    assert (place.number, place.is_cohort_full) == (2, True)
    stop(people[0])
    assert turn_of(people[1]).called_at
    assert turn_of(people[2]).called_at is None


def test_a_cohort_without_places_or_hours_is_told_so(cohort, people, opens, backend):
    quota = LabQuota.objects.create(cohort=cohort, places=0)
    with pytest.raises(Refused) as refused:
        opens(people[0])
    assert refused.value.code == "cohort_closed"

    quota.places, quota.hours_monthly = None, 1
    quota.save()
    opens(people[0])
    LabSession.objects.update(started_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        opens(people[1])
    assert refused.value.code == "cohort_hours"
    assert len(backend.running) == 1
    assert opens(people[3])  # in no cohort


def test_a_hub_that_is_full_puts_the_learner_first_in_line(people, opens, backend):
    backend.most = 1
    assert opens(people[0])

    assert opens(people[1]) is False
    assert number(people[1]) == 1
    backend.most = 2
    assert opens(people[1])
    assert LabSession.objects.count() == 2


def test_labs_that_are_down_take_no_place(people, opens, backend):
    backend.is_up = False
    with pytest.raises(Refused) as refused:
        opens(people[0])

    assert refused.value.code == "labs_down"
    assert not LabSession.objects.exists()
    assert turn_of(people[0]).outcome == TurnOutcome.LEFT


def test_a_session_that_runs_outlives_a_silence_of_the_hub(people, opens, backend):
    opens(people[0])
    backend.is_up = False
    with pytest.raises(Refused):
        opens(people[0])

    assert LabSession.objects.open().count() == 1


def test_servers_of_authors_take_places(people, opens, backend, settings):
    settings.LABS_PLACES = 2
    opens(people[0])
    author = LabIdentity.objects.create(user=factories.user())
    backend.start(author.lab_id, memory_mb=700)
    reconcile()

    assert opens(people[1]) is False


def test_the_line_page_tells_the_number_and_goes_on_by_itself(
    client, people, opens, stop, lab, settings
):
    settings.LABS_PLACES = 1
    for enrolment in people[:3]:
        opens(enrolment)
    of_lab = [people[2].pk, lab.key]
    client.force_login(people[2].user)
    wait = client.get(reverse("labs:wait", args=of_lab))
    page = client.get(wait.url).content.decode()

    assert wait.url == reverse("labs:line", args=of_lab)
    assert "You are number 2." in page
    assert "It usually takes 80 minutes." in page
    assert "Take the way without the lab" in page
    assert 'http-equiv="refresh"' in page
    assert (
        "You are in line" in client.get(reverse("courses:activity", args=of_lab)).content.decode()
    )

    client.post(reverse("labs:leave", args=[people[1].pk, lab.key]))  # not one's own: 404
    assert open_turn(turn_of(people[1]).identity)
    stop(people[0])
    client.force_login(people[1].user)
    assert client.post(reverse("labs:leave", args=[people[1].pk, lab.key])).status_code == 302
    client.force_login(people[2].user)
    assert client.get(reverse("labs:line", args=of_lab)).url == reverse("labs:wait", args=of_lab)
    assert session_of(people[2])


def test_who_lost_the_turn_is_told(client, people, opens, lab, settings):
    settings.LABS_PLACES = 0
    opens(people[0])
    client.force_login(people[0].user)
    client.post(reverse("labs:leave", args=[people[0].pk, lab.key]))
    page = client.get(reverse("labs:line", args=[people[0].pk, lab.key])).content.decode()

    assert "You are not in line" in page
    assert reverse("labs:open", args=[people[0].pk, lab.key]) in page


# Classes


@pytest.fixture
def planned(cohort, people, lab):
    """A class of the cohort in ten minutes."""
    return plan_class(
        organisation("nyeri"),
        people[0].run,
        lab.key,
        cohort=cohort,
        starts_at=timezone.now() + 10 * MINUTE,
        minutes_ahead=5,
        by=people[4].user,
    )


def test_a_class_is_started_ahead_and_spread(planned, people, backend, settings):
    start = planned.starts_at
    assert warm_classes(start - 6 * MINUTE) == 0
    started = [warm_classes(start - 5 * MINUTE + n * 5 * MINUTE / 15) for n in range(16)]

    assert sum(started) == 3
    assert max(started) == 1
    assert len(backend.running) == 3
    assert set(backend.seeded) == set(backend.running)
    assert {session_of(each).cohort_id for each in people[:3]} == {planned.cohort_id}


def test_a_class_goes_first_and_keeps_its_places(planned, people, opens, stop, settings):
    settings.LABS_PLACES = 2
    opens(people[3])
    opens(people[4])
    line = planned.starts_at - 5 * MINUTE
    assert warm_classes(line) == 0  # all places are taken
    assert opens(people[0]) is False
    stop(people[3])
    assert opens(people[3]) is False
    assert number(people[3]) == 3  # behind those of the class who wait for the second place
    assert LabTurn.objects.called().get().lab_class == planned
    assert warm_classes(planned.starts_at - MINUTE / 6) == 1
    stop(people[4])
    assert LabTurn.objects.called().get().lab_class == planned


def test_nobody_is_started_twice_or_after_losing_the_turn(planned, people, backend):
    end = planned.starts_at
    for moment in (end - MINUTE, end, end + MINUTE):
        warm_classes(moment)
    assert len(backend.running) == 3
    for lab_id in list(backend.running):
        backend.running.pop(lab_id)
    reconcile(timezone.now() + 10 * MINUTE)
    warm_classes(end + 2 * MINUTE)

    assert LabTurn.objects.count() == 3
    assert not backend.running


def test_a_class_without_hours_is_not_started(planned, backend):
    set_quota(planned.cohort, {"hours_monthly": 0}, by=None)
    assert warm_classes(planned.starts_at) == 0

    assert not backend.running
    assert not LabTurn.objects.open().exists()


def test_a_class_is_planned_once_and_cancelled(planned, people, opens, settings):
    with pytest.raises(Refused) as refused:
        plan_class(
            planned.organisation,
            planned.run,
            planned.activity_key,
            cohort=planned.cohort,
            starts_at=planned.starts_at,
            minutes_ahead=9,
            by=people[4].user,
        )
    assert refused.value.code == "class_twice"

    settings.LABS_PLACES = 0
    warm_classes(planned.starts_at - MINUTE)
    assert LabTurn.objects.waiting().count() == 3
    cancel_class(planned, by=people[4].user)
    assert set(LabTurn.objects.waiting().values_list("lab_class", flat=True)) == {None}
