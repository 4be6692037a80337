"""Where the marks of plots lie. Figures are text already, as SVG reads them, whatever language the page is in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assessments.statistics.irt import information

WIDTH, HEIGHT = 320, 200
LEFT, RIGHT, TOP, BOTTOM = 36, 8, 10, 30  # margins for the words of the axes
INNER_WIDTH, INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
ABILITIES = np.linspace(-3, 3, 61)


def _text(value: float) -> str:
    return f"{value:.1f}"


def across(share: float) -> str:
    """Where a share of the width lies."""
    return _text(LEFT + share * INNER_WIDTH)


def up(share: float) -> str:
    """Where a share of the height lies."""
    return _text(TOP + (1 - share) * INNER_HEIGHT)


@dataclass(frozen=True)
class Frame:
    """The axes of every plot."""

    width: str = str(WIDTH)
    height: str = str(HEIGHT)
    left: str = across(0)
    right: str = across(1)
    middle: str = across(0.5)
    top: str = up(1)
    bottom: str = up(0)
    below: str = str(HEIGHT - 14)
    lowest: str = str(HEIGHT - 2)
    beside: str = str(LEFT - 4)


FRAME = Frame()


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    count: int
    low: int
    high: int


@dataclass(frozen=True)
class Histogram:
    """Bars of counts between 0 and 100 per cent; `line` is where the pass mark stands, or empty."""

    bars: list[Bar]
    most: int
    line: str


def histogram(counts: Sequence[int], pass_mark: float | None) -> Histogram:
    most = max([*counts, 1])
    size = len(counts)
    bars = [
        Bar(
            across(place / size + 0.005),
            up(count / most),
            _text(INNER_WIDTH / size - 0.01 * INNER_WIDTH),
            _text(count / most * INNER_HEIGHT),
            count,
            round(100 * place / size),
            round(100 * (place + 1) / size),
        )
        for place, count in enumerate(counts)
    ]
    return Histogram(bars, most, "" if pass_mark is None else across(pass_mark / 100))


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    label: str
    is_odd: bool


@dataclass(frozen=True)
class Scatter:
    dots: list[Dot]
    zero: str


def scatter(rows: Sequence[tuple[str, float, float, bool]]) -> Scatter:
    """Dots of (label, facility 0…1, discrimination in per cent, is odd); the height goes from -100 to 100."""
    return Scatter(
        [
            Dot(across(min(1, max(0, facility))), up((discrimination + 100) / 200), label, is_odd)
            for label, facility, discrimination, is_odd in rows
        ],
        up(0.5),
    )


@dataclass(frozen=True)
class Curve:
    """A line through `points`; `rows` are some of them, (across, up), for a table. `most` is its height, `at` where."""

    points: str
    rows: list[tuple[float, float]]
    most: float
    at: float


def information_curve(a: Sequence[float], b: Sequence[float]) -> Curve:
    """What questions tell together, over abilities from -3 to 3."""
    told = information(ABILITIES, a, b).sum(axis=1)
    most = float(told.max())
    points = " ".join(
        f"{across((theta + 3) / 6)},{up(value / most)}"
        for theta, value in zip(ABILITIES, told, strict=True)
    )
    rows = [(float(ABILITIES[place]), float(told[place])) for place in range(0, 61, 10)]
    return Curve(points, rows, most, float(ABILITIES[told.argmax()]))


def fifths_curve(shares: Sequence[float | None]) -> str:
    """The points of a line through the shares of each fifth, weakest first."""
    return " ".join(
        f"{across((place + 0.5) / len(shares))},{up(min(1, max(0, share)))}"
        for place, share in enumerate(shares)
        if share is not None
    )
