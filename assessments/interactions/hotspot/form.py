"""Areas to choose from a list, numbered on the picture; or cells of a grid laid over it."""

import math
from typing import Any

from django import forms
from django.utils.html import format_html

from assessments.interactions.fields import (
    AnswerField,
    AnswerWidget,
    at_most,
    clean_many,
    listed,
    not_offered,
)
from assessments.interactions.geometry import Grid, grid_of
from assessments.interactions.hotspot.body import HotspotBody
from assessments.interactions.hotspot.scoring import MAX_POINTS, points_of
from assessments.interactions.markup import picture, rich
from assessments.interactions.overlay import overlay
from assessments.interactions.reading import ids_of
from assessments.interactions.shapes import Value


class AreasWidget(AnswerWidget):
    template_name = "assessments/kinds/areas.html"

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        body = self.body
        chosen = ids_of(value, [area.id for area in body.areas])
        return {
            "picture": picture(body.picture),
            "overlay": overlay(body.picture, body.areas),
            "input_type": "radio" if body.max_choices == 1 else "checkbox",
            "options": [
                {
                    "value": area.id,
                    "id": f"{identifier}-{number}",
                    "text": format_html("{}. {}", number, rich(area.label))
                    if area.label
                    else number,
                    "is_chosen": area.id in chosen,
                }
                for number, area in enumerate(body.areas, start=1)
            ],
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        return listed(data, name)


class PointsWidget(AnswerWidget):
    """Cells are sent by their names, such as B4; what is no name stays, to be refused."""

    template_name = "assessments/kinds/points.html"

    def drawn(self, name: str, identifier: str, value: Value) -> dict[str, Any]:
        grid = grid_of(self.body.picture)
        chosen = {grid.cell(point) for point in points_of(value)}
        return {
            "picture": picture(self.body.picture),
            "input_type": "radio" if self.body.max_choices == 1 else "checkbox",
            "lines": [
                [
                    {
                        "value": grid.name(column, row),
                        "id": f"{identifier}-{grid.name(column, row)}",
                        "is_chosen": (column, row) in chosen,
                    }
                    for column in range(grid.columns)
                ]
                for row in range(grid.rows)
            ],
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Value:
        grid = grid_of(self.body.picture)
        centres = {grid.name(*cell): list(grid.centre(*cell)) for cell in grid.cells()}
        return [centres.get(sent, sent) for sent in listed(data, name)]


def _clean_points(grid: Grid, value: Value) -> list[list[float]]:
    if value in (None, "", []):
        return []
    points = points_of(value)
    fits = isinstance(value, list) and len(value) <= MAX_POINTS
    if not fits or not all(isinstance(each, list) for each in value):
        raise not_offered()
    inside = all(0 <= x <= grid.width and 0 <= y <= grid.height for x, y in points)
    if not inside or len(points) != len({tuple(map(str, each)) for each in value if each}):
        raise not_offered()
    return [[x, y] for x, y in points if math.isfinite(x)]


def field(body: HotspotBody, seed: str) -> forms.Field:
    most = at_most(body.max_choices)
    if body.areas:
        ids = [area.id for area in body.areas]
        return AnswerField(
            AreasWidget(body, seed), lambda value: clean_many(value, ids), help_text=most
        )
    grid = grid_of(body.picture)
    return AnswerField(
        PointsWidget(body, seed), lambda value: _clean_points(grid, value), help_text=most
    )
