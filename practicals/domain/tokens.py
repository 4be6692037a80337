"""The tokens of a check-in screen: each is true for one step of time, and old soon after. No queries, no clock.

Who is shown a picture of the screen by a friend comes too late: a token is taken in its own step and in the next.
"""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime

from django.utils.crypto import constant_time_compare, salted_hmac

STEP_SECONDS = 20
SIGNED_BYTES = 12  # 96 bits: nobody guesses one in forty seconds
BASE = 36
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST = 64


def step_at(moment: datetime) -> int:
    """The number of the step in which `moment` lies."""
    return int(moment.timestamp()) // STEP_SECONDS


def time_of(step: int) -> datetime:
    """When the step began."""
    return datetime.fromtimestamp(step * STEP_SECONDS, UTC)


def token_of(day_id: int, step: int) -> str:
    """The token that the screen of a session's day shows during `step`."""
    signed = salted_hmac("practicals.check_in", f"{day_id}:{step}", algorithm="sha256").digest()
    return f"{_digits(step)}.{urlsafe_b64encode(signed[:SIGNED_BYTES]).decode()}"


def read_token(day_id: int, token: str) -> int | None:
    """The step of a token that we made for the day, however old; None for anything else."""
    number, _dot, _signed = token.partition(".")
    if len(token) > LONGEST or not number or not set(number) <= set(DIGITS):
        return None
    step = int(number, BASE)
    return step if constant_time_compare(token, token_of(day_id, step)) else None


def is_fresh(step: int, now: datetime) -> bool:
    """Whether a token of `step` is taken now: in its own step and the one after it."""
    return 0 <= step_at(now) - step <= 1


def agrees(step: int, claimed: datetime) -> bool:
    """Whether a phone that says it scanned at `claimed` can have scanned a token of `step`.

    One step more than `is_fresh` on either side, for clocks of phones.
    """
    return -1 <= step_at(claimed) - step <= 2  # noqa: PLR2004  the sentence above says it


def _digits(number: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number, BASE)
        found = DIGITS[rest] + found
    return found or "0"
