"""Remembers, for all processes, that the Hub does not answer, so that no page waits for it in vain."""

from collections.abc import Callable

import httpx
from django.core.cache import cache

FAILURES = 3  # in a row, before the Hub is taken to be down
PAUSE = 5  # seconds until it is tried again
REMEMBERED = 600  # seconds without a request, after which a failure does not count any more
PREFIX = "labs-hub"
FAILED, SHUT, TRYING = (f"{PREFIX}-{name}" for name in ("failed", "shut", "trying"))


class Shut(Exception):  # noqa: N818 - a state
    """The Hub failed a moment ago and is not asked."""


def is_shut() -> bool:
    """Whether the Hub is taken to be down; asks nobody."""
    return (cache.get(FAILED) or 0) >= FAILURES


def guarded(ask: Callable[[], httpx.Response], *, is_probe: bool = False) -> httpx.Response:
    """What `ask` answers, or Shut at once while the Hub is down.

    After a pause one request is let through; if it is answered, all are again. Probes may ask
    while the Hub still starts, so their failures shut nothing.
    """
    was_shut = is_shut()
    if was_shut and (cache.get(SHUT) or not cache.add(TRYING, 1, PAUSE)):
        raise Shut
    try:
        response = ask()
    except httpx.HTTPError:
        if was_shut or not is_probe:
            _fail()
        raise
    if response.is_server_error:
        if was_shut or not is_probe:
            _fail()
    elif cache.get(FAILED):
        cache.delete_many([FAILED, SHUT, TRYING])
    return response


def _fail() -> None:
    cache.add(FAILED, 0, REMEMBERED)
    try:
        failures = cache.incr(FAILED)
    except ValueError:  # forgotten between the two
        failures = 1
    if failures >= FAILURES:
        cache.touch(FAILED, REMEMBERED)
        cache.set(SHUT, 1, PAUSE)
        cache.delete(TRYING)
