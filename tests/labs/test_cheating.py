"""Honest and dishonest notebooks, each with the exact mark that it deserves. Nothing is a stand-in."""

import time

import pytest

from labs.grading import marking
from labs.grading.marking import Bounds, mark
from labs.grading.warm import warmth
from tests.labs.cheats import CHEATS, FINDS_NOTES, HUNTS, LEAVES_NOTES, MALFORMED, SECRET
from tests.labs.late_requests import (
    HANDED_IN,
    HandedIn,
    after_features,
    files,
    master,
)

BOUNDS = Bounds(memory_mb=600)
IMPATIENT = Bounds(cell_seconds=3, call_seconds=3, memory_mb=600)
NEVER_DONE = {"never ends", "sleeps when called"}
ALL = HANDED_IN | CHEATS
IN_BOTH_WAYS = ["partly right", "errors swallowed", "a hunt for secrets"]


def secret_master():
    """The lab's master with a secret in a hidden test."""
    notebook = master()
    for cell in notebook["cells"]:
        if "BEGIN HIDDEN TESTS" in cell["source"]:
            line = f"assert '{SECRET}'\n### END HIDDEN TESTS"
            cell["source"] = cell["source"].replace("### END HIDDEN TESTS", line)
    return notebook


def marked(handed_in, bounds=BOUNDS):
    return mark(secret_master(), handed_in.notebook(), files(), bounds)


def told(report):
    return f"{report.output} {report.cells} {report.checks}"


@pytest.fixture(autouse=True)
def _secret_outside(monkeypatch):
    monkeypatch.setenv("UMAHIRI_SECRET", SECRET)


@pytest.mark.parametrize("name", ALL)
def test_each_gets_exactly_what_it_deserves(name):
    started = time.monotonic()
    report = marked(ALL[name], IMPATIENT if name in NEVER_DONE else BOUNDS)

    assert (report.score, report.maximum) == (ALL[name].points, 20)
    assert [word for word in ("SEEN", SECRET) if word in told(report)] == []
    assert time.monotonic() - started < BOUNDS.total_seconds
    assert warmth.get().is_alive


@pytest.mark.parametrize("name", IN_BOTH_WAYS)
def test_without_a_warm_process_it_is_the_same(name, monkeypatch):
    monkeypatch.setattr(marking.warmth, "get", lambda: None)
    report = marked(ALL[name])

    assert report.score == ALL[name].points
    assert "SEEN" not in told(report)


@pytest.mark.parametrize("submission", MALFORMED)
def test_what_is_no_notebook_gets_nothing(submission):
    report = mark(master(), submission, files(), BOUNDS)

    assert (report.score, report.maximum) == (0, 20)


def test_a_bad_one_never_changes_another_ones_mark():
    bad = ["os._exit", "parent killed", "every process signalled", "400 forks", "a busy thread"]
    honest = ["right", "partly right", "syntax error"]
    for number, name in enumerate(bad):
        marked(ALL[name])
        after = honest[number % len(honest)]
        report = marked(ALL[after])

        assert (after, report.score) == (after, ALL[after].points)


def test_one_leaves_nothing_for_the_next_to_find():
    marked(HandedIn(after_features(LEAVES_NOTES), 20))
    report = marked(HandedIn(after_features(FINDS_NOTES + HUNTS), 20))

    assert report.score == 20
    assert "SEEN" not in told(report)
