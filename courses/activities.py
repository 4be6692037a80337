"""The kinds of activity there are, each registered by the app that owns it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class ActivityKind:
    """`view(request, enrolment, entry)` shows an activity; `entry` is its line in the edition's outline."""

    name: str
    label: str
    view: "Callable"


KINDS: dict[str, ActivityKind] = {}


def register_kind(kind: ActivityKind) -> None:
    KINDS[kind.name] = kind
