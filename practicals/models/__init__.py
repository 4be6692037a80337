"""Practicals as authored, their sessions, who is booked, and who was there."""

from practicals.models.attendance import Attendance, How, PaperSheet
from practicals.models.bookings import Booking, BookingState, CalendarFeed
from practicals.models.pages import OpensAfter, PracticalPage
from practicals.models.sessions import PracticalSession, SessionDay

__all__ = [
    "Attendance",
    "Booking",
    "BookingState",
    "CalendarFeed",
    "How",
    "OpensAfter",
    "PaperSheet",
    "PracticalPage",
    "PracticalSession",
    "SessionDay",
]
