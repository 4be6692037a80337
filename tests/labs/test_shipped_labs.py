"""The labs of our own courses: solutions pass, released notebooks and misunderstandings do not, and
the way without a computer shows the same.
"""

import re

import pytest

from labs.grading.notebooks import (
    is_test,
    marks_of,
    release_notebook,
    restore_plan,
    source_of,
)
from tests.labs.misunderstandings import MISUNDERSTANDINGS
from tests.labs.shipped import answered, each_lab, marked, master_of, no_lab, solved, table

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w])")
HEADING = re.compile(r"^(?:# )?## Part (\d)\.[^\n]*\((\d+) points?\)", re.MULTILINE)
PRINTED = re.compile(r"```text\n(.*?)```", re.DOTALL)
DATA_ROW = re.compile(r"^\|[^|]*(?:\|\s*(?:-?[\d.]+(?: %)?|yes|no)\s*)+\|$", re.MULTILINE)


@each_lab
def test_the_authors_solution_gets_all_points(key):
    report = solved(key)
    lost = [check for check in report.checks if check.outcome != "met"]

    assert (lost, report.cells) == ([], [])
    assert report.score == report.maximum == 20


@each_lab
def test_the_released_notebook_gets_none(key):
    assert marked(key, release_notebook(master_of(key))).score == 0


@pytest.mark.parametrize(("key", "answers", "lost"), MISUNDERSTANDINGS)
def test_a_misunderstanding_loses_its_own_points(key, answers, lost):
    report = marked(key, answered(key, dict(answers)))

    assert {check.name for check in report.checks if check.outcome != "met"} == lost
    assert report.score == 20 - sum(check.max for check in report.checks if check.name in lost)


def numbers_in(text):
    return [float(number) for number in NUMBER.findall(text)]


def flat(text):
    return " ".join(text.replace("\n>", "\n").split())


@each_lab
def test_no_given_cell_needs_an_answer(key):
    """The tests' own process runs these cells, too; an answer that is missing would end it."""
    plan = restore_plan(master_of(key), master_of(key))
    used = [name for source in plan.setup for name in compile(source, key, "exec").co_names]

    assert set(used) & set(plan.names) == set()


@each_lab
def test_the_way_without_a_computer_asks_the_same_questions(key):
    master = "\n".join(source_of(cell) for cell in master_of(key)["cells"])
    tests = [marks_of(cell) for cell in master_of(key)["cells"]]
    points = sum(marks["points"] for marks in tests if is_test(marks))

    assert HEADING.findall(no_lab(key)) == HEADING.findall(master)
    assert sum(int(part) for _number, part in HEADING.findall(master)) == points == 20


@each_lab
def test_the_way_without_a_computer_shows_what_the_notebook_prints(key):
    printed = solved(key).output
    lines = [numbers_in(line) for line in printed.splitlines()]
    rows = [row for row in DATA_ROW.findall(no_lab(key)) if len(numbers_in(row)) > 1]
    quoted = re.findall(r"^> (.+)$", no_lab(key), re.MULTILINE)

    assert [row for row in rows if numbers_in(row) not in lines] == []
    for text in [*PRINTED.findall(no_lab(key)), *quoted]:
        assert flat(text) in flat(printed)


@pytest.mark.parametrize(
    ("key", "name", "column"),
    [
        ("f2-a", "to_label.csv", "text"),
        ("f2-b", "replies.csv", "text"),
        ("f2-b", "replies.csv", "question"),
        ("f2-b", "fact_sheet.csv", "fact"),
    ],
)
def test_the_way_without_a_computer_holds_the_texts(key, name, column):
    assert [text for text in table(key, name)[column] if text not in no_lab(key)] == []
