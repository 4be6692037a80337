"""The grades that forms offer: each scheme's own, in its order."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from lms.organisations.models import JobGrade


def schemes(country_code: str = "", on: date | None = None) -> dict[str, list[str]]:
    """{scheme: its grades in force, the lowest first}, of one country or of all; one query."""
    grades = JobGrade.objects.on(on or timezone.localdate())
    if country_code:
        grades = grades.filter(country_code=country_code)
    found: dict[str, list[str]] = {}
    for scheme, value in grades.values_list("scheme", "value"):
        found.setdefault(scheme, []).append(value)
    return found


def told(found: dict[str, list[str]]) -> str:
    """The schemes and their grades in words, to be read beside a field."""
    return "; ".join(f"{scheme}: {', '.join(values)}" for scheme, values in found.items())


def fault_of(found: dict[str, list[str]], scheme: str, grades: Iterable[str]) -> str:
    """Say which of `grades` the scheme does not have; empty where it has them all, or nobody listed it."""
    known = found.get(scheme)
    unknown = [grade for grade in grades if known and grade not in known]
    if not unknown:
        return ""
    return _("%(scheme)s has no grade %(grades)s. It has: %(known)s.") % {
        "scheme": scheme,
        "grades": ", ".join(unknown),
        "known": ", ".join(known or []),
    }
