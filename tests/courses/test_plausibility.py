"""Whether a time is plausible: the model's laws, and the learner's and the coordinator's side of it."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.blocks import CheckBlock
from courses.domain.credibility import note_pace
from courses.domain.plausibility import Evidence, judge
from courses.domain.progress import complete_activity, keep_position, visit_activity
from courses.models import CheckAnswer, LessonPage, Pace, PaceNote, Progress
from lms.core.errors import Refused
from lms.organisations.models import Role
from lms.organisations.scoping import every_organisation
from tests import factories

RANK = {Pace.IMPLAUSIBLE: 0, Pace.QUICK: 1, Pace.PLAUSIBLE: 2}
counts = st.integers(0, 3000)
lengths = st.fixed_dictionaries(
    {
        "words": counts,
        "blocks": st.integers(0, 80),
        "media_seconds": counts,
        "questions": st.integers(0, 9),
    }
)
entries = st.builds(
    lambda minutes, length: {"minutes": minutes} | ({"length": length} if length else {}),
    st.integers(1, 600),
    st.none() | lengths,
)
seconds = st.integers(0, 40_000)


def rank(entry, *evidence):
    return RANK[judge(entry, Evidence(*evidence)).pace]


@given(entries, seconds, seconds, st.none() | seconds, st.integers(0, 9))
def test_more_time_is_never_less_plausible(entry, some, more, active, right):
    less, longer = sorted([some, more])

    assert rank(entry, less, active, right) <= rank(entry, longer, active, right)
    assert rank(entry, 40_000, less, right) <= rank(entry, 40_000, longer, right)


@given(entries, seconds, st.none() | seconds, st.integers(0, 9), st.integers(0, 9))
def test_more_right_answers_are_never_less_plausible(entry, elapsed, active, one, other):
    fewer, more = sorted([one, other])

    assert rank(entry, elapsed, active, fewer) <= rank(entry, elapsed, active, more)


@given(counts, st.integers(120, 360))
def test_a_practised_reader_is_never_conspicuous(words, words_a_minute):
    entry = {"minutes": 600, "length": {"words": words}}
    spent = -(-60 * words // words_a_minute)

    assert judge(entry, Evidence(spent)).pace == Pace.PLAUSIBLE


@given(counts, st.integers(361, 600))
def test_the_fastest_reader_is_never_called_hardly_possible(words, words_a_minute):
    entry = {"minutes": 600, "length": {"words": words}}
    spent = -(-60 * words // words_a_minute)

    assert judge(entry, Evidence(spent)).pace != Pace.IMPLAUSIBLE


@given(lengths, lengths, seconds)
def test_more_to_do_never_looks_more_plausible(one, other, elapsed):
    longer = {name: max(one[name], other[name]) for name in one}

    assert rank({"minutes": 5, "length": longer}, elapsed) <= rank(
        {"minutes": 5, "length": one}, elapsed
    )


def test_twenty_minutes_in_twenty_seconds_are_hardly_possible():
    judgement = judge({"minutes": 20}, Evidence(20))

    assert (judgement.pace, judgement.least_seconds, judgement.observed_seconds) == (
        Pace.IMPLAUSIBLE,
        240,
        20,
    )


def test_a_page_that_waited_in_the_background_was_not_read():
    entry = {"minutes": 20, "length": {"words": 2400}}

    assert judge(entry, Evidence(1200, 20)).pace == Pace.IMPLAUSIBLE
    assert judge(entry, Evidence(1200, None)).pace == Pace.PLAUSIBLE


# --- what completing leaves


@pytest.fixture
def everywhere(world):
    with every_organisation():  # the domain alone
        yield world


def fast(enrolment, key, seconds=3):
    """Complete an activity some seconds after its first visit."""
    visit_activity(enrolment, key)
    begun = timezone.now() - timedelta(seconds=seconds)
    Progress.objects.filter(enrolment=enrolment, activity_key=key).update(started_at=begun)
    complete_activity(enrolment, key)
    return Progress.objects.get(enrolment=enrolment, activity_key=key)


def quiz_done_fast(world):
    return fast(world.enrolment, world.entry("quiz")["key"], 1)


def test_an_edition_measures_its_lessons(everywhere):
    assert everywhere.entries[0]["length"] == {
        "words": 8,
        "blocks": 1,
        "media_seconds": 0,
        "questions": 0,
    }
    assert everywhere.entry("quiz")["length"] == {"questions": 3}


def test_a_completion_keeps_the_facts_it_was_judged_by(everywhere):
    progress = quiz_done_fast(everywhere)

    assert (progress.pace, progress.elapsed_seconds, progress.least_seconds) == (
        "implausible",
        1,
        9,
    )
    assert progress.completed_at


def test_nothing_is_refused_and_everything_counts(everywhere):
    for entry in everywhere.entries:
        complete_activity(everywhere.enrolment, entry["key"])

    everywhere.enrolment.refresh_from_db()
    assert everywhere.enrolment.state == "completed"


def test_measured_seconds_add_up_and_are_no_more_than_passed(everywhere):
    key = everywhere.entries[0]["key"]
    visit_activity(everywhere.enrolment, key)
    begun = timezone.now() - timedelta(seconds=100)
    Progress.objects.update(started_at=begun)
    keep_position(everywhere.enrolment, key, "a", active_seconds=30)
    keep_position(everywhere.enrolment, key, "b", active_seconds=20)
    complete_activity(everywhere.enrolment, key, active_seconds=5)
    keep_position(everywhere.enrolment, key, "c", active_seconds=500)

    progress = Progress.objects.get()
    assert (progress.active_seconds, progress.elapsed_seconds) == (55, 100)


def test_a_completion_without_a_measure_goes_by_the_clock(everywhere):
    key = everywhere.entries[0]["key"]
    visit_activity(everywhere.enrolment, key)
    keep_position(everywhere.enrolment, key, "a", active_seconds=30)
    complete_activity(everywhere.enrolment, key)

    assert Progress.objects.get().active_seconds is None


# --- check questions

CHECK = {
    "question": "Who answers for the letter?",
    "options": [
        {"text": "The tool", "is_right": False, "feedback": "A tool signs nothing."},
        {"text": "The officer", "is_right": True, "feedback": "The name on it is theirs."},
    ],
}


@pytest.fixture
def checked(world):
    """The learner's enrolment in a run whose first lesson asks a question that must be answered."""
    page = factories.course(lessons=1, with_quiz=False)
    lesson = LessonPage.objects.child_of(page.get_children().get()).get()
    block = {"type": "check", "id": str(uuid4()), "value": {**CHECK, "is_required": True}}
    lesson.body = json.dumps([*lesson.body.raw_data, block])
    lesson.save_revision().publish()
    run = factories.run(page)
    with every_organisation():  # enrolled before the learner's own scope is open
        enrolment = factories.enrol(world.learner, run, world.nyeri)
    key = run.edition.activities[0]["key"]
    return reverse("courses:activity", args=[enrolment.pk, key]), block["id"]


def test_a_check_question_is_answered_in_the_text(checked, world, client):
    address, block = checked
    client.force_login(world.learner)

    assert "Who answers for the letter?" in client.get(address).content.decode()
    sent = client.post(address, {"check": block, f"choice-{block}": "0"}, follow=True)
    again = client.post(address, {"check": block, f"choice-{block}": "1"}, follow=True)

    assert "A tool signs nothing." in sent.content.decode()
    assert "The name on it is theirs." in again.content.decode()
    assert "A tool signs nothing." not in again.content.decode()
    with every_organisation():  # read back
        assert list(CheckAnswer.objects.values_list("is_right", flat=True)) == [False, True]


def test_another_learner_sees_no_reply(checked, world, client):
    address, block = checked
    client.force_login(world.learner)
    client.post(address, {"check": block, f"choice-{block}": "1"})

    client.force_login(world.stranger)

    assert client.get(address).status_code == 404


def test_a_required_question_comes_before_done(checked, world, client):
    address, block = checked
    client.force_login(world.learner)

    refused = client.post(address)
    client.post(address, {"check": block, f"choice-{block}": "0"})
    client.post(address, {"active": "12"})

    assert refused["Location"] == f"{address}#b-{block}"
    with every_organisation():  # read back
        assert Progress.objects.get().completed_at


@pytest.mark.parametrize("choice", ["", "2", "-1", "x", "²"])
def test_no_answer_is_refused_with_a_sentence(choice, checked, world, client):
    address, block = checked
    client.force_login(world.learner)

    assert client.post(address, {"check": block, f"choice-{block}": choice}).status_code == 409


def test_a_question_that_is_not_there_is_refused(checked, world, client):
    client.force_login(world.learner)

    assert client.post(checked[0], {"check": "nowhere"}).status_code == 409


@pytest.mark.parametrize("right", [[], [0, 1]])
def test_an_author_marks_exactly_one_answer_as_right(right):
    block = CheckBlock()
    options = [{"text": f"Answer {place}", "is_right": place in right} for place in range(2)]
    value = block.to_python({"question": "Which?", "options": options})

    with pytest.raises(Exception, match=r"error|Validation") as refusal:
        block.clean(value)

    assert "options" in refusal.value.block_errors


# --- the coordinator's side


@pytest.fixture
def coordinator(client, world):
    client.force_login(world.kenyan_coordinator)
    return client


def pace_list(client, **query):
    return client.get(reverse("reports:pace_list", args=["kenya"]), query)


def test_what_was_done_fast_is_listed_with_the_facts(coordinator, world):
    with every_organisation():  # both countries' learners
        quiz_done_fast(world)
        fast(world.foreign_enrolment, world.entry("quiz")["key"], 1)

    page = pace_list(coordinator).content.decode()

    assert "Wambui Njoroge" in page
    assert "hardly possible: 1 second in front of it, the fastest reader needs 9 seconds" in page
    assert "Uwase Marie" not in page


def test_a_note_is_kept_and_changes_nothing_for_the_learner(coordinator, world):
    with every_organisation():  # the learner's own record
        progress = quiz_done_fast(world)
    address = reverse("reports:pace_detail", args=["kenya", progress.pk])
    note = "She taught this subject for years."

    coordinator.post(address, {"state": "explained", "note": note})

    with every_organisation():  # read back
        kept = PaceNote.objects.get()
        assert (kept.by, kept.state, kept.note) == (world.kenyan_coordinator, "explained", note)
        assert Progress.objects.get(pk=progress.pk).completed_at == progress.completed_at
    assert note in coordinator.get(address).content.decode()
    assert len(pace_list(coordinator, state="explained").context["page"].rows) == 1
    assert pace_list(coordinator, state="open").context["page"].rows == []


def test_an_empty_note_is_told(coordinator, world):
    with every_organisation():  # the learner's own record
        progress = quiz_done_fast(world)

    page = coordinator.post(
        reverse("reports:pace_detail", args=["kenya", progress.pk]), {"state": "open", "note": ""}
    )

    assert page.status_code == 200
    assert "note" in page.context["form"].errors


def test_a_plausible_time_takes_no_note(everywhere):
    progress = fast(everywhere.enrolment, everywhere.entry("quiz")["key"], 600)

    with pytest.raises(Refused):
        note_pace(progress, state="open", note="?", by=everywhere.kenyan_coordinator)


def test_a_releaser_has_no_business_with_pace(client, world):
    client.force_login(factories.member(world.kenya, Role.RELEASER))

    assert pace_list(client).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(
    rows, world, coordinator, django_assert_num_queries
):
    with every_organisation():  # learners of one body
        for number in range(rows):
            person = factories.member(world.nyeri, name=f"Person {number}")
            fast(factories.enrol(person, world.run, world.nyeri), world.entry("quiz")["key"], 1)
    pace_list(coordinator)

    with django_assert_num_queries(7):
        assert len(pace_list(coordinator).context["page"].rows) == rows
