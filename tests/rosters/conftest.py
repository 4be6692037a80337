"""A cohort of Kenya's with an agreement in force, and imports of files into it."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from courses.domain.cohorts import add_cohort
from courses.models import Enrolment, EnrolmentChange, ProgrammeEnrolment
from lms.accounts.models import User
from lms.organisations.domain import subtree_scope
from lms.organisations.models import Membership, PartnerAgreement
from lms.organisations.scoping import every_organisation
from rosters.domain.imports import begin_undo, bring_roster, take_in, work_on
from rosters.domain.reports import report_of
from rosters.models import RosterPerson


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    """Files of tests, away from the product's own."""
    settings.DATA_DIR = Path(tmp_path)


def agreement(country, **values):
    return PartnerAgreement.objects.create(
        **{
            "organisation": country,
            "controller": "Public Service Commission",
            "legal_basis": "Memorandum of 2026",
            "hosting_permission": "Letter 12",
            "breach_contact": "dpo@example.org",
            "signed_on": date(2026, 1, 1),
            "expires_on": date(2036, 1, 1),
            **values,
        }
    )


@pytest.fixture
def cohort(world):
    agreement(world.kenya)
    with every_organisation():  # the fixture's own
        return add_cohort(world.kenya, world.run, "First intake", by=None)


@pytest.fixture
def bring(cohort, world):
    """Check a file, and take it in unless it is said to be checked only; returns the import."""

    def bring(data, *, into=None, mapping=None, is_checked_only=False, **options):
        into = into or cohort
        data = data.encode() if isinstance(data, str) else data
        with subtree_scope(into.organisation):
            file = ContentFile(data, name="roster.csv")
            roster = bring_roster(into, file, by=world.kenyan_coordinator, is_queued=False)
            work_on(roster, mapping=mapping)
            if roster.state == "checked" and not is_checked_only:
                take_in(roster, by=world.kenyan_coordinator, **options)
            return roster

    return bring


def told(roster):
    """The report of an import."""
    with subtree_scope(roster.cohort.organisation):
        return report_of(roster)


def refused(roster):
    """{row: code} of the rows that are refused."""
    return {entry["row"]: entry["code"] for entry in told(roster)["refused"]}


def counts(roster):
    outcomes = ["created", "updated", "unchanged", "refused"]
    return {outcome: n for outcome in outcomes if (n := roster.counts[outcome])}


def undo(roster):
    with subtree_scope(roster.cohort.organisation):
        begin_undo(roster, by=None)
        work_on(roster)


def dump():
    """Every table that an import writes people's data to, row by row."""
    with every_organisation():  # the whole of each
        models = [User, Membership, Enrolment, EnrolmentChange, ProgrammeEnrolment, RosterPerson]
        return {
            model.__name__: list(model._base_manager.order_by("pk").values()) for model in models
        }
