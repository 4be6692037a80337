"""Pages of messages: a person's own, the staff's, what a gateway calls, and messages to groups."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.models import User
from lms.messaging import audiences
from lms.messaging.audiences import people_of, read_audience, sign_audience
from lms.messaging.domain.campaigns import (
    comparison_of,
    is_held_back,
    launch_campaign,
    run_campaign,
)
from lms.messaging.domain.delivering import deliver_message
from lms.messaging.domain.outcomes import next_month, outcomes_of
from lms.messaging.domain.preferences import opt_out_token
from lms.messaging.models import Campaign, Message, MessagePreference, MessageTemplate, Spending
from lms.organisations.scoping import every_organisation
from tests import factories

WORDS = {
    "subject_en": "Lab two",
    "body_en": "Good day {name}, lab two waits.",
    "sms_en": "Lab two waits, {name}.",
}


@pytest.fixture
def everywhere(world):
    with every_organisation():  # rows of several are looked at
        yield world


@pytest.fixture
def coordinator(world, client):
    client.force_login(world.kenyan_coordinator)
    return client


def page_of(client, name, *arguments, **query):
    return client.get(reverse(f"messaging:{name}", args=arguments), query).content.decode()


def in_app(world, person=None, **values):
    return factories.message(
        person or world.learner,
        world.nyeri,
        state="delivered",
        delivered_at=timezone.now(),
        **values,
    )


def test_a_person_finds_their_messages_and_marks_them_read(everywhere, client):
    row = in_app(everywhere)
    client.force_login(everywhere.learner)

    page = page_of(client, "inbox")
    assert "Your messages from Nyeri County" in page
    assert re.search(r'class="tag sun">1<span', page)

    client.post(reverse("messaging:mark_read"), {"message": row.pk})
    page = page_of(client, "inbox")
    assert 'class="tag sun">' not in page
    client.force_login(everywhere.stranger)
    assert "No message yet" in page_of(client, "inbox")


def test_nobody_marks_the_messages_of_another(everywhere, client):
    row = in_app(everywhere)
    client.force_login(everywhere.stranger)
    client.post(reverse("messaging:mark_read"), {"message": row.pk})
    client.post(reverse("messaging:mark_read"))

    row.refresh_from_db()
    assert row.read_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_messages_take_the_same_queries_for_many(
    count, everywhere, client, django_assert_num_queries
):
    for _ in range(count):
        in_app(
            everywhere,
            key="messaging.campaign",
            campaign=factories.campaign(everywhere.nyeri, created_by=everywhere.trainer),
        )
    client.force_login(everywhere.learner)

    with django_assert_num_queries(5):
        page_of(client, "inbox")


def test_the_head_of_a_page_asks_the_database_for_nothing(
    everywhere, client, django_assert_num_queries
):
    client.force_login(everywhere.learner)
    with django_assert_num_queries(
        3
    ):  # the person, their second steps, whether they have a staff page
        client.get(reverse("accounts:profile"))


def test_wishes_are_saved(world, client):
    client.force_login(world.learner)
    address = reverse("messaging:preference")
    wishes = {
        "transactional_by": "sms",
        "promotional_by": "none",
        "digest": "weekly",
        "quiet_from": "21:00",
        "quiet_until": "06:00",
        "time_zone": "Africa/Kigali",
    }

    assert client.post(address, wishes).status_code == 302
    saved = MessagePreference.objects.get()
    assert (saved.user, saved.digest, saved.quiet_from.hour) == (world.learner, "weekly", 21)
    bad = client.post(address, wishes | {"time_zone": "Mars/Olympus"})
    assert "Mars/Olympus is not one of the available choices" in bad.content.decode()


def test_news_is_stopped_by_one_press_without_signing_in(world):
    MessagePreference.objects.create(user=world.learner, promotional_by="both")
    client = Client(enforce_csrf_checks=True)
    address = reverse("messaging:stop", args=[opt_out_token(world.learner)])

    client.get(address)
    assert MessagePreference.objects.get().promotional_by == "both"
    for _ in range(2):
        answer = client.post(address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert MessagePreference.objects.get().promotional_by == "none"
    assert client.post(address[:-3] + "xx/").status_code == 404


def called(name, data, known="known"):
    client = Client(enforce_csrf_checks=True)
    return client.post(reverse(f"messaging:{name}", args=[known]), data).status_code


def test_reports_are_taken_from_who_knows_the_secret(everywhere, settings):
    settings.SMS_CALLBACK_SECRET = "known"
    row = factories.message(
        everywhere.learner, everywhere.nyeri, channel="sms", state="sent", provider_id="ATXid_7"
    )
    report = {"id": "ATXid_7", "status": "Success", "phoneNumber": "+254712345678"}

    assert called("report", report, "guessed") == 404
    assert called("report", {"id": "x" * 101, "status": "Success"}) == 400
    assert called("report", report | {"id": "other"}) == 404
    assert called("report", report | {"status": "Buffered"}) == 204
    row.refresh_from_db()
    assert row.state == "sent"
    assert [called("report", report), called("report", report)] == [204, 204]
    row.refresh_from_db()
    assert row.state == "delivered"
    settings.SMS_CALLBACK_SECRET = ""
    assert called("report", report, "known") == 404


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ({"from": "+254712345678", "text": "stop."}, "email"),
        ({"from": "+254712345678", "text": "When is the lab?"}, "both"),
        ({"from": "+254700000000", "text": "STOP"}, "both"),
        ({"phoneNumber": "+254712345678", "senderId": "UMAHIRI-NEWS"}, "email"),
    ],
)
def test_stop_by_text_message(sent, left, world, settings):
    settings.SMS_CALLBACK_SECRET = "known"
    User.objects.filter(pk=world.learner.pk).update(phone="+254712345678")
    MessagePreference.objects.create(user=world.learner, promotional_by="both")

    assert called("incoming", sent) == 204
    assert MessagePreference.objects.get().promotional_by == left


def test_the_outbox_shows_states_costs_and_reasons(everywhere, coordinator):
    factories.message(
        everywhere.learner, everywhere.nyeri, channel="sms", state="suppressed", reason="choice"
    )
    factories.message(everywhere.stranger, everywhere.rwanda)
    Spending.objects.create(
        organisation=everywhere.nyeri,
        month=timezone.localdate().replace(day=1),
        messages=12,
        cost="9.6",
    )

    page = page_of(coordinator, "outbox", "kenya")

    assert "The person chose not to get such messages this way." in page
    assert "KES 9.60" in page
    assert "Uwase Marie" not in page
    assert "Wambui Njoroge" not in page_of(coordinator, "outbox", "kenya", state="sent")
    assert "Wambui Njoroge" in page_of(coordinator, "outbox", "kenya", channel="sms")


def test_in_the_demo_every_message_is_readable(everywhere, coordinator, settings):
    in_app(everywhere)
    assert "Good day Wambui" not in page_of(coordinator, "outbox", "kenya")
    settings.DEMO = True

    assert "Good day Wambui" in page_of(coordinator, "outbox", "kenya")


def test_the_outbox_turns_its_pages_by_key(everywhere, coordinator, monkeypatch):
    monkeypatch.setattr("lms.messaging.views.staff.PAGE_SIZE", 2)
    people = [factories.user(f"Person {letter}") for letter in "ABC"]
    rows = [factories.message(person, everywhere.nyeri) for person in people]

    first = page_of(coordinator, "outbox", "kenya")
    assert f"before={rows[1].pk}" in first
    assert "Person A" not in first
    assert "Person A" in page_of(coordinator, "outbox", "kenya", before=rows[1].pk)


@pytest.mark.parametrize("count", [1, 3])
def test_the_outbox_takes_the_same_queries_for_many(
    count, everywhere, coordinator, settings, django_assert_num_queries
):
    settings.DEMO = True
    for _ in range(count):
        campaign = factories.campaign(everywhere.nyeri, created_by=everywhere.trainer)
        in_app(everywhere, key="messaging.campaign", campaign=campaign)
        in_app(everywhere)

    with django_assert_num_queries(8):
        page_of(coordinator, "outbox", "kenya")


def test_a_person_says_what_became_of_an_unknown_message(everywhere, coordinator):
    row = factories.message(
        everywhere.learner,
        everywhere.nyeri,
        channel="sms",
        state="unknown",
        claimed_at=timezone.now(),
    )
    address = reverse("messaging:resolve", args=["kenya", row.pk])
    assert "It was sent" in page_of(coordinator, "outbox", "kenya")

    assert coordinator.post(address, {"was_sent": "maybe"}).status_code == 400
    assert coordinator.post(address, {"was_sent": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "sent"
    assert coordinator.post(address, {"was_sent": "0"}).status_code == 409


def typed(signed, **values):
    return {
        "token": "6f1c2f8e-3f0a-4a53-8b5c-0a6d0c6a8f11",
        "audience": signed,
        "name": "Lab two",
        "purpose": "transactional",
        "holdout_percent": "0",
        "outcome_days": "7",
        **WORDS,
        **values,
    }


def test_a_group_is_written_to_after_a_look(everywhere, coordinator):
    address = reverse("messaging:campaign_new", args=["kenya"])
    assert "everyone with a role" in coordinator.get(address).content.decode()
    chosen = coordinator.get(address, {"group": "members", "members-role": "learner"})
    assert "everyone with a role: 1 person" in " ".join(chosen.content.decode().split())
    signed = sign_audience(everywhere.kenya, "members", {"role": "learner"})

    look = coordinator.post(address, typed(signed, step="preview")).content.decode()
    assert "Lab two waits, Halima." in look
    assert "22 characters, 1 part" in look
    assert not Campaign.objects.exists()
    for _ in range(2):  # a double click
        answer = coordinator.post(address, typed(signed, step="send"))
        assert answer.status_code == 302
    campaign = Campaign.objects.get()
    assert campaign.person_ids == [everywhere.learner.pk]
    assert "Being queued" in coordinator.get(answer["Location"]).content.decode()

    run_campaign(campaign)
    for row in Message.objects.all():
        deliver_message(row.pk)
    shown = coordinator.get(answer["Location"]).content.decode()
    assert "All are queued." in shown
    assert "delivered" in shown
    assert "Lab two" in page_of(coordinator, "campaign_list", "kenya")


def test_people_ticked_in_a_list_are_written_to_if_they_are_one_s_own(everywhere, coordinator):
    address = reverse("messaging:campaign_new", args=["kenya"])
    people = [everywhere.learner.pk, everywhere.stranger.pk, "x", "9" * 30]

    page = coordinator.post(address, {"person": people}).content.decode()

    assert "people chosen in a list: 1 person" in " ".join(page.split())


def test_a_signed_group_is_for_its_organisation_alone(everywhere, coordinator):
    signed = sign_audience(everywhere.rwanda, "members", {"role": "learner"})

    assert read_audience(everywhere.kenya, signed) is None
    assert read_audience(everywhere.rwanda, signed) == ("members", {"role": "learner"})
    page = page_of(coordinator, "campaign_new", "kenya", audience=signed)
    assert "First choose whom" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"body_en": ""}, "Write this too, or nothing at all in English."),
        ({"sms_en": "Your mark is {score}"}, "There is no {score} here."),
        ({"subject_en": "", "body_en": "", "sms_en": ""}, "in one language at least"),
        ({"holdout_percent": "60"}, "less than or equal to 50"),
        ({"subject_sw": "Habari"}, "Write this too, or nothing at all in Kiswahili."),
        ({"channels": ["sms"], "sms_en": ""}, "Write this too"),
    ],
)
def test_a_message_that_could_not_go_is_refused_with_a_sentence(
    values, sentence, everywhere, coordinator
):
    signed = sign_audience(everywhere.kenya, "members", {"role": "learner"})
    answer = coordinator.post(
        reverse("messaging:campaign_new", args=["kenya"]), typed(signed, step="send", **values)
    )

    assert sentence in answer.content.decode()
    assert not Campaign.objects.exists()


def test_an_empty_group_is_refused(everywhere, coordinator):
    signed = sign_audience(everywhere.kenya, "members", {"role": "releaser"})
    address = reverse("messaging:campaign_new", args=["kenya"])

    assert coordinator.post(address, typed(signed, step="send")).status_code == 409


def sent_text(world, organisation, claimed_at, **values):
    return factories.message(
        world.learner,
        organisation,
        channel="sms",
        claimed_at=claimed_at,
        **{"state": "sent", "parts": 2, "cost": "1.6", "currency": "KES", **values},
    )


def test_the_text_messages_of_a_month_are_counted_in_parts_and_money(everywhere, coordinator):
    july = datetime(2026, 7, 31, 23, 30, tzinfo=ZoneInfo("Africa/Nairobi"))
    sent_text(everywhere, everywhere.nyeri, july)
    sent_text(everywhere, everywhere.nyeri, july, state="delivered", currency="")
    sent_text(everywhere, everywhere.nyeri, july, state="failed", reason="reported", cost=0)
    sent_text(everywhere, everywhere.nyeri, july + timedelta(hours=1), parts=9)
    sent_text(everywhere, everywhere.rwanda, july, parts=7)
    sent_text(everywhere, everywhere.nyeri, july, state="suppressed", parts=0)
    Spending.objects.create(
        organisation=everywhere.nyeri, month=date(2026, 7, 1), messages=3, cost="3.2"
    )

    page = coordinator.get(reverse("messaging:texts", args=["kenya"]), {"month": "2026-07"})

    outcomes = page.context["outcomes"]
    assert [(row.state, row.count, row.parts, float(row.cost)) for row in outcomes.rows] == [
        ("delivered", 1, 2, 1.6),
        ("failed", 1, 2, 0),
        ("sent", 1, 2, 1.6),
    ]
    assert outcomes.parts == 6
    words = " ".join(page.content.decode().split())
    assert "Text messages in July 2026" in words
    assert "The operator reported that it did not arrive." in words
    assert "KES 3.20" in words


@pytest.mark.parametrize("month", ["July", "9999-12", "0001-01"])
def test_a_month_that_is_none_is_told_at_its_field(month, everywhere, coordinator):
    page = page_of(coordinator, "texts", "kenya", month=month)

    assert "errorlist" in page or "invalid" in page
    assert "No text message was handed over in this month." in page


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_next_month_begins_the_day_after_the_last(day):
    first = day.replace(day=1)

    assert (next_month(first) - timedelta(days=1)).month == first.month
    assert next_month(first).day == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_month_takes_the_same_queries_for_many(
    count, everywhere, coordinator, django_assert_num_queries
):
    for number in range(count):
        sent_text(everywhere, everywhere.nyeri, timezone.now(), state="sent", parts=number + 1)
    page_of(coordinator, "texts", "kenya")

    with django_assert_num_queries(6):
        page_of(coordinator, "texts", "kenya")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_campaigns_takes_the_same_queries_for_many(
    count, everywhere, coordinator, django_assert_num_queries
):
    for _ in range(count):
        factories.campaign(everywhere.kenya, created_by=everywhere.trainer)

    with django_assert_num_queries(6):
        page_of(coordinator, "campaign_list", "kenya")


@pytest.fixture
def crowd(everywhere):
    """Sixty learners, and an audience of all whose even ones do what they were asked."""
    people = [factories.member(everywhere.nyeri, name="Learner") for _ in range(60)]
    ids = {person.pk for person in people}
    audiences.register_audience(
        "test.crowd",
        "a crowd",
        lambda _organisation, _params: User.objects.filter(pk__in=ids),
        outcome=lambda _organisation, _params, person_ids, _since, _until: [
            pk for pk in person_ids if pk % 2 == 0
        ],
        outcome_label="Began lab 2.",
    )
    yield people
    del audiences.AUDIENCES["test.crowd"]


def test_those_held_back_get_nothing_and_are_compared(everywhere, crowd, coordinator):
    campaign = launch_campaign(
        Campaign(
            organisation=everywhere.kenya,
            name="Nudge",
            purpose="transactional",
            channels=["in_app", "email"],
            texts={"en": {"subject": "Lab", "body": "Begin.", "sms": ""}},
            audience="test.crowd",
            holdout_percent=30,
        ),
        by=everywhere.kenyan_coordinator,
    )
    run_campaign(campaign)
    run_campaign(campaign)
    for row in Message.objects.filter(state="queued"):
        deliver_message(row.pk, timezone.localtime().replace(hour=12) + timezone.timedelta(days=1))

    held = {person.pk for person in crowd if is_held_back(campaign.pk, person.pk, 30)}
    assert 5 < len(held) < 30
    assert len(mail.outbox) == 60 - len(held)
    silent = Message.objects.filter(reason="holdout")
    assert {row.person_id for row in silent} == held
    comparison = comparison_of(campaign)
    assert (comparison.told, comparison.held) == (60 - len(held), len(held))
    assert comparison.held_did == sum(pk % 2 == 0 for pk in held)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.done) == ("done", 60)
    assert sum(row.count for row in outcomes_of(campaign.messages.all()).rows) == 120 - len(held)
    shown = page_of(coordinator, "campaign", "kenya", campaign.pk)
    assert "Began lab 2." in shown
    assert "with 95 % certainty between" in shown


def test_small_groups_are_not_shown(everywhere, crowd, coordinator):
    campaign = factories.campaign(
        everywhere.kenya,
        created_by=everywhere.trainer,
        audience="test.crowd",
        holdout_percent=5,
        person_ids=[person.pk for person in crowd[:8]],
    )

    assert comparison_of(campaign) is None
    assert "fewer than five people" in page_of(coordinator, "campaign", "kenya", campaign.pk)


def test_drawing_lots_is_the_same_each_time_and_keeps_its_share():
    held = [is_held_back(7, person, 20) for person in range(5000)]

    assert held == [is_held_back(7, person, 20) for person in range(5000)]
    assert 900 < sum(held) < 1100
    assert held != [is_held_back(8, person, 20) for person in range(5000)]


def test_an_audience_never_reaches_beyond_the_organisation(everywhere, crowd):
    factories.member(everywhere.rwanda)

    assert people_of(everywhere.rwanda, "test.crowd", {}).count() == 0
    assert people_of(everywhere.kenya, "test.crowd", {}).count() == 60


def test_moderators_write_templates_in_wagtail(world, client):
    world.trainer.groups.add(Group.objects.get(name="Moderators"))
    client.force_login(world.trainer)
    address = reverse("wagtailsnippets_messaging_messagetemplate:add")
    texts = {
        "key": "messaging.digest",
        "language": "sw",
        "subject": "Habari {name}",
        "body": "",
        "sms": "",
    }

    refused = client.post(address, texts | {"sms": "{score}"})
    assert "There is no {score} here." in refused.content.decode()
    assert client.post(address, texts).status_code == 302
    assert MessageTemplate.objects.get().subject == "Habari {name}"
    listed = client.get(reverse("wagtailsnippets_messaging_messagetemplate:list"))
    assert "0 characters, 0 parts" in listed.content.decode()
