import json

import pytest

from labs.grading.notebooks import NotebookError, release_notebook, restore_plan
from tests.labs.notebooks import handed_in, master


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
        (3, {"metadata": {"nbgrader": {"grade_id": "t", "grade": True, "solution": True}}}),
    ],
)
def test_a_master_that_cannot_be_marked_is_refused(place, change):
    notebook = master()
    notebook["cells"][place] |= change

    with pytest.raises(NotebookError):
        release_notebook(notebook)


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
