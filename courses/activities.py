"""The kinds of activity there are, each registered by the app that owns it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class ActivityKind:
    """`view(request, enrolment, entry)` shows an activity; `entry` is its line in the edition's outline.

    `is_timed` says that it is done on its page, so that the time there tells how it was done.
    """

    name: str
    label: str
    view: "Callable"
    is_timed: bool = False


KINDS: dict[str, ActivityKind] = {}


def register_kind(kind: ActivityKind) -> None:
    KINDS[kind.name] = kind
