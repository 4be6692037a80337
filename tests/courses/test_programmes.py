"""Programmes: what opens when, what is earned once and for all, and renewing it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.domain.enrolment import add_enrolment, enrol, enrol_oneself
from courses.domain.programme_rules import StepState, programme_standing
from courses.domain.programmes import (
    begin_programme,
    cut_programme_edition,
    record_programme_completions,
    standing_of,
)
from courses.domain.progress import complete_activity
from courses.models import Enrolment, ProgrammeCompletion, ProgrammeEnrolment
from lms.core.errors import Refused
from lms.core.states import change_state
from lms.organisations.scoping import every_organisation
from tests import factories

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def course(key, *, is_elective=False):
    return {
        "key": key,
        "code": key,
        "title": f"Course {key}",
        "slug": key,
        "is_elective": is_elective,
    }


def level(name="one", **values):
    return {
        "key": name,
        "title": f"Level {name}",
        "level": "foundations",
        "gate": course(f"{name}-gate"),
        "courses": [
            course(f"{name}-a"),
            course(f"{name}-b"),
            course(f"{name}-e", is_elective=True),
        ],
        "is_in_order": False,
        "electives": 0,
        "practical": course(f"{name}-p"),
        **values,
    }


def rules(*levels):
    return {"levels": list(levels), "valid_months": None, "renewal_months": 6}


def states(standing):
    return {step.key: str(step.state) for step in standing.steps}


def done(*keys, at=AT):
    return {key: [at] for key in keys}


def test_the_gate_opens_the_other_courses_and_they_the_practical():
    one = rules(level())

    assert states(programme_standing(one, {})) == {
        "one-gate": "open", "one-a": "locked", "one-b": "locked", "one-e": "locked", "one-p": "locked",
    }  # fmt: skip
    after_gate = programme_standing(one, done("one-gate"))
    assert states(after_gate)["one-b"] == "open"
    assert after_gate.step("one-p").waits_for == ("Course one-a", "Course one-b")
    assert states(programme_standing(one, done("one-gate", "one-a", "one-b")))["one-p"] == "open"


def test_courses_in_order_open_one_after_the_other():
    ordered = rules(level(is_in_order=True))

    assert states(programme_standing(ordered, done("one-gate")))["one-b"] == "locked"
    assert states(programme_standing(ordered, done("one-gate", "one-a")))["one-b"] == "open"


def test_electives_count_as_many_as_are_needed():
    chosen = rules(level(electives=1))

    without = programme_standing(chosen, done("one-gate", "one-a", "one-b"))
    assert (without.levels[0].electives_left, states(without)["one-p"]) == (1, "locked")
    with_one = programme_standing(chosen, done("one-gate", "one-a", "one-b", "one-e"))
    assert states(with_one)["one-p"] == "open"


def test_a_level_opens_when_the_one_before_is_complete():
    both = rules(level(), level("two"))
    first = done("one-gate", "one-a", "one-b", "one-p")

    assert states(programme_standing(both, {}))["two-gate"] == "locked"
    assert states(programme_standing(both, first))["two-gate"] == "open"


KEYS = [f"{name}-{each}" for name in ("one", "two") for each in ("gate", "a", "b", "e", "p")]
LEVELS = st.builds(
    lambda name, electives, is_in_order: level(name, electives=electives, is_in_order=is_in_order),
    st.just("one"),
    st.integers(0, 1),
    st.booleans(),
)


@given(LEVELS, st.integers(0, 1), st.sets(st.sampled_from(KEYS)), st.sets(st.sampled_from(KEYS)))
def test_more_courses_done_never_close_anything(first, electives, fewer, more):
    both = rules(first, level("two", electives=electives))
    before = programme_standing(both, done(*fewer))
    after = programme_standing(both, done(*fewer, *more))

    order = [StepState.LOCKED, StepState.OPEN, StepState.DONE]
    assert all(
        order.index(after.step(step.key).state) >= order.index(step.state) for step in before.steps
    )
    assert after.is_complete >= before.is_complete


@given(LEVELS, st.sets(st.sampled_from(KEYS)))
def test_one_can_always_go_on(first, keys):
    standing = programme_standing(rules(first, level("two")), done(*keys))

    assert standing.is_complete or standing.next_steps


@pytest.fixture
def foundations(world):
    """A programme of a gate, a course and a practical, and a run of each."""
    pages = {
        name: factories.course(lessons=1, with_quiz=False)
        for name in ("gate", "course", "practical")
    }
    page = factories.programme(
        {"gate": pages["gate"], "courses": [pages["course"]], "practical": pages["practical"]},
        valid_months=24,
        renewal_months=6,
    )
    runs = {name: factories.run(each, programme=page) for name, each in pages.items()}
    return page, runs


def complete(world, run, *, at=None, user=None):
    with every_organisation():  # as a course ends
        enrolment = enrol(user or world.learner, run, world.nyeri)
        change_state(enrolment, Enrolment.State.COMPLETED, completed_at=at or timezone.now())
        return enrolment, record_programme_completions(enrolment)


def test_a_locked_course_refuses_and_says_what_comes_first(world, foundations):
    _page, runs = foundations

    with pytest.raises(Refused) as refusal:
        enrol_oneself(world.learner, runs["course"], world.nyeri)

    assert refusal.value.code == "locked"
    assert runs["gate"].course.title in str(refusal.value)
    complete(world, runs["gate"])
    assert enrol_oneself(world.learner, runs["course"], world.nyeri).state == "active"


def test_completing_all_is_earned_once(world, foundations):
    page, runs = foundations
    complete(world, runs["gate"])
    complete(world, runs["course"])
    last, earned = complete(world, runs["practical"])

    assert {row.level_key == "" for row in earned} == {True, False}
    with every_organisation():  # the law is about the record
        assert record_programme_completions(last) == []
        whole = ProgrammeCompletion.objects.get(enrolment__programme=page, level_key="")
        assert whole.valid_until.year == timezone.localdate().year + 2


def test_new_rules_take_nothing_from_those_who_began_before(world, foundations):
    page, runs = foundations
    complete(world, runs["gate"])
    with every_organisation():  # as it stands before and after
        before = ProgrammeEnrolment.objects.get(user=world.learner)
        page.levels[0].value["electives"] = 0
        page.levels[0].value["is_in_order"] = True
        page.save_revision().publish()
        page.refresh_from_db()
        assert cut_programme_edition(page).number == 2
        later = begin_programme(world.stranger, page, world.rwanda)

        assert (before.edition.number, later.edition.number) == (1, 2)
        assert begin_programme(world.learner, page, world.nyeri) == before


def test_renewing_counts_what_is_done_in_its_time_and_keeps_the_history(world, foundations):
    page, runs = foundations
    long_ago = timezone.now() - timedelta(days=680)  # two years are nearly over
    for run in runs.values():
        complete(world, run, at=long_ago)
    with every_organisation():  # the person's own
        theirs = ProgrammeEnrolment.objects.select_related("edition", "user").get(
            user=world.learner, programme=page
        )
        standing, period = standing_of(theirs)
        assert (period, standing.is_complete) == (2, False)
    for number, old in enumerate(runs.values()):
        complete(world, factories.run(old.course, code=f"again {number}", programme=page))

    with every_organisation():  # the law is about the record
        whole = ProgrammeCompletion.objects.filter(enrolment=theirs, level_key="")
        assert [row.number for row in whole] == [1, 2]
        assert whole[0].completed_at == long_ago


def test_the_page_shows_what_is_done_what_is_next_and_what_it_opens(client, world, foundations):
    page, runs = foundations
    address = reverse("courses:programme", args=[page.slug])
    assert "Opens after" in client.get(address).content.decode()
    complete(world, runs["gate"])
    client.force_login(world.learner)

    text = client.get(address).content.decode()

    assert "What comes next" in text
    assert "Completed on" in text
    assert f"/courses/{runs['course'].course.slug}/" in text
    dashboard = client.get(reverse("courses:dashboard")).content.decode()
    assert address in dashboard


def test_the_page_costs_the_same_for_many_courses(client, world):
    client.force_login(world.learner)

    def queries(courses):
        page = factories.programme(
            {"courses": [factories.course(1, with_quiz=False) for _ in range(courses)]}
        )
        with every_organisation():  # setting up
            begin_programme(world.learner, page, world.nyeri)
        address = reverse("courses:programme", args=[page.slug])
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    assert queries(1) == queries(3) == 7


def test_a_course_s_page_says_what_opens_it_and_to_whom_it_is_open(client, world, foundations):
    page, runs = foundations
    address = reverse("courses:course", args=[runs["course"].course.slug])
    enrol_link = reverse("courses:enrol", args=[runs["course"].course.slug])

    def text():
        return client.get(address).content.decode()

    first = f"opens when you have completed: {runs['gate'].course.title}"
    assert first in text() and enrol_link not in text()
    client.force_login(world.learner)
    assert first in text() and enrol_link not in text()
    complete(world, runs["gate"])
    assert first not in text() and enrol_link in text()
    assert reverse("courses:programme", args=[page.slug]) in text()


def test_a_course_s_page_leads_to_one_s_place_on_the_way_in(client, world, foundations):
    _page, runs = foundations
    run = runs["course"]
    with every_organisation():  # as staff put people in
        invited, _is_new = add_enrolment(world.learner, run, world.nyeri, state="invited")
        asked, _is_new = add_enrolment(world.stranger, run, world.rwanda, state="nominated")
    for enrolment, words in ((invited, "Answer the invitation"), (asked, "where your place")):
        client.force_login(enrolment.user)
        text = client.get(reverse("courses:course", args=[run.course.slug])).content.decode()

        assert words in text
        assert reverse("courses:pending", args=[enrolment.pk]) in text
        assert reverse("courses:enrol", args=[run.course.slug]) not in text


def test_who_has_completed_a_course_is_led_to_the_next_one(client, world, foundations):
    page, runs = foundations
    enrolment, _earned = complete(world, runs["gate"])
    with every_organisation():  # as the learner read it
        for entry in enrolment.run.edition.activities:
            complete_activity(enrolment, entry["key"])
    client.force_login(world.learner)

    text = client.get(reverse("courses:run", args=[enrolment.pk])).content.decode()
    assert reverse("courses:programme", args=[page.slug]) in text
    dashboard = client.get(reverse("courses:dashboard")).content.decode()
    assert dashboard.index("What comes next") < dashboard.index("Course complete.")
    assert reverse("courses:course", args=[runs["course"].course.slug]) in dashboard


def test_the_dashboard_costs_the_same_for_many_programmes(client, world):
    client.force_login(world.learner)

    def queries(number):
        for _ in range(number):
            page = factories.programme({"courses": [factories.course(1, with_quiz=False)]})
            with every_organisation():  # setting up
                begin_programme(world.learner, page, world.nyeri)
        client.get(reverse("courses:dashboard"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("courses:dashboard"))
        return len(asked)

    assert queries(1) == queries(2) == 9


def test_a_course_of_a_programme_without_rules_can_be_read_and_not_begun(client, world):
    page = factories.programme({"courses": [factories.course(1, with_quiz=False)]})
    page.editions.all().delete()
    run = factories.run(factories.course(1, with_quiz=False), programme=page)
    address = reverse("courses:course", args=[run.course.slug])
    for person in (None, world.learner):
        if person:
            client.force_login(person)
        assert client.get(address).status_code == 200

    with pytest.raises(Refused) as refusal:
        enrol_oneself(world.learner, run, world.nyeri)

    assert refusal.value.code == "not_published"
