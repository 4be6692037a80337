"""Texts of messages: how long they are on the air, what they may hold, and the words of each kind."""

import math
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from lms.messaging.domain.comparing import compare, wilson
from lms.messaging.domain.deciding import (
    Circumstances,
    at_next,
    decide,
    is_within,
    next_digest,
)
from lms.messaging.models import MessageTemplate
from lms.messaging.registry import KINDS, Channel, Kind, Purpose, register_kind
from lms.messaging.texts import GSM_BASIC, GSM_EXTENDED, fill, placeholders_in, sms_size
from lms.messaging.validators import validate_placeholders, validate_sms

NAIROBI = ZoneInfo("Africa/Nairobi")
gsm_text = st.text(alphabet=sorted(GSM_BASIC | GSM_EXTENDED), max_size=700)


@pytest.mark.parametrize(
    ("text", "characters", "parts", "is_gsm"),
    [
        ("", 0, 0, True),
        ("a" * 160, 160, 1, True),
        ("a" * 161, 161, 2, True),
        ("a" * 306, 306, 2, True),
        ("a" * 307, 307, 3, True),
        ("€" * 80, 160, 1, True),
        ("€" * 81, 162, 2, True),
        ("ê" * 70, 70, 1, False),
        ("ê" * 71, 71, 2, False),
        ("ê" * 135, 135, 3, False),
        ("Habari, kazi ya maabara inakungoja.", 35, 1, True),
        ("😀" * 35, 70, 1, False),
        ("😀" * 36, 72, 2, False),
    ],
)
def test_a_text_message_is_measured_as_operators_do(text, characters, parts, is_gsm):
    size = sms_size(text)

    assert (size.characters, size.parts, size.is_gsm) == (characters, parts, is_gsm)


@given(gsm_text)
def test_parts_hold_all_characters_and_none_is_empty(text):
    size = sms_size(text)

    assert size.is_gsm
    assert size.characters == len(text) + sum(character in GSM_EXTENDED for character in text)
    if size.characters <= 160:
        assert size.parts == (1 if text else 0)
    else:  # an escape is never cut from its character: a part may end one short
        assert math.ceil(size.characters / 153) <= size.parts <= math.ceil(size.characters / 152)


@given(st.text(max_size=400), st.text(max_size=100))
def test_more_text_never_takes_fewer_parts(text, more):
    assert sms_size(text + more).parts >= sms_size(text).parts


@given(st.text(alphabet="abé{}x ", max_size=60), st.dictionaries(st.text(max_size=3), st.text()))
def test_filling_replaces_what_it_knows_once(text, values):
    filled = fill(text, values)

    if not placeholders_in(text) & set(values):
        assert filled == text


def test_a_value_is_not_filled_again():
    assert fill("{name}", {"name": "{site}", "site": "x"}) == "{site}"
    assert fill("{name.__class__}", {"name": "A"}) == "{name.__class__}"


@pytest.mark.parametrize("name", ["score", "quiz_score", "sign_in_code", "staff_number", "email"])
def test_a_text_message_holds_no_marks_codes_or_identifiers(name):
    with pytest.raises(ValidationError, match="no marks"):
        validate_sms(f"Yours: {{{name}}}")


def test_a_text_message_is_three_parts_at_most():
    validate_sms("a" * 459)
    with pytest.raises(ValidationError, match="4 parts"):
        validate_sms("a" * 460)


@pytest.mark.parametrize("key", sorted(KINDS))
@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_kind_of_message_keeps_its_own_rules(key, language):
    kind = KINDS[key]
    with override(language):
        for part in (kind.subject, kind.body, kind.sms):
            validate_placeholders(str(part), kind.known)
        if key != "messaging.campaign":  # its texts are checked as they are written
            validate_sms(str(kind.sms))


def test_a_key_belongs_to_one_app():
    kind = next(iter(KINDS.values()))

    assert register_kind(kind) is kind
    with pytest.raises(ValueError, match="another kind"):
        register_kind(Kind(kind.key, "Other", "", ""))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": "For {nobody}"}, "subject"),
        ({"sms": "{result}"}, "sms"),
        ({"key": "no.such"}, "key"),
    ],
)
def test_a_template_that_could_not_be_sent_is_refused(values, field):
    template = MessageTemplate(**{"key": "messaging.digest", "language": "en", **values})

    with pytest.raises(ValidationError) as refusal:
        template.clean()

    assert set(refusal.value.message_dict) == {field}


clocks = st.times().map(lambda clock: clock.replace(microsecond=0))
moments = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=NAIROBI) + timedelta(minutes=minutes)
)


@given(clocks, clocks, clocks)
def test_quiet_hours_and_their_complement_cover_the_day(clock, start, end):
    if start == end:
        assert not is_within(clock, start, end)
    else:
        assert is_within(clock, start, end) != is_within(clock, end, start)


circumstances = st.builds(
    Circumstances,
    channel=st.sampled_from(Channel.values),
    purpose=st.sampled_from(Purpose.values),
    now=moments,
    is_urgent=st.booleans(),
    may_wait_for_digest=st.booleans(),
    has_address=st.booleans(),
    has_sender=st.booleans(),
    is_allowed=st.booleans(),
    digest=st.sampled_from(["off", "daily", "weekly"]),
    quiet_from=clocks,
    quiet_until=clocks,
    sent_today=st.integers(0, 8),
)


@given(circumstances)
def test_the_decision_keeps_its_promises(about):
    verdict = decide(about)
    goes = verdict.state == "sending"

    if verdict.state == "held":
        assert verdict.until > about.now
        assert verdict.until <= about.now + timedelta(days=8)
    else:
        assert verdict.until is None
    if goes and about.channel != Channel.IN_APP:
        assert about.is_allowed and about.has_address
        if about.channel == Channel.SMS and about.purpose == Purpose.PROMOTIONAL:
            assert time(8) <= about.now.time() < time(18)
            assert about.has_sender
        if not about.is_urgent:
            assert not is_within(about.now.time(), about.quiet_from, about.quiet_until)
            assert about.sent_today < 6
    if about.channel == Channel.IN_APP:
        assert goes


@given(moments, clocks)
def test_the_next_moment_shows_the_clock_asked_for(now, clock):
    moment = at_next(now, clock)

    assert moment.time() == clock
    assert now < moment <= now + timedelta(days=1)


@given(moments)
def test_a_weekly_digest_comes_on_monday_at_seven(now):
    moment = next_digest(now, "weekly")

    assert (moment.weekday(), moment.hour) == (0, 7)
    assert now < moment <= now + timedelta(days=7)


def test_the_interval_is_newcombe_s():
    """Newcombe 1998, method 10: 56/70 against 48/80 gives 0.0524 to 0.3339."""
    found = compare(56, 70, 48, 80)

    assert (round(found.low, 2), round(found.high, 2)) == (5.24, 33.39)
    assert round(found.difference, 1) == 20.0


@given(st.integers(5, 300), st.integers(5, 300), st.data())
def test_the_interval_holds_the_difference_and_turns_with_the_groups(told, held, data):
    did, held_did = data.draw(st.integers(0, told)), data.draw(st.integers(0, held))
    one, other = compare(did, told, held_did, held), compare(held_did, held, did, told)

    assert -100.001 <= one.low <= one.difference <= one.high <= 100.001
    assert one.low == pytest.approx(-other.high)
    low, high = wilson(did, told)
    assert 0 <= low <= did / told + 1e-12 and did / told <= high + 1e-12


def test_small_groups_are_not_compared():
    assert compare(4, 4, 100, 200) is None
    assert compare(2, 100, 0, 4) is None


def test_the_moment_in_utc_is_of_no_matter():
    noon = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)  # 21:30 in Nairobi

    verdict = decide(Circumstances(Channel.EMAIL, Purpose.TRANSACTIONAL, noon.astimezone(NAIROBI)))

    assert verdict.until == datetime(2026, 3, 3, 7, tzinfo=NAIROBI)
