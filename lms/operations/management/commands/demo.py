"""`manage.py demo`: everything, on this machine, with one command."""

import os
import sys
import threading
import time
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from labs.hub.command import stop_labs
from labs.sandbox.capabilities import missing_protections
from labs.setup import prepare_hub
from lms.operations.demo import ACCOUNTS, demo_password, load_demo
from lms.operations.processes import (
    adopt_orphans,
    embedded,
    end_descendants,
    supervise,
    wait_for_file,
    wait_for_port,
)


class Command(BaseCommand):
    help = "Prepares and starts the whole platform with demo accounts. Ctrl-C stops it; run again, it resumes."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--port",
            type=int,
            default=8000,
            help="Port of the site; the labs take the one ten above",
        )

    def handle(self, *, port, **options):
        self._refuse_taken_ports(port)
        if f"http://127.0.0.1:{port}" != settings.SITE_URL or not settings.DEMO:
            self._start_again_as_demo(port)
        started = time.monotonic()
        for sentence in missing_protections(settings.LABS_DATA_DIR / "homes"):
            self.stdout.write(f"Labs: {sentence}")
        with self.step("Preparing the database"):
            self._migrate()
        with self.step("Loading organisations, courses and demo accounts"):
            load_demo()
        with self.step("Preparing the labs"):
            prepare_hub()
        connection.close()
        adopt_orphans()
        arbiter = supervise(embedded(settings.DATA_DIR), settings.DATA_DIR)
        threading.Thread(target=self._announce, args=(started,), daemon=True).start()
        try:
            arbiter.start()
        finally:
            stop_labs(settings.DATA_DIR)
            end_descendants()
            with suppress(OSError):  # the terminal may be gone
                self.stdout.write("Stopped. `python3 manage.py demo` resumes with what was there.")

    def _refuse_taken_ports(self, port):
        for number in (port, port + 10):
            if wait_for_port("127.0.0.1", number, 0.1):
                self.stderr.write(
                    f"Port {number} is taken by another program. Stop it, or choose one with --port."
                )
                sys.exit(1)

    def _start_again_as_demo(self, port):
        """Another port is another setting, and those are read once."""
        os.environ.update(
            LMS_DEMO="1",
            LMS_SITE_URL=f"http://127.0.0.1:{port}",
            LMS_ALLOWED_HOSTS="127.0.0.1,localhost",  # browsers take passkeys for a name alone
            LMS_LABS_HUB_URL=f"http://127.0.0.1:{port + 10}",
        )
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606

    @contextmanager
    def step(self, what):
        self.stdout.write(f"{what} … ", ending="")
        self.stdout.flush()
        begun = time.monotonic()
        yield
        self.stdout.write(f"{time.monotonic() - begun:.1f} s")

    def _migrate(self):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)

    def _announce(self, started):
        wait_for_file(settings.DATA_DIR / "valkey.sock", 20)
        site, labs = urlsplit(settings.SITE_URL), urlsplit(settings.LABS_HUB_URL)
        with self.step("Starting web server, worker, clock and labs"):
            up = wait_for_port(site.hostname, site.port, 60) and self._answers(60)
            labs_up = wait_for_port(labs.hostname, labs.port, 60)
        if not up:
            self.stderr.write(
                f"The web server does not answer; {settings.DATA_DIR / 'logs'} says why."
            )
            return
        if not labs_up:
            self.stdout.write(
                f"The labs do not answer yet; courses work. {settings.DATA_DIR / 'logs/hub.log'} says why."
            )
        self.stdout.write(
            f"\nReady after {time.monotonic() - started:.0f} s: {settings.SITE_URL}\n\n"
        )
        for what, email, name, _memberships, _is_staff in ACCOUNTS:
            self.stdout.write(f"  {what:<24} {email:<28} {name}")
        self.stdout.write(f"\n  Password of all of them: {demo_password()}")
        self.stdout.write(
            f"  Codes that were sent:    {settings.SITE_URL}/staff/messages/ (as the trainer, say)"
        )
        self.stdout.write("\nCtrl-C stops everything.")

    def _answers(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urlopen(f"{settings.SITE_URL}/health/ready", timeout=5):  # noqa: S310  our own address
                    return True
            except OSError:
                time.sleep(0.2)
        return False
