"""The kinds of activity there are, each registered by the app that owns it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class StepState:
    """What a kind has to say of one learner's activity beside begun and done.

    `address` says it anew as JSON, for as long as `seconds` is not 0 that many seconds later.
    """

    sentence: str
    address: str
    seconds: int = 0


@dataclass(frozen=True)
class ActivityKind:
    """`view(request, enrolment, entry)` shows an activity; `entry` is its line in the edition's outline.

    `is_timed` says that it is done on its page, so that the time there tells how it was done.
    `states(enrolment, keys)` gives {key: StepState} for the course's page.
    """

    name: str
    label: str
    view: "Callable"
    is_timed: bool = False
    states: "Callable | None" = None


KINDS: dict[str, ActivityKind] = {}


def register_kind(kind: ActivityKind) -> None:
    KINDS[kind.name] = kind
