"""QTI textEntryInteraction with a number: with a tolerance and units."""

from decimal import Decimal

from pydantic import Field, model_validator

from assessments.interactions.shapes import AcceptedNumber, Body, Private, Shape, Text


class Unit(Shape):
    """A unit that may be chosen; `factor` turns a number in it into the unit of the answers."""

    symbol: Text
    factor: Private[Decimal] = Field(default=Decimal(1), gt=0, max_digits=40)


class NumberBody(Body):
    """Value: {"number": as typed, "unit": a symbol or ""}. With units, a right number in a wrong unit loses `unit_penalty`.

    The first of `answers` that fits counts.
    """

    unit: Text = ""  # printed behind the box where there is nothing to choose
    units: list[Unit] = Field(default=[], max_length=20)
    unit_penalty: Private[Decimal] = Field(default=Decimal(1), ge=0, le=1)
    answers: Private[list[AcceptedNumber]] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _has_right_answer(self):
        if max(answer.mark for answer in self.answers) <= 0:
            raise ValueError("no answer is right")
        return self

    @model_validator(mode="after")
    def _units_measure_the_answer(self):
        if self.units and Decimal(1) not in [unit.factor for unit in self.units]:
            raise ValueError("one unit needs the factor 1: that of the answers")
        if len({unit.symbol for unit in self.units}) < len(self.units):
            raise ValueError("two units are written alike")
        return self
