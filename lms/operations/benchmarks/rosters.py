"""A roster of 10,000 people with 500 faults of 25 kinds: how long until each row is told and the rest invited."""

import time
from datetime import date
from pathlib import Path

from django.core.files.base import ContentFile

from courses.domain.cohorts import add_cohort
from courses.models import CourseRun
from lms.organisations.models import Organisation, PartnerAgreement
from lms.organisations.scoping import every_organisation
from rosters.domain.imports import begin_undo, bring_roster, take_in, work_on
from rosters.domain.reports import report_of

PEOPLE, FAULTS_OF_EACH_KIND = 10_000, 20


def _peak_megabytes() -> float:
    """Of this process since the last call that asked the system to count anew."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000


def _timed(work, *arguments, **options) -> float:
    begun = time.perf_counter()
    work(*arguments, **options)
    return time.perf_counter() - begun


def _agree(country):
    PartnerAgreement.objects.get_or_create(
        organisation=country,
        signed_on=date(2026, 1, 1),
        defaults={
            "controller": "Benchmark",
            "legal_basis": "Benchmark",
            "hosting_permission": "Benchmark",
            "breach_contact": "benchmark@bench.example",
            "expires_on": date(2099, 1, 1),
        },
    )


def measure_roster():
    """Seconds of check, taking in, a second import and taking back; people a second, and memory."""
    # the benchmark runs from a checkout, which has its tests; the roster there is the one that the suite imports
    from tests.rosters.faulty import FAULTS, faulty_roster

    roster = faulty_roster(PEOPLE, FAULTS_OF_EACH_KIND)
    data = roster.as_xlsx()
    kenya = Organisation.objects.get(slug="kenya")
    _agree(kenya)
    Path("/proc/self/clear_refs").write_text("5")  # count the peak of memory from here
    before = _peak_megabytes()
    with every_organisation():  # the benchmark looks after all
        cohort = add_cohort(kenya, CourseRun.objects.first(), "Benchmark", by=None)

        def bring():
            file = ContentFile(data, name="roster.xlsx")
            return bring_roster(cohort, file, by=None, is_queued=False)

        first = bring()
        check = _timed(work_on, first)
        apply = _timed(take_in, first)
        report = report_of(first)
        second = bring()
        again = _timed(work_on, second) + _timed(take_in, second)
        peak = _peak_megabytes()
        begin_undo(first, by=None)
        undo = _timed(work_on, first)
    told = {entry["row"]: entry["code"] for entry in report["refused"]}
    return {
        "people": PEOPLE,
        "faults": len(roster.planted),
        "kinds_of_fault": len(FAULTS),
        "faults_told": sum(told.get(row) == code for row, code in roster.planted.items()),
        "good_rows_lost": len(roster.good) - len(report["created"]),
        "changed_by_a_second_import": second.counts["created"] + second.counts["updated"],
        "check_seconds": round(check, 1),
        "apply_seconds": round(apply, 1),
        "people_per_second": round(PEOPLE / (check + apply)),
        "second_import_seconds": round(again, 1),
        "undo_seconds": round(undo, 1),
        "more_megabytes": round(peak - before),
    }
