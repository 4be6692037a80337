"""A small lab in nbgrader's format, and ways to hand it in."""

import copy

QUESTIONS = {
    "load": (
        2,
        "def load(path):\n"
        "    ### BEGIN SOLUTION\n"
        "    return pd.read_csv(path)\n"
        "    ### END SOLUTION",
        "table = load('requests.csv')\n"
        "assert table.shape == (4, 3), 'Four requests, three columns'\n"
        "### BEGIN HIDDEN TESTS\n"
        "assert list(table.columns) == ['county', 'pages', 'late']\n"
        "assert table['county'].tolist() == ['Nyeri', 'Turkana', 'Nyeri', 'Kisumu']\n"
        "### END HIDDEN TESTS",
    ),
    "fill": (
        3,
        "def fill(table):\n"
        "    ### BEGIN SOLUTION\n"
        "    filled = table.copy()\n"
        "    filled['pages'] = filled['pages'].fillna(filled['pages'].median())\n"
        "    return filled\n"
        "    ### END SOLUTION",
        "gaps = pd.DataFrame({'pages': [1.0, None, 3.0]})\n"
        "assert fill(gaps)['pages'].tolist() == [1.0, 2.0, 3.0]\n"
        "### BEGIN HIDDEN TESTS\n"
        "secret = pd.DataFrame({'pages': [4.0, None, 8.0, None, 100.0]})\n"
        "assert fill(secret)['pages'].tolist() == [4.0, 8.0, 8.0, 8.0, 100.0]\n"
        "assert secret['pages'].isna().sum() == 2\n"
        "### END HIDDEN TESTS",
    ),
    "gap": (
        5,
        "def gap(predicted, groups):\n"
        "    ### BEGIN SOLUTION\n"
        "    means = pd.Series(list(predicted)).groupby(list(groups)).mean()\n"
        "    return float(means.max() - means.min())\n"
        "    ### END SOLUTION",
        "assert abs(gap([1, 0, 1, 1], ['a', 'a', 'b', 'b']) - 0.5) < 1e-9\n"
        "### BEGIN HIDDEN TESTS\n"
        "assert gap([1, 1, 0, 0, 0, 1], ['x', 'y', 'x', 'y', 'z', 'z']) == 0\n"
        "assert abs(gap([1, 1, 0, 0, 0, 0], ['x', 'x', 'y', 'y', 'z', 'x']) - 2 / 3) < 1e-9\n"
        "### END HIDDEN TESTS",
    ),
}
FILES = {"requests.csv": b"county,pages,late\nNyeri,3,0\nTurkana,,1\nNyeri,9,0\nKisumu,4,1\n"}
ANSWERS = {
    "load": "def load(path):\n    return pd.read_csv(path)",
    "fill": "def fill(table):\n    return table.fillna({'pages': table.pages.median()})",
    "gap": (
        "def gap(predicted, groups):\n"
        "    sums = {}\n"
        "    for value, group in zip(predicted, groups):\n"
        "        sums.setdefault(group, []).append(value)\n"
        "    means = [sum(v) / len(v) for v in sums.values()]\n"
        "    return max(means) - min(means)"
    ),
}
BY_HAND = {
    "why": (
        "markdown",
        4,
        "### BEGIN SOLUTION\nRoads are long in the north.\n### END SOLUTION\n"
        "### BEGIN MARK SCHEME\nOne point for the distance\n### END MARK SCHEME",
    ),
    "plot": (
        "code",
        1.5,
        "# Draw it\n"
        "### BEGIN SOLUTION\n"
        "def draw(table):\n"
        "    return table.plot()\n"
        "### END SOLUTION",
    ),
}
STUBS = {name: f"def {name}(*arguments):\n    pass" for name in ANSWERS}


def code(source, **marks):
    metadata = {"nbgrader": {"schema_version": 3, "task": False, **marks}} if marks else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "an old output"}],
        "execution_count": 7,
    }


def master(*, by_hand=False):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Which requests will be late?"},
        code("import pandas as pd", grade_id="setup", grade=False, solution=False, locked=True),
    ]
    for name, (points, solution, tests) in QUESTIONS.items():
        cells += [
            code(solution, grade_id=name, grade=False, solution=True, locked=False),
            code(
                tests,
                grade_id=f"test_{name}",
                grade=True,
                solution=False,
                locked=True,
                points=points,
            ),
        ]
    for name, (kind, points, source) in BY_HAND.items() if by_hand else ():
        cell = code(source, grade_id=name, grade=True, solution=True, locked=False, points=points)
        cells.append(cell | {"cell_type": kind})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def handed_in(released, answers):
    """`released` with `answers` by grade_id, as a learner would hand it in."""
    notebook = copy.deepcopy(released)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
    return notebook
