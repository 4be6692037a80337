"""Staff pages: the sessions that an organisation meets, planning one, and who sits in it."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses.validators import validate_time_zone
from lms.core.permissions import demand
from lms.messaging.audiences import write_address
from practicals.audiences import BOOKED, WAITING
from practicals.domain import booking as booking_domain
from practicals.domain import sessions as sessions_domain
from practicals.domain.attendance import at_the_door, current_notes, let_in, listed_bookings
from practicals.forms import Days, NewSessionForm, ReasonForm, SessionForm
from practicals.models import Booking, BookingState, PracticalSession

PAGE_SIZE = 50
ON_LIST = [BookingState.BOOKED, BookingState.ATTENDED, BookingState.ABSENT]


def session_of(organisation, pk):
    """The session as staff of `organisation` meet it, or 404."""
    rows = PracticalSession.objects.seen_from(organisation)
    return get_object_or_404(
        rows.select_related("organisation", "run__course", "run__edition"), pk=pk
    )


def session_list(request, organisation):
    demand(request, "practicals.record_attendance", organisation)
    is_past = "past" in request.GET
    now = timezone.now()
    own = Q(bookings__enrolment__organisation__path__startswith=organisation.path)
    sessions = (
        PracticalSession.objects.seen_from(organisation)
        .filter(Q(ends_at__lte=now) if is_past else Q(ends_at__gt=now))
        .select_related("run", "organisation")
        .annotate(
            own=Count("bookings", filter=own & Q(bookings__state__in=ON_LIST)),
            waiting=Count("bookings", filter=own & Q(bookings__state=BookingState.WAITLISTED)),
        )
        .order_by("-starts_at" if is_past else "starts_at", "pk")
    )
    context = {
        "organisation": organisation,
        "page": Paginator(sessions, PAGE_SIZE).get_page(request.GET.get("page")),
        "is_past": is_past,
        "may_plan": request.user.has_perm("practicals.keep_sessions", organisation),
    }
    return render(request, "practicals/session_list.html", context)


def _zone_of(request, default):
    """The zone that the form's times are in: the one that is chosen in it, if that is one."""
    name = request.POST.get("time_zone", default)
    try:
        validate_time_zone(name)
    except ValidationError:
        return default
    return name


def session_new(request, organisation):
    demand(request, "practicals.keep_sessions", organisation)
    session = PracticalSession(organisation=organisation, time_zone=organisation.time_zone)
    practicals = sessions_domain.practicals_to_plan()
    return _plan(request, organisation, session, NewSessionForm, practicals=practicals)


def session_edit(request, organisation, pk):
    session = session_of(organisation, pk)
    demand(request, "practicals.keep_sessions", session.organisation)
    return _plan(request, organisation, session, SessionForm)


def _plan(request, organisation, session, form_class, **facts):
    zone = _zone_of(request, session.time_zone)
    data = request.POST if request.method == "POST" else None
    with timezone.override(ZoneInfo(zone)):
        form = form_class(data, instance=session, host=session.organisation, **facts)
        days = Days(data, prefix="days", initial=_known_days(session) if session.pk else None)
        if data is not None and form.is_valid() and days.is_valid():
            times = days.times(zone)
            if form.cleaned_data["days_needed"] > len(times):
                form.add_error("days_needed", _("The session has fewer days than that."))
            else:
                kept = _keep(form, times, by=request.user)
                messages.success(request, _("The session is kept."))
                return redirect("practicals:session", organisation.slug, kept.pk)
        context = {
            "organisation": organisation,
            "session": session,
            "form": form,
            "days": days,
            "no_practicals": facts.get("practicals") == [],
        }
        return render(request, "practicals/session_form.html", context)


def _known_days(session):
    """The session's days as their forms show them, in the zone that is open."""
    local = timezone.localtime
    return [
        {
            "day": day.pk,
            "on": local(day.starts_at).date(),
            "begins": local(day.starts_at).time(),
            "ends": local(day.ends_at).time(),
        }
        for day in session.days.all()
    ]


def _keep(form, times, *, by):
    session = form.save(commit=False)
    if session.pk is None:
        run, entry = form.chosen
        session.run, session.activity_key = run, entry["key"]
    sessions_domain.save_session(session, times, by=by)
    form.save_m2m()
    return session


def session_detail(request, organisation, pk):
    """Who is booked, who waits and who stands at the door, of the organisation's own people."""
    demand(request, "practicals.record_attendance", organisation)
    session = session_of(organisation, pk)
    bookings = listed_bookings(session)
    notes = current_notes(session)
    days = list(session.days.all())
    page = Paginator(bookings, PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = booking_domain.waiting_list(session).select_related(
        "enrolment__user", "enrolment__organisation"
    )
    context = {
        "organisation": organisation,
        "session": session,
        "days": days,
        "page": page,
        "rows": [(booking, [notes.get((booking.pk, day.pk)) for day in days]) for booking in page],
        "waiting": waiting[:PAGE_SIZE],
        "write_to_booked": write_address(
            request.user, organisation, BOOKED, {"session": session.pk}
        ),
        "write_to_waiting": write_address(
            request.user, organisation, WAITING, {"session": session.pk}
        ),
        "door": at_the_door(session)[:PAGE_SIZE],
        "sheets": session.sheets.all()[:5],
        "facilitators": session.facilitators.all(),
        "reason_form": ReasonForm(),
        "may_keep": request.user.has_perm("practicals.keep_sessions", session.organisation),
        "may_record": request.user.has_perm("practicals.record_attendance", session.organisation),
    }
    return render(request, "practicals/session_detail.html", context)


@require_POST
def session_cancel(request, organisation, pk):
    session = session_of(organisation, pk)
    demand(request, "practicals.keep_sessions", session.organisation)
    form = ReasonForm(request.POST)
    if form.is_valid():
        sessions_domain.cancel_session(session, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The session is cancelled, and those booked are told."))
    else:
        messages.error(request, _("Write the reason: those who are booked read it."))
    return redirect("practicals:session", organisation.slug, session.pk)


@require_POST
def session_release(request, organisation, pk):
    """Free the seats of those who did not come."""
    session = session_of(organisation, pk)
    demand(request, "practicals.record_attendance", session.organisation)
    released = sessions_domain.release_no_shows(session, by=request.user)
    messages.success(
        request,
        ngettext("%(count)s seat is free again.", "%(count)s seats are free again.", released)
        % {"count": released},
    )
    return redirect("practicals:session", organisation.slug, session.pk)


@require_POST
def booking_decide(request, organisation, pk):
    """Let in who stands at the door or waits, or end a booking with a reason."""
    rows = Booking.objects.select_related(
        "session__organisation", "enrolment__user", "enrolment__run__edition"
    )
    booking = get_object_or_404(rows, pk=pk)
    demand(request, "practicals.record_attendance", booking.session.organisation)
    if "let_in" in request.POST:
        let_in(booking, by=request.user)
        messages.success(request, _("%(person)s has a seat.") % {"person": booking.enrolment.user})
    else:
        form = ReasonForm(request.POST)
        if form.is_valid():
            booking_domain.cancel_booking(
                booking, by=request.user, reason=form.cleaned_data["reason"], is_by_staff=True
            )
            messages.success(request, _("The booking has ended, and the person is told."))
        else:
            messages.error(request, _("Write the reason: the person reads it."))
    return redirect("practicals:session", organisation.slug, booking.session_id)
