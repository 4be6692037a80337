"""The same 24 notebooks marked by ours and by `nbgrader autograde`, and 1,000 by two of our workers.

What learners hand in is strangers' code, so nbgrader, too, runs in a sandbox here.
"""

import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import psutil
from django.conf import settings

from labs.grading.marking import Bounds, mark
from labs.grading.warm import warmth
from labs.sandbox import Limits, Sandbox, seccomp, start

# the benchmark runs from a checkout, which has its tests; the notebooks there are the suite's
from tests.labs.late_requests import HANDED_IN, MAXIMUM, files, master

BOUNDS = Bounds(memory_mb=1024)
WORKERS = 2
NBGRADER_USER = 199_003  # where root starts it
NBGRADER_SECONDS = 300
NBGRADER_LIMITS = Limits(memory_mb=2048, processes=500, cpus=2.0, file_mb=256)
INSIDE = "/opt/nbgrader"
# Inside its sandbox, for what runs there is not waited for by us.
TAKE_TIME = f"""
import contextlib, resource, subprocess, sys
with contextlib.suppress(subprocess.TimeoutExpired):
    subprocess.run(sys.argv[1:], timeout={NBGRADER_SECONDS})
used = resource.getrusage(resource.RUSAGE_CHILDREN)
open("processor_seconds", "w").write(str(used.ru_utime + used.ru_stime))
"""
SCORE = """
    select sum(coalesce(grade.manual_score, grade.auto_score, 0))
    from grade
    join submitted_notebook on grade.notebook_id = submitted_notebook.id
    join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
    where submitted_assignment.student_id = ?
"""


@dataclass
class Spent:
    """Processor time of this process, and of the warm one with its forks."""

    processor: float
    clock: float

    @classmethod
    def now(cls):
        own = resource.getrusage(resource.RUSAGE_SELF)
        processor = own.ru_utime + own.ru_stime
        if warmth.zygote:
            outer = psutil.Process(warmth.zygote.running.pid)
            for process in (outer, *outer.children(recursive=True)):
                processor += sum(process.cpu_times()[:4])
        return cls(processor, time.perf_counter())

    def since(self):
        now = Spent.now()
        return {
            "processor_seconds": round(now.processor - self.processor, 2),
            "seconds": round(now.clock - self.clock, 2),
        }


def measure(say, submissions=1000):
    """The figures of marking; `say` is told what is going on."""
    say("Marking 24 notebooks by ours …")
    begun = Spent.now()
    warmth.get()
    starting = begun.since()
    ours = {name: mark_one(name) for name in HANDED_IN}
    warmth.end()
    say("Installing nbgrader …")
    with tempfile.TemporaryDirectory(prefix="umahiri-bench-") as folder:
        nbgrader = Nbgrader(Path(folder))
        theirs = {}
        for name in HANDED_IN:
            theirs[name] = nbgrader.mark_one(name)
            say(f"{name}: {ours[name]}, nbgrader {theirs[name]}")
    say(f"Marking {submissions:,} notebooks by {WORKERS} workers …")
    return {
        "load_average": os.getloadavg()[0],
        "start_of_the_warm_process": starting,
        "notebooks": [
            {
                "name": name,
                "fair": handed_in.points,
                "is_honest": handed_in.is_honest,
                "ours": ours[name],
                "nbgrader": theirs[name],
            }
            for name, handed_in in HANDED_IN.items()
        ],
        "summary": {"ours": summary(ours), "nbgrader": summary(theirs)},
        "times_less_processor_time": times_less(ours, theirs),
        "many": measure_many(submissions),
    }


def mark_one(name):
    notebook = HANDED_IN[name].notebook()
    begun = Spent.now()
    report = mark(master(), notebook, files(), BOUNDS)
    return {"points": report.score, **begun.since()}


def summary(marked):
    spent = [row["processor_seconds"] for row in marked.values()]
    return {
        "median_processor_seconds": round(statistics.median(spent), 2),
        "processor_seconds": round(sum(spent), 1),
        "fair": sum(marked[name]["points"] == each.points for name, each in HANDED_IN.items()),
        "fair_to_the_honest": sum(
            marked[name]["points"] == each.points
            for name, each in HANDED_IN.items()
            if each.is_honest
        ),
    }


def times_less(ours, theirs):
    """Of the median, and of the right notebook: what never ends costs what one lets it."""
    middle = [summary(marked)["median_processor_seconds"] for marked in (theirs, ours)]
    right = [marked["right"]["processor_seconds"] for marked in (theirs, ours)]
    return {"median": round(middle[0] / middle[1], 1), "right": round(right[0] / right[1], 1)}


def measure_many(number):
    """How long `number` honest notebooks take with as many processes as the worker has."""
    honest = [name for name, each in HANDED_IN.items() if each.is_honest and name != "never ends"]
    names = [honest[place % len(honest)] for place in range(number)]
    begun = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(mark_many, [names[place::WORKERS] for place in range(WORKERS)]))
    return {
        "submissions": number,
        "workers": WORKERS,
        "unfair": sum(unfair for unfair, _spent in parts),
        "processor_seconds": round(sum(spent for _unfair, spent in parts), 1),
        "seconds": round(time.perf_counter() - begun, 1),
    }


def mark_many(names):
    """How many of `names` were not marked as they deserve, and the processor time it took."""
    begun = Spent.now()
    notebooks = {name: HANDED_IN[name].notebook() for name in set(names)}
    lab, data = master(), files()
    unfair = sum(
        mark(lab, notebooks[name], data, BOUNDS).score != HANDED_IN[name].points for name in names
    )
    spent = begun.since()["processor_seconds"]
    warmth.end()
    return unfair, spent


class Nbgrader:
    """nbgrader in an environment and a course of its own, below `folder`."""

    def __init__(self, folder):
        self.environment = folder / "environment"
        self.course = folder / "course"
        uv = [sys.executable, "-m", "uv"]
        lock = settings.BASE_DIR / "requirements/bench.txt"
        # named outright: uv would else install into the environment that it was started from
        into = ["--python", self.environment / "bin/python"]
        options = ["--link-mode", "copy", "--compile-bytecode", "--require-hashes", "-r", lock]
        for command in (
            [*uv, "venv", "--relocatable", "--python", sys.executable, self.environment],
            [*uv, "pip", "install", *into, *options],
        ):
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        self.environment.chmod(0o755)
        self._write("source/late", master())
        (self.course / "nbgrader_config.py").write_text(
            "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"
        )
        for number, handed_in in enumerate(HANDED_IN.values()):
            self._write(f"submitted/learner{number}/late", handed_in.notebook())
        if os.getuid() == 0:
            for path in (self.course, *self.course.rglob("*")):
                os.chown(path, NBGRADER_USER, NBGRADER_USER)
        self._run("generate_assignment", "late")

    def _write(self, place, notebook):
        target = self.course / place
        target.mkdir(parents=True)
        (target / "late.ipynb").write_text(json.dumps(notebook))
        for name, content in files().items():
            (target / name).write_bytes(content)

    def mark_one(self, name):
        learner = f"learner{list(HANDED_IN).index(name)}"
        begun = time.perf_counter()
        processor_seconds = self._run("autograde", "late", "--student", learner, "--force")
        seconds = time.perf_counter() - begun
        shutil.rmtree(self.course / "autograded" / learner, ignore_errors=True)
        with closing(sqlite3.connect(self.course / "gradebook.db")) as book:
            points = book.execute(SCORE, [learner]).fetchone()[0] or 0
        return {
            "points": points,
            "processor_seconds": round(processor_seconds, 2),
            "seconds": round(seconds, 2),
        }

    def _run(self, *arguments):
        """The processor seconds that nbgrader with `arguments` took, its kernel among them."""
        used = self.course / "processor_seconds"
        used.unlink(missing_ok=True)
        python = f"{INSIDE}/bin/python"
        box = Sandbox(
            name=f"bench-{os.getpid()}",
            command=[python, "-S", "-c", TAKE_TIME, python, "-m", "nbgrader", *arguments],
            environment={
                "PATH": f"{INSIDE}/bin:/usr/bin:/bin",
                "HOME": "/home/learner",
                "LANG": "C.UTF-8",
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
            },
            home=self.course,
            read_only=((self.environment, INSIDE),),
            families=(seccomp.AF_UNIX, seccomp.AF_INET),
            limits=NBGRADER_LIMITS,
            dies_with_parent=True,
        )
        running = start(box, user=NBGRADER_USER)
        try:
            running.process.wait(2 * NBGRADER_SECONDS)
        finally:
            running.kill()
            running.process.wait()
        return float(used.read_text())


def print_figures(figures, write):
    """The table of `measure`, for people."""
    write(f"\n{'notebook':<28}{'fair':>5}{'ours':>6}{'cpu s':>7}{'nbgrader':>10}{'cpu s':>7}")
    for row in figures["notebooks"]:
        ours, theirs = row["ours"], row["nbgrader"]
        write(
            f"{row['name']:<28}{row['fair']:>5}{ours['points']:>6}{ours['processor_seconds']:>7}"
            f"{theirs['points']:>10g}{theirs['processor_seconds']:>7}"
        )
    for name, total in figures["summary"].items():
        write(
            f"{name}: {total['median_processor_seconds']} s of processor time each in the median, "
            f"{total['processor_seconds']} s in all; {total['fair']} of {len(HANDED_IN)} fair, "
            f"{total['fair_to_the_honest']} of those that are honest"
        )
    less, many = figures["times_less_processor_time"], figures["many"]
    write(
        f"{less['median']} times less processor time in the median, {less['right']} times for the "
        f"notebook that gets all {MAXIMUM} points"
    )
    write(
        f"{many['submissions']:,} submissions with {many['workers']} workers: {many['seconds']} s, "
        f"{many['processor_seconds']} s of processor time, {many['unfair']} marked wrongly"
    )
