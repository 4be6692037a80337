"""A lab's tasks: what learners answer and what checks it, in the notebook's order. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from labs.grading.notebooks import source_of
from labs.messages import title


@dataclass
class Task:
    """Cells that the learner fills and the checks that follow them; one marked by hand is both."""

    name: str
    cells: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    is_by_hand: bool = False

    @property
    def title(self) -> str:
        return title({"name": self.name})


def marks_in(cell: Mapping) -> dict:
    """What nbgrader's metadata says of a cell of either kind."""
    marks = cell["metadata"].get("nbgrader")
    return marks if isinstance(marks, dict) else {}


def tasks_of(notebook: Mapping) -> list[Task]:
    """The tasks of a release or master. A test belongs to the answers before it."""
    tasks: list[Task] = []
    current = None
    for cell in notebook["cells"]:
        marks = marks_in(cell)
        name = str(marks.get("grade_id", ""))
        if marks.get("solution") and marks.get("grade"):
            tasks.append(Task(name, [name], [name], is_by_hand=True))
        elif marks.get("solution"):
            if current is None or current.checks:
                current = Task(name)
                tasks.append(current)
            current.cells.append(name)
        elif marks.get("grade"):
            if current is None:
                current = Task(name)
                tasks.append(current)
            current.checks.append(name)
    return tasks


def answers_in(notebook: Mapping) -> dict[str, str]:
    """The text of each named cell; of two with one name the first, as in marking."""
    answers: dict[str, str] = {}
    for cell in notebook["cells"]:
        if name := marks_in(cell).get("grade_id"):
            answers.setdefault(name, source_of(cell))
    return answers


def answer_cells(notebook: Mapping) -> dict[str, dict]:
    """{name: cell} of what learners fill."""
    return {
        marks_in(cell)["grade_id"]: cell
        for cell in notebook["cells"]
        if marks_in(cell).get("solution")
    }


def hand_cells(notebook: Mapping) -> dict[str, dict]:
    """{name: cell} of what people mark."""
    cells = answer_cells(notebook)
    return {name: cell for name, cell in cells.items() if marks_in(cell).get("grade")}


def digests_of(released: Mapping, notebook: Mapping) -> dict[str, str]:
    """{task: digest of its answers} of those tasks whose answers are not the stubs of the release."""
    stubs, answers = answers_in(released), answers_in(notebook)
    digests = {}
    for task in tasks_of(released):
        texts = [_plain(answers.get(name, stubs[name])) for name in task.cells]
        if texts != [_plain(stubs[name]) for name in task.cells]:
            digests[task.name] = sha256("\0".join(texts).encode()).hexdigest()
    return digests


def _plain(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())
