"""Checking a certificate: what anyone may ask of the ledger, and what it answers."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from certification.domain.qr import read_claims
from certification.domain.serials import is_serial, normalise_serial
from certification.domain.snapshots import hash_snapshot
from certification.models import Award, AwardState
from lms.organisations.scoping import every_organisation

NAME_LETTERS = 3
PUBLIC_ID = re.compile(r"[0-9a-f]{32}")


class Finding(StrEnum):
    """Why there is no certificate to show."""

    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    OTHER_NAME = "other_name"
    ALTERED = "altered"


@dataclass(frozen=True)
class Checked:
    """An answer: the award that the ledger holds, or the finding why there is none."""

    award: Award | None = None
    finding: Finding | None = None

    @property
    def is_valid(self) -> bool:
        return self.award is not None and self.award.state == AwardState.RELEASED and self.is_intact

    @property
    def is_intact(self) -> bool:
        """Whether the record still is what was signed on release: an edited row does not pass."""
        award = self.award
        if award is None or hash_snapshot(award.snapshot) != award.snapshot_sha256:
            return False
        claims = read_claims(award.qr)
        return (
            claims is not None
            and claims.serial == award.serial
            and award.snapshot_sha256.startswith(claims.record)
        )


def letters_of(text: str) -> str:
    """Return the letters alone, without accents, apostrophes and case."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if character.isalpha())


def name_begins(name: str, typed: str) -> bool:
    """Whether `typed`, three letters or more, begins `name` or one of its words."""
    wanted = letters_of(typed)
    starts = [
        letters_of(name),
        *(letters_of(" ".join(name.split()[at:])) for at in range(len(name.split()))),
    ]
    if len(wanted) < NAME_LETTERS:
        return wanted != "" and wanted in starts
    return any(start.startswith(wanted) for start in starts)


def _issued(**lookup) -> Award | None:
    with every_organisation():  # the public ledger: whoever holds a certificate may have it checked
        return (
            Award.objects.issued()
            .select_related("replaced_by", "replaces")
            .filter(**lookup)
            .first()
        )


def check_serial(typed: str, name: str) -> Checked:
    """Find by what is printed; the letters of the name keep serials from being counted through."""
    serial = normalise_serial(typed)
    if not is_serial(serial):
        return Checked(finding=Finding.MISTYPED)
    award = _issued(serial=serial)
    if award is None:
        return Checked(finding=Finding.UNKNOWN)
    if not name_begins(award.snapshot["name"], name):
        return Checked(finding=Finding.OTHER_NAME)
    return Checked(award)


def check_public_id(public_id: str) -> Checked:
    award = _issued(public_id=public_id) if PUBLIC_ID.fullmatch(public_id) else None
    return Checked(award) if award else Checked(finding=Finding.UNKNOWN)


def check_qr(payload: str) -> Checked:
    """Find by a scanned code: its signature first, then what the ledger says now."""
    claims = read_claims(payload)
    if claims is None:
        return Checked(finding=Finding.ALTERED)
    award = _issued(serial=claims.serial)
    if award is None:
        return Checked(finding=Finding.UNKNOWN)
    if not award.snapshot_sha256.startswith(claims.record):
        return Checked(finding=Finding.ALTERED)
    return Checked(award)


def awards_held_by(user, **lookup) -> list[Award]:
    """A person's own awards, newest first."""
    with every_organisation():  # a certificate stays its holder's after they left the organisation
        held = Award.objects.filter(enrolment__user=user, **lookup)
        return list(held.with_facts().select_related("replaces"))
