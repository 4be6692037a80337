"""The labs of our own courses: their authors' solutions pass, and the released notebook does not."""

from pathlib import Path

import pytest

from courses.loading.markdown import read_front_matter
from labs.domain.loading import read_files, read_master
from labs.grading.marking import Bounds, mark
from labs.grading.notebooks import release_notebook

CONTENT = Path(__file__).parents[2] / "courses" / "content"
FOLDERS = sorted(CONTENT.glob("*/*/lab-*"))


def marked(folder, make_submission):
    facts, _text = read_front_matter(folder / "lab.md")
    master = read_master(folder / "master.py")
    files = read_files(folder, facts.get("files", []))
    bounds = Bounds(memory_mb=facts.get("memory_mb", 700))
    return mark(master, make_submission(master), files, bounds)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_authors_solution_gets_all_points(folder):
    report = marked(folder, lambda master: master)
    missed = [check for check in report.checks if check.outcome != "met"]

    assert (missed, report.cells) == ([], [])
    assert report.score == report.maximum


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_released_notebook_gets_none(folder):
    assert marked(folder, release_notebook).score == 0
