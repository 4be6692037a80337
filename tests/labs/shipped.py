"""The labs of our own courses, as tests read and mark them."""

import copy
import io
import runpy
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from courses.loading.markdown import read_front_matter
from labs.domain.loading import read_files, read_master
from labs.grading.marking import Bounds, mark
from labs.grading.notebooks import marks_of

CONTENT = Path(__file__).parents[2] / "courses" / "content"
FOLDERS = {path.name.removeprefix("lab-"): path for path in sorted(CONTENT.glob("*/*/lab-*"))}

each_lab = pytest.mark.parametrize("key", FOLDERS)


@cache
def facts_of(key):
    return read_front_matter(FOLDERS[key] / "lab.md")[0]


@cache
def master_of(key):
    return read_master(FOLDERS[key] / "master.py")


@cache
def files_of(key):
    return read_files(FOLDERS[key], facts_of(key)["files"])


def marked(key, submission):
    bounds = Bounds(memory_mb=facts_of(key)["memory_mb"])
    return mark(master_of(key), submission, files_of(key), bounds)


@cache
def solved(key):
    return marked(key, master_of(key))


def table(key, name):
    codes = {"county_code": str, "phone": str}
    return pd.read_csv(io.BytesIO(files_of(key)[name]), dtype=codes)


def generator(key):
    return runpy.run_path(str(FOLDERS[key] / "generate.py"))


def answered(key, answers):
    """The solved notebook with other `answers`: source by the name of the cell."""
    notebook = copy.deepcopy(master_of(key))
    for cell in notebook["cells"]:
        name = (marks_of(cell) or {}).get("grade_id")
        if name in answers:
            cell["source"] = answers.pop(name)
    assert answers == {}
    return notebook


def no_lab(key):
    return (FOLDERS[key] / "no-lab.md").read_text(encoding="utf-8")
