"""The one door to staff numbers. They are checked, but neither kept nor looked up, and reports say so."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.accounts.models import User

ARE_KEPT = False


@dataclass(frozen=True)
class StaffNumber:
    """A number by which a country's employers know a person; opaque to us."""

    country_code: str
    scheme: str
    value: str


def holders_of(numbers: Iterable[StaffNumber]) -> dict[StaffNumber, int]:
    """Return the ids of the people who have these numbers."""
    return {}


def keep_numbers(numbers: dict[User, StaffNumber], *, by: User | None) -> None:
    """Give people their numbers."""
