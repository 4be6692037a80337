import json
from decimal import Decimal

import pytest

from labs.grading.notebooks import (
    NotebookError,
    list_by_hand,
    points_of,
    release_notebook,
    restore_plan,
)
from tests.labs.notebooks import handed_in, master

BY_HAND = {"nbgrader": {"grade_id": "why", "grade": True, "solution": True, "points": 3}}


def test_a_release_holds_no_solution_no_hidden_test_and_no_output():
    text = json.dumps(release_notebook(master()))

    for secret in ("read_csv", "median", "groupby", "Kisumu", "2 / 3", "secret", "an old output"):
        assert secret not in text
    assert "HIDDEN" not in text
    assert "SOLUTION" not in text


def test_a_release_keeps_what_the_learner_needs():
    cells = release_notebook(master())["cells"]

    assert cells[2]["source"] == (
        "def load(path):\n    # Write your code here\n    raise NotImplementedError()"
    )
    assert cells[3]["source"].startswith("table = load('requests.csv')\nassert table.shape")


def test_releasing_leaves_the_master_as_it_was():
    notebook = master()
    release_notebook(notebook)

    assert notebook == master()


@pytest.mark.parametrize(
    ("place", "change"),
    [
        (2, {"source": "### BEGIN SOLUTION\nx = 1"}),
        (3, {"source": "assert True\n### END HIDDEN TESTS"}),
        (4, {"metadata": {"nbgrader": {"grade_id": "load", "solution": True}}}),
        (3, {"metadata": {"nbgrader": {"grade_id": "t", "grade": True, "points": 0}}}),
        (3, {"metadata": {"nbgrader": {"grade_id": "t", "grade": True, "points": "3"}}}),
        (3, {"metadata": {"nbgrader": {"grade_id": "t", "grade": True, "solution": True}}}),
        (3, {"cell_type": "markdown"}),
        (2, {"cell_type": "markdown"}),
        (0, {"source": "### BEGIN SOLUTION\n42\n### END SOLUTION"}),
        (1, {"source": "### BEGIN HIDDEN TESTS\nassert 1\n### END HIDDEN TESTS"}),
        (3, {"source": "### BEGIN MARK SCHEME\n1 point\n### END MARK SCHEME\nassert 1"}),
        (1, {"source": "import pandas as"}),
        (4, {"metadata": {"nbgrader": {"grade_id": "a b", "solution": True}}}),
        (0, {"metadata": {"nbgrader": {"grade_id": "task", "task": True, "points": 3}}}),
        (0, {"cell_type": "raw", "metadata": BY_HAND}),
    ],
)
def test_a_master_that_cannot_be_marked_is_refused(place, change):
    notebook = master()
    notebook["cells"][place] |= change

    with pytest.raises(NotebookError):
        release_notebook(notebook)


def test_cells_marked_by_hand_are_released_without_answer_and_scheme():
    released = release_notebook(master(by_hand=True))
    said, code = (cell["source"] for cell in released["cells"][-2:])

    assert said == "*Write your answer here.*"
    assert code == "# Draw it\n# Write your code here\nraise NotImplementedError()"


def test_cells_marked_by_hand_are_worth_their_points():
    assert points_of(master(by_hand=True)) == Decimal("15.5")
    assert points_of({"cells": master(by_hand=True)["cells"][-2:]}) == Decimal("5.5")


def test_a_notebook_that_people_alone_mark_is_released():
    notebook = master(by_hand=True)
    notebook["cells"] = notebook["cells"][-2:]

    assert len(release_notebook(notebook)["cells"]) == 2


def test_what_people_mark_is_listed_with_the_learners_own_words():
    answers = {"why": "Turkana is far.\n\n<b>Far.</b>", "plot": "draw()"}
    notebook = handed_in(release_notebook(master(by_hand=True)), answers)
    plan = restore_plan(master(by_hand=True), notebook)

    assert [{**cell, "guide": ""} for cell in plan.by_hand] == [
        {"name": "why", "max": 4, "kind": "markdown", "source": answers["why"], "guide": ""},
        {"name": "plot", "max": 1.5, "kind": "code", "source": "draw()", "guide": ""},
    ]
    assert "One point for the distance" in plan.by_hand[0]["guide"]
    assert dict(plan.cells)["plot"] == "draw()"
    assert plan.names == ["load", "fill", "gap", "draw"]


def test_what_people_mark_is_listed_when_it_was_deleted():
    assert [cell["source"] for cell in list_by_hand(master(by_hand=True), {})] == ["", ""]


def test_of_a_submission_only_the_text_of_solutions_is_taken():
    notebook = handed_in(release_notebook(master()), {"load": "x = 1", "setup": "y = 2"})
    notebook["cells"].append(dict(notebook["cells"][2], source="z = 3"))
    plan = restore_plan(master(), notebook)

    assert dict(plan.cells)["load"] == "x = 1"
    assert dict(plan.cells)["setup"] == "import pandas as pd"
    assert plan.names == ["load", "fill", "gap"]


def test_an_endless_answer_is_cut():
    notebook = handed_in(release_notebook(master()), {"load": "x" * 200_000})

    assert len(dict(restore_plan(master(), notebook).cells)["load"]) == 64 << 10
