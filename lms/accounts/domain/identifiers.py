"""Staff identifiers: whatever number an employer or a country gives its officers, opaque to us."""

import unicodedata

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.accounts.models import StaffIdentifier, User
from lms.accounts.sealing import keyed_hashes, seal, unseal
from lms.core.errors import Refused


def hashes_of(country_code: str, scheme: str, value: str) -> list[str]:
    """Hashes of the value as people would call it the same: trimmed, one Unicode form, either case."""
    same = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).strip().casefold())
    return keyed_hashes("accounts.StaffIdentifier", f"{country_code}\0{scheme}\0{same}")


def find_by_identifier(country_code: str, scheme: str, value: str) -> User | None:
    """The person who has this identifier, or None."""
    record = (
        StaffIdentifier.objects.filter(
            country_code=country_code,
            scheme=scheme,
            value_hash__in=hashes_of(country_code, scheme, value),
        )
        .select_related("user")
        .first()
    )
    return record.user if record else None


@transaction.atomic
def set_identifier(
    user: User, country_code: str, scheme: str, value: str, *, by: User | None
) -> StaffIdentifier:
    """Give `user` this identifier, in place of one they had in the same scheme.

    Refuses an empty one, and one that another person has.
    """
    value = value.strip()
    if not value:
        raise Refused(_("The identifier is empty."), code="identifier_empty")
    taken = Refused(
        _("Another account has this identifier. Look whether both are one person."),
        code="identifier_taken",
    )
    holder = find_by_identifier(country_code, scheme, value)
    if holder not in {None, user}:
        raise taken
    try:
        with transaction.atomic():
            record, _created = StaffIdentifier.objects.update_or_create(
                user=user,
                country_code=country_code,
                scheme=scheme,
                defaults={
                    "value": seal(value),
                    "value_hash": hashes_of(country_code, scheme, value)[0],
                },
            )
    except IntegrityError as error:  # another giver was first
        raise taken from error
    data = {"country": country_code, "scheme": scheme}
    log(user, "accounts.identifier_set", user=by, data=data)
    return record


def identifier_value(record: StaffIdentifier) -> str:
    return unseal(record.value)
