"""Staff pages of the day itself: the list, the screen, paper sheets, and what goes out afterwards."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from pydantic import ValidationError as Malformed
from wagtail.log_actions import log

from courses.models import Enrolment
from lms.core.exports import stream_csv, workbook
from lms.core.permissions import demand
from lms.messaging.audiences import write_address
from practicals.audiences import BOOKED
from practicals.domain import sheets
from practicals.domain.attendance import (
    DOORS_CLOSE,
    DOORS_OPEN,
    current_notes,
    has_opened,
    listed_bookings,
    note_arrival,
    record_attendance,
    record_ticks,
)
from practicals.domain.exports import attendance_header, attendance_rows
from practicals.domain.tokens import STEP_SECONDS, step_at, token_of
from practicals.forms import AttendanceForm, JoinForm, SheetForm, Ticks
from practicals.models import Booking, How, PaperSheet, SessionDay
from practicals.views.sessions import session_of

CODES_AT_ONCE = 90  # half an hour of them; drawing each takes some milliseconds


def day_of(request, organisation, pk):
    """The day of a session whose attendance the person may record, or 404 or 403."""
    day = get_object_or_404(SessionDay.objects.all(), pk=pk)
    day.session = session_of(organisation, day.session_id)
    demand(request, "practicals.record_attendance", day.session.organisation)
    return day


def _notes_of(day):
    notes = current_notes(day.session)
    return {booking: note for (booking, on), note in notes.items() if on == day.pk}


def _standing(note):
    if note is None:
        return ""
    if not note.is_confirmed:
        return "unconfirmed"
    return "present" if note.is_present else "absent"


def _counts(notes, listed):
    standing = [_standing(notes.get(booking.pk)) for booking in listed]
    return {
        "present": standing.count("present"),
        "absent": standing.count("absent"),
        "unconfirmed": standing.count("unconfirmed"),
        "open": standing.count(""),
    }


def day_list(request, organisation, day):
    """Everyone with a seat, present or absent. One form; a script keeps what is ticked without a line."""
    day = day_of(request, organisation, day)
    search = request.GET.get("q", "").replace("\0", "").strip()
    everyone = list(listed_bookings(day.session))
    words = search.casefold().split()
    shown = [
        booking
        for booking in everyone
        if all(word in str(booking.enrolment.user).casefold() for word in words)
    ]
    notes = _notes_of(day)
    data = request.POST if request.method == "POST" else None
    form = AttendanceForm(data, bookings=shown, notes=notes)
    if form.is_bound and form.is_valid():
        changes = list(form.changes())
        for booking, is_present in changes:
            record_attendance(
                booking,
                day,
                is_present=is_present,
                how=How.LIST,
                by=request.user,
                reason=form.cleaned_data["reason"],
            )
        messages.success(
            request,
            ngettext("%(count)s person is noted.", "%(count)s people are noted.", len(changes))
            % {"count": len(changes)},
        )
        return redirect(request.get_full_path())
    context = {
        "organisation": organisation,
        "session": day.session,
        "day": day,
        "days": day.session.days.all(),
        "rows": [
            (booking, notes.get(booking.pk), _standing(notes.get(booking.pk))) for booking in shown
        ],
        "counts": _counts(notes, everyone),
        "form": form,
        "search": search,
        "write_address": write_address(
            request.user, organisation, BOOKED, {"session": day.session_id, "search": search}
        ),
        "has_opened": has_opened(day, timezone.now()),
    }
    return render(request, "practicals/day_list.html", context)


@require_POST
def day_ticks(request, organisation, day):
    """What <lms-ticks> kept; it may come twice. Answers with what stands now."""
    day = day_of(request, organisation, day)
    try:
        ticks = Ticks.model_validate_json(request.body).ticks
    except Malformed:
        return JsonResponse({"code": "malformed", "status": 400}, status=400)
    listed = list(listed_bookings(day.session))
    received, refused = record_ticks(
        {booking.pk: booking for booking in listed},
        day,
        [tick.model_dump() for tick in ticks],
        by=request.user,
    )
    notes = _notes_of(day)
    return JsonResponse(
        {
            "received": received,
            "refused": refused,
            "standing": {booking.pk: _standing(notes.get(booking.pk)) for booking in listed},
            "counts": _counts(notes, listed),
        }
    )


def _link(day, step):
    path = reverse("practicals:check_in", args=[day.pk, token_of(day.pk, step)])
    return f"{settings.SITE_URL}{path}"


def _drawn(link):
    return segno.make(link, error="m", boost_error=False)


def _codes(day, first):
    """Codes of the steps from `first` on while the doors are open, each as rows of 0 and 1."""
    last = step_at(day.ends_at + DOORS_CLOSE)
    steps = range(first, min(first + CODES_AT_ONCE, last + 1))
    return {
        step: ["".join(map(str, row)) for row in _drawn(_link(day, step)).matrix] for step in steps
    }


@never_cache
def screen(request, organisation, day):
    """For the wall: a code that changes every 20 seconds. Without a script the page reloads itself."""
    day = day_of(request, organisation, day)
    now = timezone.now()
    if request.GET.get("from", "").isdecimal():
        first = max(int(request.GET["from"]), step_at(now))
        return JsonResponse({"now": now.timestamp(), "codes": _codes(day, first)})
    is_open = day.starts_at - DOORS_OPEN <= now <= day.ends_at + DOORS_CLOSE
    code = _drawn(_link(day, step_at(now))).svg_inline(scale=8, border=4, omitsize=True)
    context = {
        "organisation": organisation,
        "session": day.session,
        "day": day,
        "is_open": is_open,
        "opens_at": day.starts_at - DOORS_OPEN,
        "code": mark_safe(code),  # noqa: S308  drawn by segno from our own address
        "step_seconds": STEP_SECONDS,
        "last_step": step_at(day.ends_at + DOORS_CLOSE),
        "form": JoinForm(codes={}),
        "counts": _counts(_notes_of(day), listed_bookings(day.session)),
    }
    return render(request, "practicals/screen.html", context)


@require_POST
def screen_join(request, organisation, day):
    """Credit one who stands at the screen without a phone that can scan."""
    day = day_of(request, organisation, day)
    bookings = Booking.objects.filter(session=day.session).select_related("enrolment__user")
    form = JoinForm(request.POST, codes={row.code: row.enrolment.user for row in bookings})
    if not form.is_valid():
        messages.error(request, form.errors["typed"][0])
        return redirect("practicals:screen", organisation.slug, day.pk)
    person = form.cleaned_data["typed"]
    enrolment = (
        Enrolment.objects.live()
        .filter(user=person, run=day.session.run)
        .select_related("organisation", "run__edition", "user")
        .first()
    )
    if enrolment is None or not enrolment.organisation.path.startswith(
        day.session.organisation.path
    ):
        messages.error(request, _("This person does not take part in the run of this session."))
        return redirect("practicals:screen", organisation.slug, day.pk)
    note = note_arrival(enrolment, day, how=How.GROUP, by=request.user)
    messages.success(
        request,
        _("%(person)s is noted as present.") % {"person": person}
        if note.is_confirmed
        else _("%(person)s has no seat yet. Let them in on the page of the session.")
        % {"person": person},
    )
    return redirect("practicals:screen", organisation.slug, day.pk)


@require_POST
def sheet_make(request, organisation, pk):
    session = session_of(organisation, pk)
    demand(request, "practicals.record_attendance", session.organisation)
    made = sheets.make_sheet(session, organisation, by=request.user)
    return redirect("practicals:sheet", organisation.slug, made.code)


def _sheet_of(request, organisation, code):
    made = get_object_or_404(PaperSheet.objects.all(), code=code.upper())
    made.session = session_of(organisation, made.session_id)
    demand(request, "practicals.record_attendance", made.session.organisation)
    return made


def sheet(request, organisation, code):
    """For the printer: numbered names, and a box for each day's signature."""
    made = _sheet_of(request, organisation, code)
    context = {
        "organisation": organisation,
        "session": made.session,
        "sheet": made,
        "rows": sheets.sheet_rows(made),
        "days": made.session.days.all(),
    }
    return render(request, "practicals/sheet.html", context)


def sheet_type(request, organisation, code):
    """Typing a signed sheet in by its row numbers: first they are shown as names, then they are kept."""
    made = _sheet_of(request, organisation, code)
    rows = sheets.sheet_rows(made)
    data = request.POST if request.method == "POST" else None
    days = made.session.days.select_related("session")
    form = SheetForm(data, days=days, last_row=len(made.bookings))
    checked = None
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        if typed["is_checked"] and "back" not in request.POST:
            noted = sheets.record_sheet(
                made,
                typed["day"],
                typed["rows"],
                others_absent=typed["others_absent"],
                by=request.user,
            )
            messages.success(
                request,
                ngettext("%(count)s person is noted.", "%(count)s people are noted.", noted)
                % {"count": noted},
            )
            return redirect(request.path)
        if "back" not in request.POST:
            checked = [(number, booking, number in typed["rows"]) for number, booking in rows]
    context = {
        "organisation": organisation,
        "session": made.session,
        "sheet": made,
        "rows": rows,
        "form": form,
        "checked": checked,
    }
    return render(request, "practicals/sheet_type.html", context)


def export(request, organisation, pk):
    """Attendance of the organisation's own people, day by day."""
    demand(request, "practicals.record_attendance", organisation)
    session = session_of(organisation, pk)
    log(organisation, "reports.exported", user=request.user, data={"list": "attendance"})
    days = list(session.days.all())
    header, rows = attendance_header(session, days), attendance_rows(session, days)
    name = f"attendance-{slugify(session.title)}"
    if request.GET.get("format") == "xlsx":
        return workbook(name, {_("Attendance"): [header, *rows]})
    return stream_csv(name, header, rows)
