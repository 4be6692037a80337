"""Whether a message goes now, later or not at all. Pure: no queries, no clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from lms.messaging.models import MessagePreference, MessageState, Reason
from lms.messaging.registry import Channel, Purpose

PROMOTION_FROM, PROMOTION_UNTIL = time(8), time(18)  # the hours of Kenya's operators
DIGEST_AT = time(7)


@dataclass(frozen=True)
class Verdict:
    """The state a message goes to, why, and until when it waits there."""

    state: Any  # a MessageState
    reason: Any = ""  # a Reason
    until: datetime | None = None


GO = Verdict(MessageState.SENDING)


@dataclass(frozen=True)
class Circumstances:
    """All that the decision about one message rests on; `now` is in the person's time zone."""

    channel: str
    purpose: str
    now: datetime
    is_urgent: bool = False
    may_wait_for_digest: bool = False
    has_address: bool = True
    has_sender: bool = True
    is_allowed: bool = True
    digest: str = MessagePreference.Digest.OFF
    quiet_from: time = time(20)
    quiet_until: time = time(7)
    sent_today: int = 0
    daily_cap: int = 6


def at_next(now: datetime, clock: time) -> datetime:
    """The next moment after `now` at which clocks there show `clock`."""
    moment = datetime.combine(now.date(), clock, now.tzinfo)
    return moment if moment > now else moment + timedelta(days=1)


def is_within(clock: time, start: time, end: time) -> bool:
    """Whether `clock` lies from `start` until before `end`, over midnight if need be; equal ends hold nothing."""
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def next_digest(now: datetime, digest: str) -> datetime:
    """When the person's next digest is made: each morning, or on Monday's."""
    moment = at_next(now, DIGEST_AT)
    if digest == MessagePreference.Digest.WEEKLY:
        moment += timedelta(days=-moment.weekday() % 7)
    return moment


def _unwanted(about):
    if not about.is_allowed:
        return Verdict(MessageState.SUPPRESSED, Reason.CHOICE)
    if not about.has_address:
        return Verdict(MessageState.FAILED, Reason.NO_ADDRESS)
    return None


def _news_by_sms(about):
    if about.purpose != Purpose.PROMOTIONAL or about.channel != Channel.SMS:
        return None
    if not about.has_sender:
        return Verdict(MessageState.FAILED, Reason.NO_SENDER)
    if not is_within(about.now.time(), PROMOTION_FROM, PROMOTION_UNTIL):
        return Verdict(MessageState.HELD, Reason.HOURS, at_next(about.now, PROMOTION_FROM))
    return None


def _untimely(about):
    if about.may_wait_for_digest and about.digest != MessagePreference.Digest.OFF:
        return Verdict(MessageState.HELD, Reason.DIGEST, next_digest(about.now, about.digest))
    if is_within(about.now.time(), about.quiet_from, about.quiet_until):
        return Verdict(MessageState.HELD, Reason.QUIET, at_next(about.now, about.quiet_until))
    if about.sent_today >= about.daily_cap:
        return Verdict(MessageState.SUPPRESSED, Reason.DAILY_CAP)
    return None


def decide(about: Circumstances) -> Verdict:
    """Say whether a message goes now, is held until some time, or is suppressed, and why.

    The pages of Umahiri take everything at once. An urgent message passes digest, quiet hours and the daily
    cap, but never an address that is not there or a channel that the person does not want.
    """
    if about.channel == Channel.IN_APP:
        return GO
    verdict = _unwanted(about) or _news_by_sms(about)
    if verdict is None and not about.is_urgent:
        verdict = _untimely(about)
    return verdict or GO
