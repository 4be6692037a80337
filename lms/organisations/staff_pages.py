"""The staff pages of an organisation, each registered by the app that owns it with the permission it asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.organisations.roles import PERMISSIONS


@dataclass(frozen=True)
class StaffPage:
    """`url_name` takes the organisation's slug alone."""

    permission: str
    url_name: str
    label: str


PAGES: list[StaffPage] = []


def register_staff_page(permission: str, url_name: str, label: str) -> None:
    PAGES.append(StaffPage(permission, url_name, label))


def staff_pages_for(roles: Iterable[str]) -> list[StaffPage]:
    """What somebody who holds `roles` in an organisation may open there; no query."""
    held = set(roles)
    return [page for page in PAGES if PERMISSIONS[page.permission].roles & held]
