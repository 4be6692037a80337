"""Paper sheets: printed with numbered rows, signed in the room, typed in later by the numbers."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from lms.core.errors import Refused
from practicals.domain.attendance import LISTED, listed_bookings, record_attendance
from practicals.models import Booking, How, PaperSheet, PracticalSession, SessionDay

PART = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")  # noqa: RUF001  both dashes are typed


def parse_rows(text: str, last: int) -> set[int]:
    """The numbers that “1-4, 7 9” names, none above `last`. Raises ValueError with a sentence.

    Commas, semicolons and spaces part them.
    """
    tidy = re.sub(r"\s*[-–]\s*", "-", text.strip())  # noqa: RUF001  as above
    found: set[int] = set()
    for part in re.split(r"[\s,;]+", tidy):
        if not part:
            continue
        match = PART.fullmatch(part)
        if not match:
            raise ValueError(
                _("“%(part)s” is no row. Write rows as 1-4, 7, 9.") % {"part": part[:20]}
            )
        first, end = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= end <= last:
            raise ValueError(
                _("The sheet has rows 1 to %(last)s; “%(part)s” is not among them.")
                % {"last": last, "part": part}
            )
        found |= set(range(first, end + 1))
    return found


def format_rows(rows: set[int]) -> str:
    """The shortest text that `parse_rows` reads as `rows`."""
    spans: list[list[int]] = []
    for row in sorted(rows):
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)


@transaction.atomic
def make_sheet(session: PracticalSession, organisation, *, by) -> PaperSheet:
    """Fix the rows of a sheet: those who have a seat now, by name. Refuses an empty one."""
    bookings = list(listed_bookings(session).values_list("pk", flat=True))
    if not bookings:
        raise Refused(_("Nobody is booked yet, so there is nothing to print."), code="no_bookings")
    return PaperSheet.objects.create(
        organisation=organisation, session=session, bookings=bookings, by=by
    )


def sheet_rows(sheet: PaperSheet) -> list[tuple[int, Booking]]:
    """(number, booking) of each row, as printed."""
    found = Booking.objects.select_related(
        "enrolment__user", "enrolment__organisation", "enrolment__run", "session"
    ).in_bulk(sheet.bookings)
    return [(number, found[pk]) for number, pk in enumerate(sheet.bookings, start=1) if pk in found]


@transaction.atomic
def record_sheet(
    sheet: PaperSheet, day: SessionDay, present: set[int], *, others_absent: bool, by
) -> int:
    """Note the rows that signed on `day` as present and, if said so, all others as absent; how many were noted.

    The sheet is the reason of what it corrects. Who gave their seat up after the printing is not absent.
    """
    noted = 0
    reason = _("Paper sheet %(code)s") % {"code": sheet.code}
    for number, booking in sheet_rows(sheet):
        if number in present or (others_absent and booking.state in LISTED):
            record_attendance(
                booking, day, is_present=number in present, how=How.PAPER, by=by, reason=reason
            )
            noted += 1
    return noted
