"""`manage.py test`: the whole suite, with the servers it needs; arguments go to pytest."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, OutputWrapper

from lms.operations.services import postgres_server, valkey_server

BIN = Path(sys.executable).parent
COUNTS = re.compile(r"(\d+) (passed|failed|error|errors|skipped)\b")
BROWSER = "tests/browser"


@dataclass
class Outcome:
    name: str
    is_fine: bool
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def migrating(environment, folder):
    """A process that migrates an empty database, of which the tests then make their own."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"],
        env={**environment, "LMS_DATA_DIR": str(folder)},
    )


def kept_template(environment):
    """The migrated SQLite database of an earlier run, made anew when a migration has changed."""
    folders = [Path(app.path, "migrations") for app in apps.get_app_configs()]
    sources = sorted(path for folder in folders for path in folder.glob("*.py"))
    digest = sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    kept = settings.DATA_DIR / "tests" / digest[:16] / "umahiri.sqlite3"
    if not kept.exists():
        shutil.rmtree(kept.parents[1], ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder, migrating(environment, folder) as migration:
            if migration.wait() == 0:
                kept.parent.mkdir(parents=True)
                shutil.move(Path(folder, kept.name), kept)
    return kept


class Command(BaseCommand):
    help = "Runs lint, types, layers, migrations and all tests on SQLite and PostgreSQL, in a real browser too."
    requires_system_checks = []
    requires_migrations_checks = False

    def run_from_argv(self, argv):
        """Everything after `test` is pytest's."""
        sys.exit(self.run_all(argv[2:]))

    def run_all(self, arguments):
        with ExitStack() as stack:
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "lms.settings.test",
                "OPENBLAS_NUM_THREADS": "1",
            }
            environment["LMS_REDIS_URL"] = stack.enter_context(valkey_server())
            address = stack.enter_context(postgres_server())
            postgres = {**environment, "LMS_DATABASE_URL": address}
            if arguments:
                environment["TEST_TEMPLATE"] = str(kept_template(environment))
                return (
                    self._run("pytest", [BIN / "pytest", *arguments], environment).is_fine is False
                )
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="umahiri-test-")))
            migrations = {
                "migrated SQLite": stack.enter_context(migrating(environment, folder / "sqlite")),
                "migrated PostgreSQL": stack.enter_context(migrating(postgres, folder / "pg")),
            }
            outcomes = [self._run(*step) for step in self._static_steps(environment)]
            for name, migration in migrations.items():
                outcomes.append(Outcome(name, migration.wait() == 0, 0))
            # each process of the tests copies what was migrated once
            environment["TEST_TEMPLATE"] = str(folder / "sqlite" / "umahiri.sqlite3")
            postgres["TEST_TEMPLATE"] = address.rsplit("/", 1)[1]
            outcomes += [self._run(*step) for step in self._test_steps(environment, postgres)]
            outcomes += self._run_together(self._browser_steps(environment, postgres))
        return self._report(outcomes)

    def _static_steps(self, environment):
        steps = {
            "lint": [BIN / "ruff", "check", "--no-cache", "."],
            "format": [BIN / "ruff", "format", "--no-cache", "--check", "."],
            "layers": [BIN / "lint-imports", "--no-cache"],
            "types": [BIN / "mypy"],
            "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        }
        return [(name, argv, environment) for name, argv in steps.items()]

    def _test_steps(self, sqlite, postgres):
        argv = [BIN / "pytest", "-q", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider"]
        argv.append(f"--ignore={BROWSER}")
        return [("tests on SQLite", argv, sqlite), ("tests on PostgreSQL", argv, postgres)]

    def _browser_steps(self, sqlite, postgres):
        argv = [BIN / "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
        # two platforms side by side, each with a database of its own
        journeys = [*argv, "-n", "2", "--dist", "loadfile", BROWSER]
        walks = [*argv, f"{BROWSER}/test_walk.py", "-k", "whole or javascript"]
        return [
            ("browser on PostgreSQL", journeys, postgres),
            ("browser on SQLite", walks, {**sqlite, "WALK_ONLY": "1"}),
        ]

    def _run_together(self, steps):
        """Run the steps side by side, for each waits a good deal; what they print comes one after another."""
        printed = [StringIO() for _ in steps]
        with ThreadPoolExecutor() as pool:
            runs = [
                pool.submit(self._run, *step, out) for step, out in zip(steps, printed, strict=True)
            ]
        for out in printed:
            self.stdout.write(out.getvalue())
        return [run.result() for run in runs]

    def _run(self, name, argv, environment, out=None):
        out = OutputWrapper(out) if out else self.stdout
        out.write(f"\n== {name}")
        out.flush()
        begun = time.monotonic()
        process = subprocess.Popen(  # noqa: S603
            [str(part) for part in argv],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        last = ""
        for line in process.stdout:
            out.write(line, ending="")
            last = line if COUNTS.search(line) else last
        counts = {word.rstrip("s"): int(number) for number, word in COUNTS.findall(last)}
        return Outcome(
            name,
            process.wait() == 0,
            time.monotonic() - begun,
            counts.get("passed", 0),
            counts.get("failed", 0) + counts.get("error", 0),
            counts.get("skipped", 0),
        )

    def _report(self, outcomes):
        self.stdout.write("\n")
        for outcome in outcomes:
            word = "ok" if outcome.is_fine else "FAILED"
            self.stdout.write(f"{outcome.name:<24} {word:<7} {outcome.seconds:6.0f} s")
        skipped = sum(outcome.skipped for outcome in outcomes)
        passed = sum(
            outcome.passed or (outcome.is_fine and not outcome.failed) for outcome in outcomes
        )
        failed = sum(outcome.failed or (not outcome.is_fine) for outcome in outcomes)
        if skipped and os.environ.get("CI"):
            self.stdout.write(
                "Skipped tests are a failure in CI: the lines above say which and why."
            )
            failed += 1
        self.stdout.write(f"{passed} passed, {failed} failed, {skipped} skipped")
        return 1 if failed else 0
