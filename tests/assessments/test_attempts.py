"""Starting, answering on any device, submitting: no answer lost, every attempt scored once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.domain.attempts import (
    attempt_items,
    attempt_standings,
    submit_attempt,
    submit_overdue_attempts,
)
from assessments.domain.quizzes import frozen_quiz
from assessments.domain.recording import Event, record_form
from assessments.domain.starting import quiz_standing, start_attempt
from assessments.models import Allowance, Attempt, Item, Outcome, Response, Sitting
from courses.domain.editions import cut_edition, move_run
from courses.models import Result
from lms.core.errors import Refused
from tests import factories
from tests.assessments.conftest import Phone


def values(attempt):
    """{position: value} of what counts."""
    items = attempt_items(attempt)
    standings = attempt_standings(attempt, items, frozen_quiz(attempt.revision_id))
    return {item.position: standings[item.pk].value for item in items}


def entry_of(attempt):
    return attempt.enrolment.run.edition.activities[0]


def restart(attempt, **values):
    return start_attempt(attempt.enrolment, entry_of(attempt), "en", **values)


def standing_of(attempt):
    quiz = frozen_quiz(attempt.revision_id)
    return quiz_standing(attempt.enrolment, quiz, str(attempt.activity_key))


def test_starting_twice_is_one_attempt(started):
    attempt = started()

    assert restart(attempt) == attempt


def test_an_event_sent_twice_is_stored_once(phone):
    event = phone.event("answer", 1, "B")

    acks = [phone.send(event).ack for _ in range(3)]

    assert acks == [1, 1, 1]
    assert Response.objects.count() == 1


def test_the_newest_answer_counts_in_whatever_order_they_arrive(phone):
    first, second, third = (phone.event("answer", 1, value) for value in "ABC")

    reply = phone.send(third)
    assert (reply.ack, values(phone.attempt)[1]) == (0, "C")

    phone.send(second, first)
    assert phone.send().ack == 3
    assert values(phone.attempt)[1] == "C"


def test_a_full_attempt_passes_and_completes_the_activity(phone):
    phone.answer_all()
    reply = phone.submit()

    attempt = reply.attempt
    assert (attempt.state, attempt.score, attempt.maximum) == (Attempt.State.SCORED, 3, 3)
    result = Result.objects.get(is_current=True)
    assert (result.score, result.maximum) == (3, 3)
    assert attempt.enrolment.progress.get(activity_key=attempt.activity_key).completed_at


def test_submitting_twice_scores_once_and_gives_the_same_receipt(phone):
    phone.answer_all()
    submit = phone.event("submit")

    receipts = {phone.send(submit).attempt.receipt for _ in range(3)}
    receipts.add(submit_attempt(phone.attempt).receipt)

    assert len(receipts) == 1
    assert Outcome.objects.count() == phone.attempt.items.count()


def test_handing_in_waits_for_what_is_missing_below_it(phone):
    answer, submit = phone.event("answer", 1, "A"), phone.event("submit")

    reply = phone.send(submit)
    assert (reply.state, reply.holes) == ("submitting", [1])

    reply = phone.send(answer)
    assert reply.state == Attempt.State.SCORED


def test_what_comes_after_handing_in_is_kept_and_does_not_count(phone):
    phone.submit()

    reply = phone.answer(1, "A")

    assert list(reply.refused) == [2]
    assert not Response.objects.get(seq=2).is_accepted
    assert Outcome.objects.filter(fraction__gt=0).count() == 0


def test_a_later_device_goes_before_an_earlier_one(phone):
    phone.answer(1, "A")
    phone.answer(2, "A")
    other = Phone(phone.attempt)
    other.answer(1, "B")

    phone.answer(1, "C")  # late events of the old phone fill only what the new one has not answered
    phone.answer(3, "C")

    assert values(phone.attempt) == {1: "B", 2: "A", 3: "C"}


def test_a_device_that_did_not_open_the_attempt_is_refused(phone):
    phone.device = uuid4()

    with pytest.raises(Refused) as refusal:
        phone.answer(1, "A")

    assert refusal.value.code == "device_unknown"


def test_a_plain_form_sent_twice_is_stored_once(phone):
    events = [Event(0, "answer", 1, "A", client_id=uuid4())]

    for _ in range(3):
        record_form(phone.attempt, events)

    assert Response.objects.count() == 1
    assert values(phone.attempt)[1] == "A"


def test_a_plain_form_is_the_newest_word_whatever_the_device(phone):
    phone.answer(1, "A")
    record_form(phone.attempt, [Event(0, "answer", 1, "B", client_id=uuid4())])
    other = Phone(phone.attempt)
    other.answer(1, "C")

    assert values(phone.attempt)[1] == "C"
    record_form(phone.attempt, [Event(0, "answer", 1, "B", client_id=uuid4())])
    assert values(phone.attempt)[1] == "B"


def test_the_form_is_fixed_at_the_start(phone):
    item = phone.attempt.items.select_related("version__item").get(position=1)
    bank_item = item.version.item

    factories.item(
        bank_item.bank,
        identifier=bank_item.identifier,
        body=factories.choice_body("changed", right=2),
    )
    phone.answer(1, "A")
    reply = phone.submit()

    assert Item.objects.get(pk=bank_item.pk).current != item.version
    assert reply.attempt.items.get(position=1).outcomes.get().verdict == "right"


def test_an_attempt_draws_what_its_seed_says(started):
    pool = factories.bank()
    for number in range(30):
        factories.item(pool, identifier=f"q{number}")
    attempt = started(factories.draw(pool, count=10), tries=0)
    first = [item.version_id for item in attempt.items.all()]
    submit_attempt(attempt)
    again = restart(attempt)

    assert len(set(first)) == 10
    assert first != [item.version_id for item in again.items.all()]


def test_questions_of_one_shared_text_are_asked_one_after_another(started):
    pool = factories.bank()
    shared = factories.stimulus(pool)
    about = {
        factories.item(pool, identifier=f"s{number}", stimulus=shared).pk for number in range(3)
    }
    for number in range(9):
        factories.item(pool, identifier=f"q{number}")

    attempt = started(factories.draw(pool, count=12))
    places = [
        item.position
        for item in attempt.items.select_related("version")
        if item.version.item_id in about
    ]

    assert places == list(range(places[0], places[0] + 3))
    assert attempt.items.get(position=places[0]).version.stimulus == shared.text


def test_a_learner_gets_the_translation_where_there_is_one(everywhere):
    pool = factories.bank()
    english = factories.item(pool, identifier="en")
    kiswahili = factories.item(
        pool,
        identifier="sw",
        language="sw",
        translation_of=english,
        body=factories.choice_body("swali"),
    )
    run = factories.quiz_run(factories.draw(pool, count=5))
    enrolment = factories.enrol(everywhere.learner, run, everywhere.nyeri)

    attempt = start_attempt(enrolment, run.edition.activities[0], "sw")

    assert [item.version.item for item in attempt.items.all()] == [kiswahili]


def test_a_draw_asks_for_all_tags_the_difficulty_and_the_level(started):
    pool = factories.bank()
    wanted = factories.item(pool, tags=["data", "privacy"], difficulty="hard", level="application")
    factories.item(pool, tags=["data"], difficulty="hard", level="application")
    factories.item(pool, tags=["data", "privacy"], difficulty="easy", level="application")
    factories.item(pool, tags=["data", "privacy"], difficulty="hard", level="management")

    attempt = started(
        factories.draw(pool, tags="privacy, data", difficulty="hard", level="application")
    )

    assert [item.version.item for item in attempt.items.all()] == [wanted]


def test_a_quiz_whose_bank_is_empty_is_refused(started):
    with pytest.raises(Refused) as refusal:
        started(factories.draw(factories.bank()))

    assert refusal.value.code == "quiz_has_no_items"


def test_when_the_time_is_over_what_arrived_is_handed_in(started):
    attempt = started(time_limit=10)
    record_form(attempt, [Event(0, "answer", 1, "A", client_id=uuid4())])

    assert submit_overdue_attempts(attempt.deadline_at + timedelta(seconds=89)) == 0
    assert submit_overdue_attempts(attempt.deadline_at + timedelta(seconds=91)) == 1
    assert submit_overdue_attempts(attempt.deadline_at + timedelta(seconds=91)) == 0
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == (Attempt.State.SCORED, 1)


def test_a_phone_that_may_still_bring_answers_is_waited_for(started):
    attempt = started(time_limit=10, late_hours=24)
    phone = Phone(attempt)
    event = phone.event("answer", 1, "A", claimed_at=attempt.deadline_at - timedelta(minutes=1))

    assert submit_overdue_attempts(attempt.deadline_at + timedelta(hours=23)) == 0
    reply = phone.send(event, now=attempt.deadline_at + timedelta(hours=23))
    assert reply.refused == {}
    assert Response.objects.get().is_late
    assert submit_overdue_attempts(attempt.deadline_at + timedelta(hours=24, seconds=1)) == 1


@pytest.mark.parametrize(
    ("late_hours", "claimed", "received", "counts"),
    [
        (0, -60, 80, True),  # within the grace
        (0, -60, 100, False),
        (1, -60, 3500, True),
        (1, -60, 3700, False),
        (1, 60, 100, False),  # given after the time was over
    ],
)
def test_late_answers_count_within_grace_and_window(started, late_hours, claimed, received, counts):
    attempt = started(time_limit=10, late_hours=late_hours)
    phone = Phone(attempt)
    at = attempt.deadline_at

    reply = phone.answer(
        1, "A", claimed_at=at + timedelta(seconds=claimed), now=at + timedelta(seconds=received)
    )

    assert (values(attempt)[1] == "A") == counts
    assert bool(reply.refused) != counts


@pytest.mark.parametrize("wrong", [timedelta(days=1), timedelta(days=-1)])
def test_a_phone_whose_clock_is_a_day_off_loses_nothing_in_time(started, wrong):
    attempt = started(time_limit=10)
    now = attempt.started_at + timedelta(minutes=5)

    Phone(attempt).answer(1, "A", claimed_at=now + wrong, now=now)

    response = Response.objects.get()
    assert response.is_accepted
    assert attempt.started_at <= response.claimed_at <= now


def test_more_time_is_part_of_the_deadline(started, everywhere):
    attempt = started(time_limit=20)
    submit_attempt(attempt)
    Allowance.objects.create(
        organisation=everywhere.nyeri,
        run=attempt.enrolment.run,
        enrolment=attempt.enrolment,
        extra_percent=50,
        reason="Low vision",
        by=everywhere.trainer,
    )

    again = restart(attempt)

    assert again.deadline_at - again.started_at == timedelta(minutes=30)


def test_more_time_for_an_organisation_and_after_the_doors_close(started, everywhere):
    attempt = started(time_limit=20)
    submit_attempt(attempt)
    now = timezone.now()
    Sitting.objects.create(
        run=attempt.enrolment.run,
        activity_key=attempt.activity_key,
        closes_at=now + timedelta(minutes=20),
    )
    Allowance.objects.create(
        organisation=everywhere.nyeri,
        run=attempt.enrolment.run,
        extra_percent=25,
        reason="Slow line",
    )

    again = restart(attempt, now=now)

    assert again.deadline_at == now + timedelta(minutes=25)


def test_a_sitting_opens_closes_and_asks_for_its_pin(started):
    attempt = started(has_pin=False, tries=0)
    submit_attempt(attempt)
    now = timezone.now()
    sitting = Sitting.objects.create(
        run=attempt.enrolment.run,
        activity_key=attempt.activity_key,
        opens_at=now + timedelta(hours=1),
        closes_at=now + timedelta(hours=2),
        pin="7430",
    )

    def code_of(**values):
        with pytest.raises(Refused) as refusal:
            restart(attempt, **values)
        return refusal.value.code

    assert code_of(now=now) == "not_open_yet"
    assert code_of(now=sitting.closes_at) == "closed"
    assert restart(attempt, now=sitting.opens_at).deadline_at == sitting.closes_at


@pytest.mark.parametrize(("pin", "code"), [("", "no_pin_yet"), ("7430", "wrong_pin")])
def test_in_the_room_the_pin_opens_the_quiz(everywhere, pin, code):
    run = factories.quiz_run(has_pin=True)
    entry = run.edition.activities[0]
    enrolment = factories.enrol(everywhere.learner, run, everywhere.nyeri)
    Sitting.objects.create(run=run, activity_key=entry["key"], pin=pin)

    with pytest.raises(Refused) as refusal:
        start_attempt(enrolment, entry, "en", pin="1111")
    assert refusal.value.code == code
    if pin:
        assert start_attempt(enrolment, entry, "en", pin=" 7430 ")


def test_tries_run_out_and_come_back_after_the_pause(started):
    attempt = started(tries=2, retry_hours=24)
    for number in range(2):
        submit_attempt(attempt if number == 0 else restart(attempt))

    with pytest.raises(Refused) as refusal:
        restart(attempt)
    assert refusal.value.code == "no_tries_left"
    assert standing_of(attempt).next_tries_at
    assert restart(attempt, now=timezone.now() + timedelta(hours=25)).number == 3


def test_another_try_can_be_given(started, everywhere):
    attempt = started(tries=1, retry_hours=0)
    submit_attempt(attempt)
    assert standing_of(attempt).tries_left == 0

    Allowance.objects.create(
        organisation=everywhere.nyeri,
        run=attempt.enrolment.run,
        enrolment=attempt.enrolment,
        extra_tries=1,
        reason="The power went",
    )

    assert restart(attempt).number == 2


@pytest.mark.parametrize(
    ("counts", "score"), [("best", 3), ("last", 1), ("first", 2), ("average", 2)]
)
def test_what_counts_of_several_tries(started, counts, score):
    attempt = started(tries=0, counts=counts)
    for right in (2, 3, 1):
        now = restart(attempt)
        phone = Phone(now)
        for position in range(1, 4):
            phone.answer(position, "A" if position <= right else "B")
        phone.submit()

    result = Result.objects.get(is_current=True)
    assert (result.score, result.maximum) == (score, 3)


def test_a_completion_stays_when_a_later_try_fails(started):
    attempt = started(tries=0, counts="last")
    phone = Phone(attempt)
    phone.answer_all()
    phone.submit()
    done = attempt.enrolment.progress.get().completed_at
    submit_attempt(restart(attempt))

    assert Result.objects.get(is_current=True).score == 0
    assert attempt.enrolment.progress.get().completed_at == done


def test_an_immediate_check_locks_the_question(started):
    phone = Phone(started(behaviour="immediate"))
    phone.send(phone.event("check", 1, "B"))
    phone.answer(1, "A")

    attempt = phone.submit().attempt

    assert attempt.items.get(position=1).outcomes.get().score == 0


def test_interactive_tries_cost_the_penalty(started):
    phone = Phone(started(behaviour="interactive", checks=3, penalty=25))
    for value in "BCA":
        phone.send(phone.event("check", 1, value))

    attempt = phone.submit().attempt

    assert float(attempt.items.get(position=1).outcomes.get().score) == 0.5


def test_certainty_brings_and_costs_points(started):
    phone = Phone(started(has_certainty=True))
    phone.answer(1, "A", certainty=3)
    phone.answer(2, "A", certainty=1)
    phone.answer(3, "B", certainty=2)

    attempt = phone.submit().attempt

    scores = [float(item.outcomes.get().score) for item in attempt.items.all()]
    assert scores == [1, pytest.approx(1 / 3, abs=1e-4), pytest.approx(-2 / 3, abs=1e-4)]
    assert float(attempt.score) == pytest.approx(2 / 3, abs=0.01)


def test_forward_only_means_that_an_earlier_question_is_closed(started):
    phone = Phone(started(navigation="one_way"))
    phone.answer(1, "A")
    phone.answer(2, "A")
    phone.answer(1, "B")

    assert values(phone.attempt)[1] == "A"


def test_moving_the_run_lets_an_open_attempt_finish_as_it_began(phone, everywhere):
    attempt = phone.attempt
    run = attempt.enrolment.run
    quiz_page = run.course.get_descendants().last().specific
    quiz_page.pass_mark = 100
    quiz_page.save_revision().publish()
    move_run(run, cut_edition(run.course), by=everywhere.administrator)

    phone.answer_all()

    assert phone.submit().attempt.revision_id == attempt.revision_id
    assert attempt.enrolment.progress.get(activity_key=attempt.activity_key).completed_at


def test_saving_an_answer_takes_six_queries_at_most_and_one_insert(started, client, everywhere):
    attempt = started()
    client.force_login(everywhere.learner)
    device = str(uuid4())

    def post(name, body):
        address = reverse(f"api:{name}", args=[attempt.uuid])
        return client.post(address, {"device": device, **body}, content_type="application/json")

    def save(seq):
        inputs = [["q1-value", "ABC"[seq % 3]]]
        event = {"seq": seq, "type": "answer", "position": 1, "inputs": inputs}
        return post("append_events", {"events": [event]})

    post("open_on_device", {})
    save(1)
    counts = []
    for seq in (2, 30):  # as constant for the thirtieth as for the second
        for before in range(3, seq):
            save(before)
        with CaptureQueriesContext(connection) as queries:
            assert save(seq).json()["ack"] == seq
        statements = [row["sql"] for row in queries if "SAVEPOINT" not in row["sql"]]
        assert sum("INSERT INTO" in sql for sql in statements) == 1
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 6
