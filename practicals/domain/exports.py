"""What goes out about attendance."""

from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from practicals.domain.attendance import current_notes, listed_bookings
from practicals.models import PracticalSession, SessionDay


def attendance_header(session: PracticalSession, days: list[SessionDay]) -> list[str]:
    zone = ZoneInfo(session.time_zone)
    return [
        _("Learner"),
        _("Organisation"),
        _("Run"),
        _("State"),
        *(timezone.localtime(day.starts_at, zone).date().isoformat() for day in days),
        _("Days present"),
    ]


def attendance_rows(session: PracticalSession, days: list[SessionDay]) -> list[list]:
    """A row for each person with a seat, read in full: the scope closes before an answer is streamed."""
    notes = current_notes(session)
    rows = []
    for booking in listed_bookings(session):
        of_days = [notes.get((booking.pk, day.pk)) for day in days]
        rows.append(
            [
                booking.enrolment.user.full_name,
                booking.enrolment.organisation.name,
                booking.enrolment.run.code,
                booking.get_state_display(),
                *(_in_words(note) for note in of_days),
                sum(bool(note and note.is_confirmed and note.is_present) for note in of_days),
            ]
        )
    return rows


def _in_words(note):
    if note is None:
        return ""
    if not note.is_confirmed:
        return _("to be confirmed")
    return (
        _("present (%(how)s)") % {"how": note.get_how_display()} if note.is_present else _("absent")
    )
