"""Seats of a run, who is nominated for them, and by what they are chosen."""

from admissions.models.nominations import Nomination, SelectionCriteria
from admissions.models.seats import SeatAllocation

__all__ = ["Nomination", "SeatAllocation", "SelectionCriteria"]
