"""Marks one submission: runs the learner's cells in one sandbox, the tests in another.

The result comes from the judge alone, over a channel that the learner's process does not hold.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from labs.grading.notebooks import restore_plan
from labs.grading.participants import ColdParticipant, Gone, Participant, Slow
from labs.grading.warm import warmth
from labs.sandbox import Limits, SandboxError

logger = logging.getLogger("labs")

PROCESSES = 64


@dataclass(frozen=True)
class Bounds:
    """How long, and how much memory, a marking may take."""

    cell_seconds: float = 10
    call_seconds: float = 10
    total_seconds: float = 90
    memory_mb: int = 1024


@dataclass(frozen=True)
class Check:
    """What came of one test: `outcome` is a stable word, `detail` what may be told of it.

    A cell that a person marks has the outcome "by_hand", and no points until then.
    """

    name: str
    points: float
    max: float
    outcome: str
    detail: str = ""


@dataclass(frozen=True)
class Report:
    checks: list[Check]
    # cells that raised, took too long or ended the process
    cells: list[dict]
    output: str
    seconds: float
    # the most memory that one of the two processes held; None where the machine does not tell
    peak_mb: int | None = None

    @property
    def score(self):
        return sum(check.points for check in self.checks)

    @property
    def maximum(self):
        return sum(check.max for check in self.checks)


def mark(master: dict, submission: dict, files: dict[str, bytes], bounds: Bounds) -> Report:
    """The Report on `submission`, whatever the learner's code does, within `bounds`.

    Raises SandboxError when the machine does not let it be marked.
    """
    started = time.monotonic()
    plan = restore_plan(master, submission)
    zygote = warmth.get()
    marking = Marking(plan, files, bounds, zygote.start if zygote else ColdParticipant)
    try:
        outcomes = marking.run()
    except SandboxError:
        if zygote is None:
            raise
        logger.warning("the warm process of marking failed: a submission is marked without it")
        warmth.end()
        marking = Marking(plan, files, bounds, ColdParticipant)
        outcomes = marking.run()
    checks = []
    for test in plan.tests:
        outcome, detail = outcomes.get(test["name"], ("no_time", ""))
        points = test["points"] if outcome == "met" else 0
        checks.append(Check(test["name"], points, test["points"], outcome, detail))
    checks += [Check(cell["name"], 0, cell["max"], "by_hand") for cell in plan.by_hand]
    seconds = round(time.monotonic() - started, 2)
    return Report(checks, marking.cells, marking.output, seconds, marking.peak_mb)


@dataclass
class Marking:
    plan: object
    files: dict
    bounds: Bounds
    start: Callable[[str, dict, Limits], Participant]
    cells: list = field(default_factory=list)
    output: str = ""

    def __post_init__(self):
        self.deadline = time.monotonic() + self.bounds.total_seconds
        self.limits = Limits(
            memory_mb=self.bounds.memory_mb,
            processes=PROCESSES,
            file_mb=64,
            temporary_mb=64,
            cpu_seconds=int(self.bounds.total_seconds),
        )
        self.left_out = set()
        self.worker = None
        self.participants = []

    @property
    def peak_mb(self):
        peaks = [each.peak_bytes for each in self.participants if each.peak_bytes]
        return math.ceil(max(peaks) / (1 << 20)) if peaks else None

    def _start(self, role):
        participant = self.start(role, self.files, self.limits)
        self.participants.append(participant)
        return participant

    def run(self):
        """The outcome and detail of each test that was reached, by name, or SandboxError."""
        outcomes = {}
        try:
            judge = self._start("judge")
            self._run_cells()
            judge.wait_until_ready()
            # Only what the cells print: what a tested function prints may be a hidden input.
            self.output = self.worker.printed()
            judge.send(
                {"setup": self.plan.setup, "tests": self.plan.tests, "names": self.plan.names}
            )
            while True:
                message = judge.receive(self._left())
                if "ask" in message:
                    judge.send(self._relay(message["ask"]))
                elif "result" in message:
                    result = message["result"]
                    outcomes[result["name"]] = result["outcome"], result["detail"]
                else:
                    break
        except (Gone, Slow) as end:
            # else the tests that were not reached say so themselves
            if isinstance(end, Gone) and judge.was_cut_off:
                raise SandboxError("a process of marking was ended from outside") from end
        finally:
            for participant in self.participants:
                participant.close()
        return outcomes

    def _left(self, at_most=None):
        left = max(0.1, self.deadline - time.monotonic())
        return left if at_most is None else min(left, at_most)

    def _run_cells(self):
        """Have a worker that ran every cell but those that ended it or took too long."""
        while True:
            self.worker = worker = self._start("worker")
            worker.wait_until_ready()
            for place, (name, source) in enumerate(self.plan.cells):
                if place in self.left_out or not source.strip():
                    continue
                try:
                    answer = worker.ask({"run": source}, self._left(self._seconds_of(name)))
                except (Gone, Slow) as end:
                    if time.monotonic() >= self.deadline:
                        raise
                    self.left_out.add(place)
                    self._note(name, "too_slow" if isinstance(end, Slow) else "ended", "")
                    worker.close()
                    break
                if answer.get("ok") is not True:
                    self._note(name, "raised", str(answer.get("detail", "")))
            else:
                return

    def _seconds_of(self, name):
        """The author's own cells import what takes long on a busy machine: nobody's fault."""
        seconds = self.bounds.cell_seconds
        return seconds if name in self.plan.answers else 4 * seconds

    def _note(self, name, outcome, detail):
        note = {"name": name, "outcome": outcome, "detail": detail}
        if name and note not in self.cells:
            self.cells.append(note)

    def _relay(self, request):
        """The worker's answer to the judge's `request`; a worker that ends is started anew."""
        try:
            self.worker.send(request)
            return self.worker.receive_frame(self._left(self.bounds.call_seconds))
        except (Gone, Slow) as end:
            outcome = "too_slow" if isinstance(end, Slow) else "ended"
            self.worker.close()
            self._run_cells()
            return {"ok": False, "outcome": outcome, "detail": ""}
