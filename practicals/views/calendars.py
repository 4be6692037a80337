"""Calendars: the file of one booking, and the private feed with its address."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.views.lessons import own_enrolment
from practicals.domain.calendars import (
    booking_events,
    change_address,
    feed_of,
    own_calendar,
    write_calendar,
)
from practicals.models import Booking, CalendarFeed

CALENDAR = "text/calendar; charset=utf-8"


def booking_file(request, pk, key):
    """The learner's newest seat in the practical, as a file for their calendar."""
    booking = (
        Booking.objects.filter(
            enrolment=own_enrolment(request, pk), activity_key=key, booked_at__isnull=False
        )
        .select_related("session")
        .order_by("-pk")
        .first()
    )
    if booking is None:
        raise Http404
    return HttpResponse(
        write_calendar(booking_events(booking)),
        content_type=CALENDAR,
        headers={"Content-Disposition": 'attachment; filename="practical.ics"'},
    )


def feed_address(request):
    """The private address of one's calendar; a new one takes the place of one that others got to know."""
    found = feed_of(request.user)
    if request.method == "POST":
        change_address(found)
        messages.success(request, _("Your calendar has a new address. The old one is empty now."))
        return redirect("practicals:feed_address")
    address = f"{settings.SITE_URL}{reverse('practicals:feed', args=[found.token])}"
    return render(request, "practicals/feed_address.html", {"address": address})


def feed(request, token):
    """Read by calendars, which cannot sign in: the address is the key."""
    rows = CalendarFeed.objects.select_related("user").filter(user__is_active=True)
    found = get_object_or_404(rows, token=token)
    return HttpResponse(
        own_calendar(found),
        content_type=CALENDAR,
        headers={"Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"},
    )
