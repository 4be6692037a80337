"""QTI textEntryInteraction with a number: with a tolerance and units."""

from decimal import Decimal

from pydantic import Field

from assessments.interactions.shapes import AcceptedNumber, Body, Private, Shape, Text


class Unit(Shape):
    """A unit that may be chosen; `factor` turns a number in it into the unit of the answers."""

    symbol: Text
    factor: Private[Decimal] = Decimal(1)


class NumberBody(Body):
    """Value: {"number": as typed, "unit": a symbol or ""}. With units, a right number in a wrong unit loses `unit_penalty`."""

    unit: Text = ""  # printed behind the box where there is nothing to choose
    units: list[Unit] = Field(default=[], max_length=20)
    unit_penalty: Private[Decimal] = Field(default=Decimal(1), ge=0, le=1)
    answers: Private[list[AcceptedNumber]] = Field(min_length=1, max_length=50)
