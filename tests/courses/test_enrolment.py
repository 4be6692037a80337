"""Enrolments on their way in and out: seats, eligibility, keys, invitations, and who did what when."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.domain.dates import add_working_days, due_dates_of
from courses.domain.enrolment import (
    add_enrolment,
    enrol,
    enrol_oneself,
    move_enrolment,
    waiting_position,
    withdraw,
)
from courses.domain.runs import extend, next_run_code
from courses.eligibility import PersonFacts, refusals
from courses.models import CourseRun, DueDate, Enrolment, EnrolmentState, Holiday
from courses.models.enrolments import LIVE, SEATED
from lms.core.errors import InvalidTransition, Refused
from lms.messaging.models import Message
from lms.organisations.scoping import every_organisation
from tests import factories


@pytest.fixture
def small_run(world):
    """A run with two seats."""
    return factories.run(factories.course(1, with_quiz=False), capacity=2)


def test_each_move_keeps_who_when_and_why(world, small_run):
    with every_organisation():  # the history is the law
        enrolment, _new = add_enrolment(
            world.learner, small_run, world.nyeri, state=EnrolmentState.NOMINATED, by=world.trainer
        )
        move_enrolment(
            enrolment, EnrolmentState.APPROVED, by=world.registrar, reason="First in rank"
        )
        kept = [(row.state, row.by, row.reason) for row in enrolment.history.all()]

    assert kept == [
        ("nominated", world.trainer, ""),
        ("approved", world.registrar, "First in rank"),
    ]


@given(st.lists(st.sampled_from(EnrolmentState.values), max_size=8))
def test_the_state_table_leads_nowhere_unknown(path):
    state = EnrolmentState.NOMINATED
    for step in path:
        if step in Enrolment.TRANSITIONS[state]:
            state = EnrolmentState(step)

    assert state in Enrolment.TRANSITIONS
    assert (state == EnrolmentState.COMPLETED) == (not Enrolment.TRANSITIONS[state])
    assert set(LIVE) <= set(SEATED)


STARTS = [state for state in EnrolmentState if state != EnrolmentState.COMPLETED]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(STARTS), st.lists(st.sampled_from(EnrolmentState), max_size=9))
def test_every_path_the_table_allows_is_kept_and_all_else_refused(world, small_run, start, path):
    steps = [(start, world.registrar, "as begun")]
    with every_organisation():  # the history is the law
        small_run.capacity = None
        small_run.save()
        enrolment, _new = add_enrolment(
            factories.member(world.nyeri),
            small_run,
            world.nyeri,
            state=start,
            by=world.registrar,
            reason="as begun",
        )
        kept = {}
        for number, to in enumerate(path):
            by = (world.trainer, world.registrar, None)[number % 3]
            more = {"completed_at": timezone.now()} if to == EnrolmentState.COMPLETED else {}
            if to in Enrolment.TRANSITIONS[steps[-1][0]]:
                move_enrolment(enrolment, to, by=by, reason=f"step {number}", **more)
                steps.append((to, by, f"step {number}"))
            else:
                with pytest.raises(InvalidTransition), transaction.atomic():
                    move_enrolment(enrolment, to, by=by, reason="refused", **more)
                enrolment.refresh_from_db()
            history = list(enrolment.history.select_related("by"))
            assert [(row.state, row.by, row.reason) for row in history] == steps
            assert all(kept.setdefault(row.pk, row.at) == row.at for row in history)
            assert enrolment.state == Enrolment.objects.get(pk=enrolment.pk).state == steps[-1][0]


def test_nothing_completed_is_taken_back(world):
    with every_organisation():  # as found
        world.enrolment.completed_at = timezone.now()
        move_enrolment(world.enrolment, EnrolmentState.COMPLETED, completed_at=timezone.now())

        with pytest.raises(InvalidTransition):
            withdraw(world.enrolment, by=world.learner)


def test_who_comes_to_a_full_run_waits_in_line(world, small_run):
    people = [factories.member(world.nyeri) for _ in range(4)]
    found = [enrol_oneself(person, small_run, world.nyeri) for person in people]

    assert [row.state for row in found] == ["active", "active", "waitlisted", "waitlisted"]
    assert [waiting_position(row) for row in found[2:]] == [1, 2]
    assert enrol_oneself(people[3], small_run, world.nyeri).state == "waitlisted"


def test_staff_cannot_fill_more_than_the_seats(world, small_run):
    for _ in range(2):
        enrol(factories.member(world.nyeri), small_run, world.nyeri, by=world.registrar)

    with pytest.raises(Refused) as refusal:
        enrol(world.learner, small_run, world.nyeri, by=world.registrar)

    assert refusal.value.code == "full"


def test_the_key_of_a_run_is_asked_for(world, small_run):
    small_run.enrolment_key = "Nyati 7"
    small_run.save()

    with pytest.raises(Refused) as refusal:
        enrol_oneself(world.learner, small_run, world.nyeri, key="chui")

    assert refusal.value.code == "wrong_key"
    assert enrol_oneself(world.learner, small_run, world.nyeri, key=" nyati 7").state == "active"


ELIGIBILITY = [
    ({"kind": "organisation", "organisations": ["kenya"]}, PersonFacts(organisations=frozenset({"kenya", "nyeri"}))),
    ({"kind": "grade", "scheme": "job group", "grades": ["L", "M"]}, PersonFacts(grades=frozenset({("job group", "M")}))),
    ({"kind": "course", "code": "F1"}, PersonFacts(courses=frozenset({"F1"}))),
    ({"kind": "level", "level": "foundations"}, PersonFacts(levels=frozenset({"foundations"}))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "facts"), ELIGIBILITY)
def test_a_rule_holds_or_says_why_not(rule, facts):
    assert refusals([rule], facts) == []
    assert len(refusals([rule], PersonFacts())) == 1


def test_grades_of_another_scheme_are_never_converted():
    rule = {"kind": "grade", "scheme": "CSG", "grades": ["9"]}

    assert refusals([rule], PersonFacts(grades=frozenset({("job group", "L")})))


def test_a_person_who_may_not_take_part_is_told_all_reasons(world, small_run):
    small_run.eligibility = [
        {"kind": "organisation", "organisations": ["rwanda"]},
        {"kind": "course", "code": "F1"},
    ]
    small_run.save()

    with pytest.raises(Refused) as refusal:
        enrol_oneself(world.learner, small_run, world.nyeri)

    assert str(refusal.value) == "It is for people of rwanda. F1 comes first."
    CourseRun.objects.filter(pk=small_run.pk).update(eligibility=small_run.eligibility[:1])
    small_run.refresh_from_db()
    assert enrol_oneself(world.stranger, small_run, world.rwanda).state == "active"


def test_an_invitation_is_taken_or_given_up(client, world, small_run):
    first, second = world.learner, factories.member(world.nyeri)
    for person in (first, second):
        add_enrolment(person, small_run, world.nyeri, state=EnrolmentState.INVITED)
    with every_organisation():  # theirs
        places = {
            person: Enrolment.objects.get(user=person, run=small_run) for person in (first, second)
        }
    for person, data in ((first, {}), (second, {"decline": "1"})):
        client.force_login(person)
        address = reverse("courses:pending", args=[places[person].pk])
        assert "Take my place" in client.get(address).content.decode()
        client.post(address, data)

    with every_organisation():  # theirs
        assert Enrolment.objects.get(user=first, run=small_run).state == "active"
        assert Enrolment.objects.get(user=second, run=small_run).state == "withdrawn"


def test_the_link_of_a_run_carries_its_key_for_who_manages_the_run(client, world):
    world.run.enrolment_key = "nyati-7"
    world.run.save()
    world.administrator.groups.add(Group.objects.get(name="Moderators"))
    world.run.trainers.add(world.trainer)
    address = reverse("courses:run_link", args=["kenya", world.run.pk])

    def page_for(person):
        client.force_login(person)
        return client.get(address).content.decode()

    coordinators = page_for(world.kenyan_coordinator)
    assert "nyati-7" not in coordinators
    assert "asks for an enrolment key" in coordinators
    assert "key=nyati-7" in page_for(world.administrator)
    page = page_for(world.trainer)
    assert "key=nyati-7" in page
    assert "<svg" in page
    person = factories.user("Nekesa Wafula")
    client.force_login(person)
    address = reverse("courses:enrol", args=[world.run.course.slug])
    form = client.get(address, {"run": world.run.code, "key": "nyati-7"}).content.decode()
    assert 'value="nyati-7"' in form


def test_staff_give_time_suspend_and_end_with_a_reason(client, world):
    client.force_login(world.kenyan_coordinator)
    address = reverse("courses:enrolment_detail", args=["kenya", world.enrolment.pk])
    until = timezone.localdate() + timedelta(days=9)

    client.post(
        address, {"extend": "1", "until": until.isoformat(), "activity": "", "reason": "Leave"}
    )
    assert "This field is required" in client.post(address, {"suspend": "1"}).content.decode()
    client.post(address, {"suspend": "1", "reason": "On leave"})
    page = client.get(address).content.decode()

    assert "more time until" in page
    assert "On leave" in page
    assert "Open again" in page
    client.post(address, {"resume": "1", "reason": "Back"})
    client.post(address, {"withdraw": "1", "reason": "Left the service"})
    with every_organisation():  # the law is about the record
        assert Enrolment.objects.get(pk=world.enrolment.pk).state == "withdrawn"


def test_a_trainer_of_another_country_changes_nothing(client, world):
    client.force_login(world.rwandan_coordinator)
    address = reverse("courses:enrolment_detail", args=["rwanda", world.enrolment.pk])

    assert client.get(address).status_code == 404


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 40), st.sets(st.integers(0, 60))
)
def test_working_days_leave_out_weekends_and_days_off(start, days, off):
    holidays = {start + timedelta(days=number) for number in off}
    end = add_working_days(start, days, holidays)
    between = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]

    assert end.weekday() < 5 and end not in holidays
    assert sum(day.weekday() < 5 and day not in holidays for day in between) == days


def test_a_due_date_skips_holidays_and_moves_with_an_extension(world):
    key = world.entries[0]["key"]
    DueDate.objects.create(run=world.run, activity_key=key, working_days=2)
    CourseRun.objects.filter(pk=world.run.pk).update(starts_on=date(2026, 12, 10))
    world.run.refresh_from_db()
    Holiday.objects.create(country_code="KE", on=date(2026, 12, 14), name="Gazetted")

    with every_organisation():  # one's own
        enrolment = Enrolment.objects.select_related("run", "organisation").get(
            pk=world.enrolment.pk
        )
        assert due_dates_of(enrolment) == {
            key: date(2026, 12, 15)
        }  # the 11th, then not the 12th to 14th
        extend(enrolment, until=date(2027, 1, 8), reason="Leave", by=world.trainer)
        assert due_dates_of(enrolment) == {key: date(2027, 1, 8)}


def test_codes_count_through_the_year(world):
    course = world.run.course

    assert next_run_code(course, date(2026, 5, 1)) == f"{course.code} 02/2026"
    assert next_run_code(course, date(2027, 5, 1)) == f"{course.code} 01/2027"


def told(person):
    with every_organisation():  # the person's own messages
        return list(
            Message.objects.filter(person=person).order_by("pk").values_list("key", "channel")
        )


def test_people_hear_of_what_others_decide_and_not_of_what_they_did(world, small_run):
    person = factories.member(world.nyeri)
    with every_organisation():  # as staff and the person act
        enrolment, _new = add_enrolment(
            person, small_run, world.nyeri, state=EnrolmentState.INVITED, by=world.registrar
        )
        assert told(person) == [("courses.invited", "in_app"), ("courses.invited", "email")]
        enrol(person, small_run, world.nyeri, by=person)
        withdraw(enrolment, by=person)
    assert len(told(person)) == 2


def test_an_invitation_reaches_a_number_that_nobody_checked_yet(world, small_run):
    person = factories.member(world.nyeri, email=None, phone="+254712345678")

    add_enrolment(person, small_run, world.nyeri, state=EnrolmentState.INVITED, by=world.registrar)

    assert told(person) == [("courses.invited", "in_app"), ("courses.invited", "sms")]
