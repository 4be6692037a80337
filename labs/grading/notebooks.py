"""Notebooks in nbgrader's format: the released copy, and the learner's answers put into the master.

Cells are told apart by `metadata.nbgrader`: a solution cell is the learner's to fill, a graded cell
holds tests worth points, a cell that is both is marked by hand, a locked one runs as it is.
"""

import ast
import copy
import math
import re
from dataclasses import dataclass, field
from decimal import Decimal

LONGEST_ANSWER = 64 << 10
STUBS = {
    "code": ("# Write your code here", "raise NotImplementedError()"),
    "markdown": ("*Write your answer here.*",),
}
NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")

SOLUTION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION[^\n]*\n.*?^[ \t]*### END SOLUTION[^\n]*$",
    re.DOTALL | re.MULTILINE,
)
HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS[^\n]*\n.*?^[ \t]*### END HIDDEN TESTS[^\n]*\n?",
    re.DOTALL | re.MULTILINE,
)
# How a person is to mark the cell; learners do not see it.
SCHEME = re.compile(
    r"^[ \t]*### BEGIN MARK SCHEME[^\n]*\n.*?^[ \t]*### END MARK SCHEME[^\n]*\n?",
    re.DOTALL | re.MULTILINE,
)
MARKER = re.compile(r"^[ \t]*### (BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)\b", re.MULTILINE)


class NotebookError(ValueError):
    """A master notebook that cannot be released; says which cell and why."""


@dataclass(frozen=True)
class Plan:
    """What marking runs: cells for the learner's process, setup and tests for the judge's.

    `answers` are the names of the learner's cells. `by_hand` is what a person marks: [{"name",
    "max", "kind", "source", "guide"}], where `source` is the learner's text and `guide` the
    author's.
    """

    cells: list[tuple[str, str]] = field(default_factory=list)
    setup: list[str] = field(default_factory=list)
    tests: list[dict] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    answers: set[str] = field(default_factory=set)
    by_hand: list[dict] = field(default_factory=list)


def marks_of(cell):
    """What nbgrader's metadata says of a cell; None if it says nothing."""
    marks = cell.get("metadata", {}).get("nbgrader")
    return marks if isinstance(marks, dict) else None


def source_of(cell):
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def is_solution(marks):
    """Whether the learner fills the cell."""
    return bool(marks and marks.get("solution"))


def is_test(marks):
    return bool(marks and marks.get("grade") and not marks.get("solution"))


def is_by_hand(marks):
    """Whether the learner fills the cell and a person marks it."""
    return bool(marks and marks.get("grade") and marks.get("solution"))


def points_of(master):
    """What all that is marked in `master` is worth together."""
    marked = (marks_of(cell) for cell in master["cells"])
    return sum(Decimal(str(m["points"])) for m in marked if is_test(m) or is_by_hand(m))


def check_master(master):
    """Raise NotebookError unless `master` can be released and marked."""
    seen = set()
    for cell in master["cells"]:
        marks = marks_of(cell)
        _check_source(cell, marks)
        if not marks:
            continue
        name = marks.get("grade_id")
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in seen:
            raise NotebookError(
                f"Cell {name!r}: each grade_id must be there, of letters, digits, - and _, and "
                "once only."
            )
        seen.add(name)
        _check_kind(name, cell, marks)
    if not any(is_test(marks) or is_by_hand(marks) for marks in map(marks_of, master["cells"])):
        raise NotebookError("The notebook has no test that gives points, and nothing to mark.")


def _check_kind(name, cell, marks):
    if marks.get("task"):
        raise NotebookError(
            f"Cell {name!r}: tasks are not supported; use a manually graded answer instead."
        )
    if is_by_hand(marks):
        if cell["cell_type"] not in STUBS:
            raise NotebookError(f"Cell {name!r}: what is marked by hand is code or Markdown.")
    elif cell["cell_type"] != "code" and (is_test(marks) or is_solution(marks)):
        raise NotebookError(f"Cell {name!r}: only a code cell can be marked by machine.")
    if marks.get("grade") and not _is_worth_something(marks.get("points")):
        what = "a test" if is_test(marks) else "a cell marked by hand"
        raise NotebookError(f"Cell {name!r}: {what} needs points.")


def _is_worth_something(points):
    is_number = isinstance(points, int | float) and not isinstance(points, bool)
    return is_number and math.isfinite(points) and points > 0


def _check_source(cell, marks):
    """A marker without its partner, or out of place, would show learners what was to be hidden."""
    source = source_of(cell)
    name = marks.get("grade_id", "") if marks else ""
    if cell["cell_type"] == "code":
        try:
            _tree(source)
        except (SyntaxError, ValueError) as error:
            raise NotebookError(f"Cell {name!r}: {error}") from error
    if MARKER.search(SCHEME.sub("", HIDDEN.sub("", SOLUTION.sub("", source)))):
        raise NotebookError(f"Cell {name!r}: a BEGIN or END marker has no partner.")
    for region, what, is_in_place in (
        (SOLUTION, "a solution", is_solution(marks)),
        (HIDDEN, "hidden tests", is_test(marks)),
        (SCHEME, "a mark scheme", is_by_hand(marks)),
    ):
        if region.search(source) and not is_in_place:
            raise NotebookError(f"Cell {name!r} holds {what}, but its metadata says otherwise.")


def release_notebook(master):
    """The learner's copy of `master`: no solutions, no hidden tests, no outputs."""
    check_master(master)
    released = copy.deepcopy(master)
    for cell in released["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
        marks = marks_of(cell)
        if is_solution(marks):
            source = SCHEME.sub("", source_of(cell)).rstrip()
            cell["source"] = _stubbed(source, STUBS[cell["cell_type"]])
        elif is_test(marks):
            cell["source"] = HIDDEN.sub("", source_of(cell)).rstrip()
    return released


def _stubbed(source, stub):
    stubbed, found = SOLUTION.subn(
        lambda match: "\n".join(match[1] + line for line in stub), source
    )
    return stubbed if found else "\n".join(stub)


def restore_plan(master, submission):
    """The Plan that marks `submission`: of it only the text of solution cells is taken, by name.

    What else the learner changed, added or deleted has no effect.
    """
    answers = _answers(submission)
    plan = Plan(by_hand=list_by_hand(master, submission))
    for cell in master["cells"]:
        if cell["cell_type"] != "code":
            continue
        marks, source = marks_of(cell), source_of(cell)
        if is_test(marks):
            test = {"name": marks["grade_id"], "source": source, "points": marks["points"]}
            plan.tests.append(test | {"visible": HIDDEN.sub("", source)})
        elif is_solution(marks):
            plan.cells.append((marks["grade_id"], answers.get(marks["grade_id"], "")))
            plan.answers.add(marks["grade_id"])
            plan.names.extend(_bound_names(source))
        else:
            plan.cells.append((marks["grade_id"] if marks else "", source))
            plan.setup.append(source if marks else _imports(source))
    return plan


def list_by_hand(master, submission):
    """What a person marks of `submission`, in the master's order (`Plan.by_hand`)."""
    answers = _answers(submission)
    return [
        {
            "name": marks["grade_id"],
            "max": marks["points"],
            "kind": cell["cell_type"],
            "source": answers.get(marks["grade_id"], ""),
            "guide": source_of(cell),
        }
        for cell in master["cells"]
        if is_by_hand(marks := marks_of(cell))
    ]


def _answers(submission):
    answers = {}
    cells = submission.get("cells") if isinstance(submission, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if not isinstance(marks, dict):
            continue
        name, source = marks.get("grade_id"), cell.get("source", "")
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if isinstance(name, str) and isinstance(source, str):
            answers.setdefault(name, source[:LONGEST_ANSWER])
    return answers


def _tree(source):
    """The syntax tree of a cell, notebook magics left out."""
    lines = source.splitlines()
    return ast.parse("\n".join("" if line.startswith(("%", "!")) else line for line in lines))


def _bound_names(source):
    """The names that a solution gives: only these may a test ask of the learner's process.

    Without this rule a test that forgot `import pandas as pd` would use the learner's `pd`.
    """
    names = []
    for statement in _tree(source).body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.append(name)
            case ast.ClassDef(name=name):
                names.append(name)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.For() | ast.With():
                names += [
                    node.id
                    for node in ast.walk(statement)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                ]
    return names


def _imports(source):
    statements = _tree(source).body
    return "\n".join(
        ast.unparse(s) for s in statements if isinstance(s, ast.Import | ast.ImportFrom)
    )
