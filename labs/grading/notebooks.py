"""Notebooks in nbgrader's format: the released copy, and the learner's answers put into the master.

Cells are told apart by `metadata.nbgrader`: a solution cell is the learner's to fill, a graded cell
holds tests worth points, a locked one runs as it is.
"""

import ast
import copy
import re
from dataclasses import dataclass, field

LONGEST_ANSWER = 64 << 10
STUB = ("# Write your code here", "raise NotImplementedError()")

SOLUTION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION[^\n]*\n.*?^[ \t]*### END SOLUTION[^\n]*$",
    re.DOTALL | re.MULTILINE,
)
HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS[^\n]*\n.*?^[ \t]*### END HIDDEN TESTS[^\n]*\n?",
    re.DOTALL | re.MULTILINE,
)
MARKER = re.compile(r"^[ \t]*### (BEGIN|END) ", re.MULTILINE)


class NotebookError(ValueError):
    """A master notebook that cannot be released; says which cell and why."""


@dataclass(frozen=True)
class Plan:
    """What marking runs: cells for the learner's process, setup and tests for the judge's."""

    cells: list[tuple[str, str]] = field(default_factory=list)
    setup: list[str] = field(default_factory=list)
    tests: list[dict] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def marks_of(cell):
    """What nbgrader's metadata says of a code cell; None if it says nothing."""
    marks = cell.get("metadata", {}).get("nbgrader")
    return marks if cell.get("cell_type") == "code" and isinstance(marks, dict) else None


def source_of(cell):
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def is_test(marks):
    return bool(marks and marks.get("grade") and not marks.get("solution"))


def check_master(master):
    """Raise NotebookError unless `master` can be released and marked by machine."""
    seen = set()
    for cell in master["cells"]:
        marks = marks_of(cell)
        if not marks:
            continue
        name = marks.get("grade_id")
        if not name or name in seen:
            raise NotebookError(f"Cell {name!r}: each grade_id must be there, and once only.")
        seen.add(name)
        if marks.get("grade") and marks.get("solution"):
            raise NotebookError(f"Cell {name!r}: a solution marked by hand is not supported.")
        if is_test(marks) and not marks.get("points", 0) > 0:
            raise NotebookError(f"Cell {name!r}: a test needs points.")
        _check_markers(name, source_of(cell))
    if not any(is_test(marks_of(cell)) for cell in master["cells"]):
        raise NotebookError("The notebook has no test that gives points.")


def _check_markers(name, source):
    """A marker without its partner would show learners what was to be hidden."""
    if MARKER.search(HIDDEN.sub("", SOLUTION.sub("", source))):
        raise NotebookError(f"Cell {name!r}: a BEGIN or END marker has no partner.")


def release_notebook(master):
    """The learner's copy of `master`: no solutions, no hidden tests, no outputs."""
    check_master(master)
    released = copy.deepcopy(master)
    for cell in released["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
        marks = marks_of(cell)
        if marks and marks.get("solution"):
            cell["source"] = _stubbed(source_of(cell))
        elif is_test(marks):
            cell["source"] = HIDDEN.sub("", source_of(cell)).rstrip()
    return released


def _stubbed(source):
    stubbed, found = SOLUTION.subn(
        lambda match: "\n".join(match[1] + line for line in STUB), source
    )
    return stubbed if found else "\n".join(STUB)


def restore_plan(master, submission):
    """The Plan that marks `submission`: of it only the text of solution cells is taken, by name.

    What else the learner changed, added or deleted has no effect.
    """
    answers = _answers(submission)
    plan = Plan()
    for cell in master["cells"]:
        if cell["cell_type"] != "code":
            continue
        marks, source = marks_of(cell), source_of(cell)
        if is_test(marks):
            test = {"name": marks["grade_id"], "source": source, "points": marks["points"]}
            plan.tests.append(test | {"visible": HIDDEN.sub("", source)})
        elif marks and marks.get("solution"):
            plan.cells.append((marks["grade_id"], answers.get(marks["grade_id"], "")))
            plan.names.extend(_bound_names(source))
        else:
            plan.cells.append((marks["grade_id"] if marks else "", source))
            plan.setup.append(source if marks else _imports(source))
    return plan


def _answers(submission):
    answers = {}
    cells = submission.get("cells") if isinstance(submission, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if not isinstance(marks, dict) or cell.get("cell_type") != "code":
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
