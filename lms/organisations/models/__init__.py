"""The tree of organisations, who belongs where and in which grade, what was agreed, and help with accounts."""

from lms.organisations.models.grades import JobGrade
from lms.organisations.models.helping import Merge, Recovery, RecoveryState
from lms.organisations.models.organisations import (
    STAFF_ROLES,
    Kind,
    Membership,
    Organisation,
    Role,
)
from lms.organisations.models.partners import News, PartnerAgreement, Portal

__all__ = [
    "STAFF_ROLES",
    "JobGrade",
    "Kind",
    "Membership",
    "Merge",
    "News",
    "Organisation",
    "PartnerAgreement",
    "Portal",
    "Recovery",
    "RecoveryState",
    "Role",
]
