"""What the platform holds of a person, part by part: each app registers how its part is told and erased."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lms.accounts.models import User


@dataclass(frozen=True)
class Part:
    """`export` yields (path, content) of files; `erase` removes what was typed or uploaded."""

    name: str
    export: Callable[[User], Iterator[tuple[str, bytes]]]
    erase: Callable[..., None]


PARTS: dict[str, Part] = {}


def register_part(part: Part) -> None:
    PARTS[part.name] = part
