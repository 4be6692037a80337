"""`manage.py bench`: the product in its production form, measured."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from assessments.domain.starting import STARTS_PER_SECOND
from lms.operations.benchmarks import lists, pages, population, regrade, rosters, statistics
from lms.operations.processes import beat, wait_for_port, web, worker
from lms.operations.services import free_port, postgres_server, running, valkey_server
from lms.organisations.loading import load_organisations

FEW_ENROLMENTS = 10_000


class Command(BaseCommand):
    help = "Starts PostgreSQL, Valkey, web server and worker, loads 3,600 learners, and prints what it measured."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "part",
            nargs="?",
            choices=["labs"],
            help="Measure this part alone: labs, against a stock JupyterHub and nbgrader",
        )
        parser.add_argument("--json", type=Path, help="Also write the figures to this file")
        parser.add_argument(
            "--enrolments",
            type=int,
            metavar="NUMBER",
            help="Measure the lists of staff alone, at 10,000 enrolments and at this number, as 1000000",
        )
        parser.add_argument(
            "--submissions",
            type=int,
            default=1000,
            metavar="NUMBER",
            help="How many notebooks the part labs has two workers mark",
        )
        parser.add_argument("--inside", action="store_true", help="Used by the command itself")

    def handle(self, *, inside, **options):
        if options["part"] == "labs":
            self.measure_labs(options["json"], options["submissions"])
        elif not inside:
            sys.exit(self.start_servers(options["json"], options["enrolments"]))
        elif options["enrolments"]:
            self.measure_lists(options["json"], options["enrolments"])
        else:
            self.measure(options["json"])

    def start_servers(self, path, enrolments):
        """Start what production has, then this command again with those servers in its settings."""
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="umahiri-bench-"))
            environment = {
                **os.environ,
                "LMS_DATA_DIR": folder,
                "LMS_REDIS_URL": stack.enter_context(valkey_server()),
                "LMS_DATABASE_URL": stack.enter_context(postgres_server()),
                "LMS_SITE_URL": f"http://127.0.0.1:{free_port()}",
                "LMS_DEMO": "0",
            }
            argv = [
                sys.executable,
                "manage.py",
                "bench",
                "--inside",
                *(["--json", str(path.resolve())] if path else []),
                *(["--enrolments", str(enrolments)] if enrolments else []),
            ]
            return subprocess.run(  # noqa: S603  this command again
                argv, env=environment, check=False, cwd=settings.BASE_DIR
            ).returncode

    def measure_labs(self, path, submissions):
        """Learners' servers against those of a stock JupyterHub, and marking against nbgrader's."""
        # the notebooks take a second to make, which the other parts do not need
        from lms.operations.benchmarks import labs_marking, labs_servers

        figures = {"servers": labs_servers.measure(self.stdout.write)}
        labs_servers.print_figures(figures["servers"], self.stdout.write)
        figures["marking"] = labs_marking.measure(self.stdout.write, submissions)
        labs_marking.print_figures(figures["marking"], self.stdout.write)
        if path:
            path.write_text(json.dumps(figures, indent=1))
        self.stdout.write(json.dumps(figures))

    def measure_lists(self, path, enrolments):
        """The lists at 10,000 enrolments and at so many."""
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        load_organisations()
        figures = []
        for number in sorted({FEW_ENROLMENTS, enrolments}):
            self.stdout.write(f"Making {number:,} enrolments …")
            figures.append(lists.measure_lists(number))
            self.print_lists(figures[-1])
        if path:
            path.write_text(json.dumps(figures, indent=1))
        self.stdout.write(json.dumps(figures))

    def print_lists(self, measured):
        self.stdout.write(
            f"\nat {measured['enrolments']:,} enrolments, made in {measured['seed_seconds']} s"
        )
        for row in measured["pages"]:
            self.stdout.write(f"{row['step']:<36}{row['p50_ms']:>9}{row['p95_ms']:>9}")

    def measure(self, path):
        self.stdout.write("Preparing the database, static files and 3,600 learners …")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        population.populate()
        site, port = settings.SITE_URL, int(settings.SITE_URL.rsplit(":", 1)[1])
        with ExitStack() as stack:
            processes = {
                process.name: stack.enter_context(
                    running(process.argv, env={**os.environ, **process.env})
                )
                for process in (web(), worker(), beat())
            }
            if not wait_for_port("127.0.0.1", port, 60):
                raise RuntimeError("The web server did not start.")
            self.stdout.write("Measuring at 8 connections …")
            sign_in, faults = pages.measure_sign_in(site)
            page_rows, more = pages.measure_pages(site)
            quiz, most, attempts = pages.measure_quiz(site)
            together, rest, start_seconds = pages.measure_synchronised_start(site, 500)
            self.stdout.write("3,000 start a quiz as their phones spread them …")
            cohort, late, cohort_seconds = pages.measure_synchronised_start(
                site, 3_000, after=508, spread=3_000 // STARTS_PER_SECOND
            )
            figures = {
                "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "load_average": os.getloadavg()[0],
                "pages": [*sign_in, *page_rows, *quiz, *together, *cohort],
                "attempts_per_second": attempts,
                "seconds_until_500_had_their_questions": start_seconds,
                "seconds_until_3000_had_their_questions": cohort_seconds,
                "first_visit_of_a_lesson": pages.first_visit(site),
                "queries": pages.count_queries(),
                **statistics.measure_calibration(),
                "peak_megabytes": {
                    name: pages.peak_megabytes(process.pid) for name, process in processes.items()
                },
                "faults": [*faults, *more, *most, *rest, *late],
            }
            self.stdout.write("Marking 10,000 attempts of 20 questions again …")
            figures["regrade"] = regrade.measure_regrade()
            self.stdout.write("Taking in a roster of 10,000 people …")
            figures["roster"] = rosters.measure_roster()
            figures["lists"] = lists.measure_lists(FEW_ENROLMENTS)
        self.print_table(figures)
        if path:
            path.write_text(json.dumps(figures, indent=1))
        self.stdout.write(json.dumps(figures))
        if figures["faults"]:
            sys.exit(f"{len(figures['faults'])} requests were not answered as they should be.")

    def print_table(self, figures):
        self.stdout.write(
            f"\n{'page':<28}{'requests':>9}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}"
        )
        for row in figures["pages"]:
            self.stdout.write(
                f"{row['step']:<28}{row['requests']:>9}{row['per_second']:>10}{row['p50_ms']:>9}{row['p95_ms']:>9}",
            )
        self.stdout.write(
            f"\nwhole attempts of 20 questions a second: {figures['attempts_per_second']}"
        )
        self.stdout.write(
            "500 who start at once all have their questions after "
            f"{figures['seconds_until_500_had_their_questions']} s; 3,000 spread by their pages after "
            f"{figures['seconds_until_3000_had_their_questions']} s"
        )
        self.print_lists(figures["lists"])
        again = figures["regrade"]
        self.stdout.write(
            f"{again['attempts']} attempts of 20 questions marked again in {again['replay_seconds']} s "
            f"(dry run {again['dry_run_seconds']} s), {again['changed']} results changed"
        )
        roster = figures["roster"]
        self.stdout.write(
            f"a roster of {roster['people']} people: checked in {roster['check_seconds']} s, taken in in "
            f"{roster['apply_seconds']} s ({roster['people_per_second']} people a second), brought again in "
            f"{roster['second_import_seconds']} s, taken back in {roster['undo_seconds']} s, "
            f"{roster['more_megabytes']} MB more; {roster['faults_told']} of {roster['faults']} faults of "
            f"{roster['kinds_of_fault']} kinds told, {roster['good_rows_lost']} good rows lost"
        )
        visit = figures["first_visit_of_a_lesson"]
        self.stdout.write(
            f"first visit of a lesson: {visit['bytes'] / 1000:.1f} KB in {visit['requests']} requests, "
            f"{visit['javascript_bytes'] / 1000:.1f} KB of it JavaScript",
        )
        self.stdout.write(
            "queries: " + ", ".join(f"{name} {count}" for name, count in figures["queries"].items())
        )
        self.stdout.write(
            "calibration of 100 questions by 5,000 people: "
            f"{figures['calibration_100x5000_cpu_seconds']} s of processor time"
        )
        self.stdout.write(
            "peak MB: "
            + ", ".join(f"{name} {size}" for name, size in figures["peak_megabytes"].items())
        )
        self.stdout.write("")
