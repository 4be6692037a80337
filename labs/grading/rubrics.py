"""How a cell is marked by hand: the rubric in its metadata, beside nbgrader's own.

`"umahiri": {"rubric": [{"title": "Reasons", "levels": [{"title": "none", "points": 0}, ...]}]}`
"""

from dataclasses import dataclass
from decimal import Decimal

from labs.grading.notebooks import NotebookError

FEWEST_LEVELS = 2


@dataclass(frozen=True)
class Level:
    title: str
    points: Decimal


@dataclass(frozen=True)
class Criterion:
    title: str
    levels: list[Level]

    @property
    def most(self):
        return max(level.points for level in self.levels)


def read_rubric(cell):
    """The criteria of a cell, none if it has no rubric; NotebookError if it is none to mark by.

    The best levels of all criteria together are worth what the cell is.
    """
    metadata = cell["metadata"]
    written = metadata.get("umahiri", {}).get("rubric", [])
    if not written:
        return []
    marks = metadata["nbgrader"]
    name = marks["grade_id"]
    try:
        criteria = [
            Criterion(
                str(each["title"]),
                [Level(str(level["title"]), _points(level["points"])) for level in each["levels"]],
            )
            for each in written
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise NotebookError(
            f"Cell {name!r}: its rubric needs criteria with a title and levels, and levels with a "
            "title and points."
        ) from error
    if any(len(criterion.levels) < FEWEST_LEVELS for criterion in criteria):
        raise NotebookError(f"Cell {name!r}: each criterion needs two levels or more.")
    most = sum(criterion.most for criterion in criteria)
    if most != Decimal(str(marks["points"])):
        raise NotebookError(
            f"Cell {name!r}: the best levels of its rubric bring {most} points, but the cell is "
            f"worth {marks['points']}."
        )
    return criteria


def _points(number):
    points = Decimal(str(number)) if isinstance(number, int | float) else Decimal(-1)
    if not points.is_finite() or points < 0:
        raise ValueError(number)
    return points


def check_rubrics(master):
    """Raise NotebookError unless each rubric in `master` can be marked by."""
    for cell in master["cells"]:
        marks = cell["metadata"].get("nbgrader") or {}
        if marks.get("grade") and marks.get("solution"):
            read_rubric(cell)
