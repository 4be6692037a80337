"""Bookings: a learner's seat in a session or their place in the line for one; and the calendar's address."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.organisations.roles import organisations_where
from lms.organisations.scoping import Record, scoped
from practicals.needs import Need, validate_needs

CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # nothing that reads like something else


class BookingState(models.TextChoices):
    REQUESTED = "requested", _("came without a booking")
    WAITLISTED = "waitlisted", _("on the waiting list")
    BOOKED = "booked", _("booked")
    ATTENDED = "attended", _("attended")
    ABSENT = "absent", _("absent")
    CANCELLED = "cancelled", _("cancelled")


OPEN = [BookingState.REQUESTED, BookingState.WAITLISTED, BookingState.BOOKED]
WITHOUT_SEAT = [BookingState.REQUESTED, BookingState.WAITLISTED, BookingState.CANCELLED]


def new_code():
    return "".join(secrets.choice(CODE_LETTERS) for _letter in range(6))


class BookingQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OPEN)

    def listed(self):
        """Those whose attendance is taken."""
        return self.filter(
            state__in=[BookingState.BOOKED, BookingState.ATTENDED, BookingState.ABSENT]
        )

    def visible_to(self, user):
        served = organisations_where(user, "practicals.record_attendance").values("pk")
        return self.filter(Q(enrolment__user=user) | Q(enrolment__organisation__in=served))


class Booking(Record):
    """A learner in a session. `holds_seat` is counted in the session's `taken`."""

    State = BookingState
    TRANSITIONS = {
        State.REQUESTED: {State.BOOKED, State.CANCELLED},
        State.WAITLISTED: {State.BOOKED, State.CANCELLED},
        State.BOOKED: {State.ATTENDED, State.ABSENT, State.CANCELLED},
        State.ATTENDED: {State.BOOKED, State.ABSENT},
        State.ABSENT: {State.ATTENDED, State.REQUESTED},
        State.CANCELLED: set(),
    }

    enrolment = models.ForeignKey("courses.Enrolment", models.PROTECT, related_name="bookings")
    session = models.ForeignKey(
        "practicals.PracticalSession", models.PROTECT, related_name="bookings"
    )
    activity_key = models.UUIDField(help_text="The session's, so that the database can compare")
    state = models.CharField(_("state"), max_length=16, choices=BookingState)
    holds_seat = models.BooleanField(default=False)
    code = models.CharField(
        _("code"), max_length=6, unique=True, default=new_code, help_text="Typed at a screen"
    )
    created_at = models.DateTimeField(default=timezone.now)
    booked_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    needs = models.JSONField(
        _("what you need to take part"), default=list, blank=True, validators=[validate_needs]
    )
    needs_note = models.CharField(_("say what to arrange"), max_length=300, blank=True)
    travel_acknowledged_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reminded_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many hours before the start the last reminder was for"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)

    objects = scoped("enrolment__organisation", BookingQuerySet)

    class Meta:
        verbose_name = _("booking")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["session", "state"], name="booking_session_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity_key"],
                condition=Q(state__in=OPEN),
                name="booking_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=BookingState.BOOKED) | Q(holds_seat=True),
                name="booking_booked_has_seat",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WITHOUT_SEAT) | Q(holds_seat=False),
                name="booking_waiting_has_no_seat",
            ),
        ]

    def __str__(self):
        return f"booking {self.pk}"

    @property
    def organisation_id(self):
        return self.enrolment.organisation_id

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def need_labels(self):
        return [Need(need).label for need in self.needs]


def new_token():
    return secrets.token_urlsafe(24)


class CalendarFeed(models.Model):
    """The private address of a person's calendar. Who knows it reads it, so it can be changed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed"
    )
    token = models.CharField(max_length=64, unique=True, default=new_token)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("calendar feed")

    def __str__(self):
        return f"calendar feed {self.pk}"
