"""Values of QTI's rules: base types, containers, declarations. QTI 2.2 information model, section 2 and 5."""

import math
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from assessments.interactions.processed.names import attribute, children, name_of

MAX_VALUES = 1_000  # in a container
MAX_TEXT = 20_000

QtiValue = Any  # None, bool, int, float, str, point, pair, directed pair, or a container of them


class UnsupportedRuleError(Exception):
    """A rule of QTI's that we do not run, or one beyond our limits."""


class Multiple(list):
    """A container without order."""


class Ordered(list):
    """A container with order."""


def container(values: list, cardinality: str) -> QtiValue:
    """Return values as their cardinality wants them; an empty container is NULL."""
    values = [value for value in values if value is not None][:MAX_VALUES]
    if not values:
        return None
    if cardinality == "multiple":
        return Multiple(values)
    if cardinality == "ordered":
        return Ordered(values)
    return values[0]


def listed(value: QtiValue) -> list:
    """Return the values of a container, or the one value, or none."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def cast(base: str, text: str | None) -> QtiValue:  # noqa: PLR0911  one for each kind
    """Return text as a value of a base type, or raise ValueError."""
    text = (text or "")[:MAX_TEXT]
    bare = text.strip()
    match base:
        case "integer":
            return int(_finite(bare)) if bare else None
        case "float":
            return _finite(bare) if bare else None
        case "duration":
            return _seconds(bare) if bare else None
        case "boolean":
            return bare.lower() in {"true", "1"}
        case "point":
            x, y = bare.replace(",", " ").split()
            return (_finite(x), _finite(y))
        case "pair":
            return frozenset(bare.split())
        case "directedPair" | "directed-pair":
            return tuple(bare.split())
        case "identifier":
            return bare
    return text


def _seconds(text: str) -> float:
    """Return a duration in seconds, whether written as 90 or as ISO 8601's PT1M30S."""
    iso = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", text)
    if iso is None:
        return _finite(text)
    days, hours, minutes, seconds = (float(part or 0) for part in iso.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def is_number(value: QtiValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def are_same(one: QtiValue, other: QtiValue) -> bool:
    """QTI's match: containers with all their values, in order if either is ordered."""
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return False
        if isinstance(one, Ordered) or isinstance(other, Ordered):
            return all(are_same(a, b) for a, b in zip(one, other, strict=True))
        return holds_all(one, other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def holds_all(container_: list, wanted: list) -> bool:
    """Whether each of `wanted` is in the container, as often as it is wanted."""
    left = list(container_)
    for value in wanted:
        for place, candidate in enumerate(left):
            if are_same(value, candidate):
                del left[place]
                break
        else:
            return False
    return True


def is_inside(shape: str, coords: str, point: tuple[float, float]) -> bool:
    """Whether a point lies in a shape; coordinates as in HTML's image maps."""
    numbers = [float(number) for number in re.split(r"[,\s]+", coords.strip()) if number]
    x, y = point
    match shape:
        case "default":
            return True
        case "rect":
            left, top, right, bottom = numbers[:4]
            return left <= x <= right and top <= y <= bottom
        case "circle":
            centre_x, centre_y, radius = numbers[:3]
            return math.hypot(x - centre_x, y - centre_y) <= radius
        case "ellipse":
            centre_x, centre_y, across, down = numbers[:4]
            return ((x - centre_x) / across) ** 2 + ((y - centre_y) / down) ** 2 <= 1
        case "poly":
            return _in_polygon(list(zip(numbers[::2], numbers[1::2], strict=False)), x, y)
    raise UnsupportedRuleError(f"shape {shape}")


def _in_polygon(corners: list[tuple[float, float]], x: float, y: float) -> bool:
    is_in = False
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            is_in = not is_in
    return is_in


@dataclass
class Declaration:
    """A variable of an item: of the response, the outcome or the template."""

    identifier: str
    cardinality: str
    base: str
    correct: QtiValue = None
    default: QtiValue = None
    mapping: etree._Element | None = None
    areas: etree._Element | None = None
    table: etree._Element | None = None

    @classmethod
    def read(cls, element: etree._Element) -> "Declaration":
        made = cls(
            attribute(element, "identifier"),
            attribute(element, "cardinality", "single"),
            attribute(element, "base-type"),
        )
        for child in children(element):
            match name_of(child):
                case "correct-response":
                    made.correct = made.values_of(child)
                case "default-value":
                    made.default = made.values_of(child)
                case "mapping":
                    made.mapping = child
                case "area-mapping":
                    made.areas = child
                case "match-table" | "interpolation-table":
                    made.table = child
        return made

    def values_of(self, element: etree._Element) -> QtiValue:
        values = [each for each in children(element) if name_of(each) == "value"]
        cast_values = [
            (each, cast(attribute(each, "base-type", self.base), each.text)) for each in values
        ]
        if self.cardinality == "record":
            return {
                attribute(each, "field-identifier"): value for each, value in cast_values
            } or None
        return container([value for _each, value in cast_values], self.cardinality)

    def response(self, raw: Any) -> QtiValue:
        """Return what a learner answered as a value; what is malformed counts as not answered."""
        if self.cardinality == "record" and isinstance(raw, dict):
            return raw or None
        values = []
        for each in raw if isinstance(raw, list | tuple) else [raw]:
            if isinstance(each, bool):
                text = str(each).lower()
            elif isinstance(each, list | tuple):
                text = " ".join(str(part) for part in each)
            elif isinstance(each, dict):
                text = f"{each.get('x')} {each.get('y')}"
            else:
                text = "" if each is None else str(each)
            if text == "":
                continue
            try:
                values.append(cast(self.base, text))
            except (ValueError, OverflowError):
                continue
        return container(values, self.cardinality)

    def converted(self, value: QtiValue) -> QtiValue:  # noqa: PLR0911  one for each kind
        """Return a value that a rule sets as this variable's base type and cardinality."""
        if value is None:
            return None
        if self.cardinality in {"multiple", "ordered"}:
            kind = Multiple if self.cardinality == "multiple" else Ordered
            return value if isinstance(value, kind) else kind(listed(value))
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if self.base == "float" and is_number(value):
            return float(value)
        if self.base == "integer" and isinstance(value, float) and value.is_integer():
            return int(value)
        if self.base in {"float", "integer"} and isinstance(value, str):
            try:
                return cast(self.base, value)
            except (ValueError, OverflowError):
                return None
        return value
