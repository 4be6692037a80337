"""Reading what an author brings: a master notebook and data files, with a sentence for each fault."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labs.grading.notebooks import (
    HIDDEN,
    MARKER,
    SCHEME,
    SOLUTION,
    NotebookError,
    is_test,
    marks_of,
    release_notebook,
    source_of,
)

LARGEST_NOTEBOOK = 4 << 20
LARGEST_FILE = 8 << 20
LARGEST_TOTAL = 20 << 20
MOST_FILES = 20
MOST_FAULTS = 30  # shown at once
MOST_POINTS = 10_000
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")

KIND_LABELS = {
    "solution": gettext_lazy("solution"),
    "test": gettext_lazy("test"),
    "hidden": gettext_lazy("test with a hidden part"),
    "by_hand": gettext_lazy("marked by hand"),
    "read_only": gettext_lazy("read-only"),
    "plain": gettext_lazy("plain"),
}


def kind_of(cell: dict) -> str:
    """What a cell is to the learner and to marking: a key of KIND_LABELS."""
    marks = cell.get("metadata", {}).get("nbgrader")
    if not isinstance(marks, dict):
        return "plain"
    if marks.get("grade") and marks.get("solution"):
        return "by_hand"
    if marks.get("solution"):
        return "solution"
    if marks.get("grade"):
        return "hidden" if HIDDEN.search(source_of(cell)) else "test"
    return "read_only" if marks.get("locked") else "plain"


@dataclass(frozen=True)
class CellView:
    number: int
    kind: str
    name: str
    points: float | None
    is_code: bool
    source: str

    @property
    def label(self) -> str:
        return KIND_LABELS[self.kind]


def list_cells(notebook: dict, kinds: dict[str, str] | None = None) -> list[CellView]:
    """The cells of a notebook for people; `kinds` by name, where the notebook hides its own."""
    cells = []
    for number, cell in enumerate(notebook["cells"], start=1):
        marks = cell.get("metadata", {}).get("nbgrader")
        marks = marks if isinstance(marks, dict) else {}
        name = str(marks.get("grade_id", ""))
        cells.append(
            CellView(
                number,
                (kinds or {}).get(name) or kind_of(cell),
                name,
                marks.get("points") if marks.get("grade") else None,
                cell["cell_type"] == "code",
                source_of(cell),
            )
        )
    return cells


def kinds_by_name(master: dict) -> dict[str, str]:
    return {cell.name: cell.kind for cell in list_cells(master) if cell.name}


def read_notebook(content: bytes) -> dict:
    """The notebook in `content`, or ValidationError with a sentence for each fault."""
    if len(content) > LARGEST_NOTEBOOK:
        raise ValidationError(
            _(
                "The notebook has %(size)s; at most %(limit)s are taken. Clear its outputs in "
                "JupyterLab, save it, and try again."
            )
            % {
                "size": filesizeformat(len(content)),
                "limit": filesizeformat(LARGEST_NOTEBOOK),
            }
        )
    notebook = _parsed(content)
    for cell in notebook["cells"]:
        cell["source"] = source_of(cell)
    faults = list(_faults(notebook))
    if not faults:
        try:
            release_notebook(notebook)
        except NotebookError as error:
            faults = [str(error)]
    if faults:
        raise ValidationError(faults[:MOST_FAULTS])
    return notebook


def _parsed(content: bytes) -> dict:
    # the schemas take a quarter of a second to load, and only authors need them
    from nbformat.validator import iter_validate

    try:
        notebook = json.loads(content)
        version = notebook["nbformat"], notebook.get("nbformat_minor", 0)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValidationError(
            _(
                "This is not a notebook. Choose the file that ends in .ipynb, as JupyterLab saves it."
            )
        ) from error
    if version[0] != 4:  # noqa: PLR2004 - the format that has been in use since 2015
        raise ValidationError(
            _(
                "The notebook is in format %(version)s; format 4 is needed. Open it in JupyterLab, "
                "save it, and try again."
            )
            % {"version": version[0]}
        )
    try:
        _name_cells(notebook)
        errors = list(iter_validate(notebook, version=4, version_minor=version[1]))
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValidationError(_not_in_format(None)) from error
    if errors:
        raise ValidationError([_not_in_format(error) for error in errors[:MOST_FAULTS]])
    if "\\u0000" in json.dumps(notebook):
        raise ValidationError(
            _("The notebook holds a null character, which cannot be kept. Remove it and try again.")
        )
    return notebook


def _name_cells(notebook: dict) -> None:
    """Give the cells ids that the format wants since 4.5 and that older tools leave out."""
    if notebook.get("nbformat_minor", 0) >= 5:  # noqa: PLR2004
        for number, cell in enumerate(notebook["cells"], start=1):
            cell.setdefault("id", f"cell-{number}")


def _not_in_format(error) -> str:
    path = list(error.relative_path) if error else []
    if len(path) > 1 and path[0] == "cells":
        where = _("Cell %(number)s") % {"number": path[1] + 1}
    else:
        where = _("The notebook")
    return _(
        "%(where)s does not follow the notebook format. Open the notebook in JupyterLab, save it, "
        "and try again."
    ) % {"where": where}


def _faults(notebook: dict) -> Iterator[str]:
    """A sentence for each thing that keeps `notebook` from being released and marked."""
    language = notebook["metadata"].get("kernelspec", {}).get("language", "python")
    if language != "python":
        yield _("The notebook is written in %(language)s. Labs run Python: change its kernel.") % {
            "language": language
        }
    names = Counter(str((marks_of(cell) or {}).get("grade_id")) for cell in notebook["cells"])
    for number, cell in enumerate(notebook["cells"], start=1):
        for fault in _faults_of_cell(cell, names):
            marks = cell["metadata"].get("nbgrader")
            name = marks.get("grade_id") if isinstance(marks, dict) else None
            yield (
                _("Cell %(number)s (%(name)s): %(fault)s")
                if name
                else _("Cell %(number)s: %(fault)s")
            ) % {"number": number, "name": name, "fault": fault}
    if not any(kind_of(cell) in {"test", "hidden", "by_hand"} for cell in notebook["cells"]):
        yield _(
            "The notebook has nothing that gives points. Mark at least one cell as a test "
            "(nbgrader's “Autograder tests”), and give it points."
        )


def _faults_of_cell(cell: dict, names: Counter) -> Iterator[str]:
    source, kind = source_of(cell), kind_of(cell)
    marks = cell["metadata"].get("nbgrader")
    if isinstance(marks, dict):
        yield from _faults_of_marks(cell, marks, kind, names)
    is_code = cell["cell_type"] == "code"
    if is_code and (line := _wrong_line(source)):
        yield _("line %(line)s is not valid Python. Correct it.") % {"line": line}
    if MARKER.search(SCHEME.sub("", HIDDEN.sub("", SOLUTION.sub("", source)))):
        yield _(
            "a BEGIN or END line has no partner, and learners would see what it was to hide. "
            "Write both “### BEGIN SOLUTION” and “### END SOLUTION” (or HIDDEN TESTS)."
        )
    if SOLUTION.search(source) and kind not in {"solution", "by_hand"}:
        yield _(
            "it holds a solution but is not marked as one, so learners would see it. Mark it as "
            "a solution (nbgrader's “Autograded answer”)."
        )
    if HIDDEN.search(source) and kind != "hidden":
        yield _(
            "it holds hidden tests but is not marked as a test, so learners would see them. "
            "Mark it as a test (nbgrader's “Autograder tests”)."
        )


def _faults_of_marks(cell: dict, marks: dict, kind: str, names: Counter) -> Iterator[str]:
    name = marks.get("grade_id")
    if not isinstance(name, str) or not GRADE_ID.fullmatch(name):
        yield _("it needs an ID (grade_id) of letters, digits, - and _. Give it one.")
    elif names[name] > 1:
        yield _("another cell has the same ID. Give each cell an ID of its own.")
    if marks.get("task"):
        yield _("tasks are not supported. Mark it by hand instead (“Manually graded answer”).")
        return
    if cell["cell_type"] != "code" and kind in {"solution", "test", "hidden"}:
        yield _("only code can be marked by machine. Mark it by hand (“Manually graded answer”).")
    is_marked = is_test(marks) or kind == "by_hand"
    if is_marked and not _is_worth_something(marks.get("points")):
        yield _("it needs points, a number above 0.")


def _is_worth_something(points: object) -> bool:
    if isinstance(points, bool) or not isinstance(points, int | float):
        return False
    return 0 < points < MOST_POINTS


def _wrong_line(source: str) -> int | None:
    """The number of the first line that Python cannot read, notebook magics left out."""
    lines = ["" if line.startswith(("%", "!")) else line for line in source.splitlines()]
    try:
        ast.parse("\n".join(lines))
    except SyntaxError as error:
        return error.lineno or 1
    except ValueError:
        return 1
    return None


def check_files(files: dict[str, bytes]) -> None:
    """Raise ValidationError with a sentence for each thing wrong with a lab's data `files`."""
    faults = []
    for name, content in sorted(files.items()):
        if not FILE_NAME.fullmatch(name) or ".." in name:
            faults.append(
                _(
                    "“%(name)s” is not a plain file name. Use letters, digits, dots, - and _ only, "
                    "and begin with a letter or digit."
                )
                % {"name": name}
            )
        elif name.endswith(".ipynb"):
            faults.append(
                _("“%(name)s” is a notebook. A lab has one: choose it as the notebook.")
                % {"name": name}
            )
        if len(content) > LARGEST_FILE:
            faults.append(
                _("“%(name)s” has %(size)s; a file may have at most %(limit)s. Make it smaller.")
                % {
                    "name": name,
                    "size": filesizeformat(len(content)),
                    "limit": filesizeformat(LARGEST_FILE),
                }
            )
    if len(files) > MOST_FILES:
        faults.append(
            _("These are %(count)s data files; a lab has at most %(limit)s. Leave some out.")
            % {"count": len(files), "limit": MOST_FILES}
        )
    if (total := sum(map(len, files.values()))) > LARGEST_TOTAL:
        faults.append(
            _("The data files have %(size)s together; at most %(limit)s are taken.")
            % {"size": filesizeformat(total), "limit": filesizeformat(LARGEST_TOTAL)}
        )
    if faults:
        raise ValidationError(faults)
