"""Pages of learners: the practical with its sessions and one's own seat, and checking in."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from courses.domain.progress import visit_activity
from courses.models import Enrolment
from courses.views.lessons import activity_context
from practicals.domain import attendance as attendance_domain
from practicals.domain.booking import (
    book,
    cancel_booking,
    comes_first,
    current_booking,
    practical_of,
    sessions_for,
    shows_joining,
    waiting_position,
)
from practicals.domain.tokens import is_fresh, read_token
from practicals.forms import BookingForm, ClaimForm
from practicals.models import BookingState, SessionDay

SCAN = "practicals.scan"  # a code met before its owner had signed in
SCAN_KEPT = timedelta(minutes=30)


def practical(request, enrolment, entry):
    """The practical's own page: what it is, one's seat, and the sessions to choose from."""
    page = practical_of(enrolment, entry["key"], get_language())
    booking = current_booking(enrolment, entry["key"])
    if request.method == "POST" and "cancel" in request.POST and booking:
        cancel_booking(booking, by=request.user)
        messages.success(request, _("You gave up your place. Somebody else can have it."))
        return redirect(request.path)
    sessions = sessions_for(enrolment, entry["key"])
    form = BookingForm(
        request.POST if request.method == "POST" else None,
        sessions=sessions,
        travel_note=page.travel_note,
    )
    if form.is_bound and form.is_valid():
        booking = book(enrolment, form.cleaned_data["session"], **form.facts, by=request.user)
        is_booked = booking.state == BookingState.BOOKED
        messages.success(
            request,
            _("The seat is yours.") if is_booked else _("You are on the waiting list."),
        )
        return redirect(request.path)
    visit_activity(enrolment, entry["key"])
    is_free = booking is None or booking.state == BookingState.ABSENT
    context = activity_context(enrolment, entry)
    context |= {
        "practical": page,
        "booking": booking,
        "days": booking.session.days.all() if booking else [],
        "shows_joining": booking is not None
        and booking.state == BookingState.BOOKED
        and shows_joining(booking.session),
        "position": waiting_position(booking)
        if booking and booking.state == BookingState.WAITLISTED
        else None,
        "comes_first": comes_first(context["outline"], entry["key"], page) if is_free else [],
        "sessions": sessions if is_free else [],
        "form": form,
        "now": timezone.now(),
    }
    return render(request, "practicals/practical_detail.html", context)


def _keep_scan(request, day, token):
    """Remember that this browser met the code while it was fresh: signing in takes longer than that."""
    step = read_token(day, token)
    if step is not None and is_fresh(step, timezone.now()):
        request.session[SCAN] = {"path": request.path, "at": timezone.now().isoformat()}


def _kept_scan(request):
    scan = request.session.get(SCAN)
    if not scan or scan["path"] != request.path:
        return None
    seen_at = parse_datetime(scan["at"])
    return seen_at if timezone.now() - seen_at < SCAN_KEPT else None


@never_cache
def check_in(request, day, token):
    """Where a scanned code leads. A phone that had no line posts it later, with the time of its own clock."""
    if not request.user.is_authenticated:
        _keep_scan(request, day, token)
        return redirect_to_login(request.get_full_path())
    rows = SessionDay.objects.select_related("session__organisation", "session__run")
    day = get_object_or_404(rows, pk=day)
    enrolment = _own_enrolment_in(request, day.session)
    claim = ClaimForm(request.POST)
    note = attendance_domain.check_in(
        enrolment,
        day,
        token,
        seen_at=_kept_scan(request),
        claimed_at=claim.cleaned_data["at"] if claim.is_valid() else None,
        by=request.user,
    )
    is_at_door = note.booking.state in {BookingState.REQUESTED, BookingState.WAITLISTED}
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"title": _("Received. The facilitator confirms it.")})
    context = {"note": note, "day": day, "enrolment": enrolment, "is_at_door": is_at_door}
    return render(request, "practicals/checked_in.html", context)


def _own_enrolment_in(request, session):
    enrolment = (
        Enrolment.objects.live()
        .filter(user=request.user, run=session.run)
        .select_related("organisation", "run__edition", "user")
        .first()
    )
    if enrolment is None or not enrolment.organisation.path.startswith(session.organisation.path):
        raise Http404
    return enrolment


@ensure_csrf_cookie
def check_in_offline(request):
    """Kept on the phone, and shown in place of a code's page when there is no line; it sends the code later."""
    return render(request, "practicals/check_in_offline.html")
