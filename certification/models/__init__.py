"""What can be earned, the ledger of what was awarded, and the releases that two people make."""

from certification.models.achievements import Achievement, Issuer
from certification.models.awards import Award, AwardState, RevocationReason, SerialCounter
from certification.models.releases import Release, ReleaseState

__all__ = [
    "Achievement",
    "Award",
    "AwardState",
    "Issuer",
    "Release",
    "ReleaseState",
    "RevocationReason",
    "SerialCounter",
]
