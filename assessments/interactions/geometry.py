"""Points and regions of a picture, in its own pixels, and the grid by which points are chosen without a mouse."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assessments.interactions.shapes import Picture, Region

Point = tuple[float, float]
CELLS_ALONG = 12  # of the longer side: 27 pixels or more on a phone
LETTERS = "ABCDEFGHIJKL"


def _in_polygon(points: Sequence[Point], x: float, y: float) -> bool:
    """Even-odd: a point is inside where a ray from it crosses the outline an odd number of times."""
    is_inside = False
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            is_inside = not is_inside
    return is_inside


def corners(region: Region) -> list[Point]:
    """The corners of a rectangle or polygon."""
    coords = region.coords
    if region.shape == "rect":
        x1, y1, x2, y2 = coords
        return [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]
    return list(zip(coords[::2], coords[1::2], strict=True))


def middle(region: Region) -> Point:
    """A point in the middle of `region`; inside it, unless it is bent."""
    if region.shape == "circle":
        return region.coords[0], region.coords[1]
    points = corners(region)
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def contains(region: Region, point: Point) -> bool:
    x, y = point
    if region.shape == "circle":
        across, down, radius = region.coords
        return math.hypot(x - across, y - down) <= abs(radius)
    if region.shape == "rect":
        x1, y1, x2, y2 = region.coords
        return min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
    return _in_polygon(corners(region), x, y)


@dataclass(frozen=True)
class Grid:
    """Cells over a picture, named A1, B1, … across and down."""

    columns: int
    rows: int
    width: int
    height: int

    def centre(self, column: int, row: int) -> Point:
        return (
            round((column + 0.5) * self.width / self.columns, 1),
            round((row + 0.5) * self.height / self.rows, 1),
        )

    def cell(self, point: Point) -> tuple[int, int]:
        """The column and row of the cell that holds `point`; the nearest where it lies outside."""
        return (
            max(0, min(self.columns - 1, int(point[0] * self.columns / self.width))),
            max(0, min(self.rows - 1, int(point[1] * self.rows / self.height))),
        )

    def name(self, column: int, row: int) -> str:
        return f"{LETTERS[column]}{row + 1}"

    def cells(self) -> list[tuple[int, int]]:
        return [(column, row) for row in range(self.rows) for column in range(self.columns)]


def grid_of(picture: Picture) -> Grid:
    longer = max(picture.width, picture.height)
    columns = max(1, round(CELLS_ALONG * picture.width / longer))
    rows = max(1, round(CELLS_ALONG * picture.height / longer))
    return Grid(columns, rows, picture.width, picture.height)


def is_hit(region: Region, point: Point, grid: Grid) -> bool:
    """Whether `point` lies in `region`, or is the centre of the cell that holds its middle.

    The second lets a target be hit that is too small for the centre of any cell to lie in it.
    """
    return contains(region, point) or point == grid.centre(*grid.cell(middle(region)))
