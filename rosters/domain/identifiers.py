"""The one door to staff numbers: many at once, each sealed and found by its hash."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.accounts.domain.identifiers import hashes_of
from lms.accounts.models import StaffIdentifier, User
from lms.accounts.sealing import seal


@dataclass(frozen=True)
class StaffNumber:
    """A number by which a country's employers know a person; opaque to us."""

    country_code: str
    scheme: str
    value: str

    @property
    def hashes(self) -> list[str]:
        return hashes_of(self.country_code, self.scheme, self.value)


def holders_of(numbers: Iterable[StaffNumber]) -> dict[StaffNumber, int]:
    """Return the ids of the people who have these numbers; one query."""
    by_hash = {each: number for number in numbers for each in number.hashes}
    found = StaffIdentifier.objects.filter(value_hash__in=by_hash)
    return {
        by_hash[value_hash]: user_id
        for value_hash, user_id in found.values_list("value_hash", "user_id")
    }


def keep_numbers(numbers: dict[User, StaffNumber]) -> list[StaffIdentifier]:
    """Give people their numbers, and return those that are new; who has one in the scheme keeps it."""
    known = set(
        StaffIdentifier.objects.filter(user__in=numbers).values_list(
            "user_id", "country_code", "scheme"
        )
    )
    return StaffIdentifier.objects.bulk_create(
        StaffIdentifier(
            user=user,
            country_code=number.country_code,
            scheme=number.scheme,
            value=seal(number.value.strip()),
            value_hash=number.hashes[0],
        )
        for user, number in numbers.items()
        if (user.pk, number.country_code, number.scheme) not in known
    )
