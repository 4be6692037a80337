"""Sessions: when and where a practical of a run takes place, and how many seats it has."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.validators import validate_time_zone


class PracticalSessionQuerySet(models.QuerySet):
    def open_to(self, organisation):
        """Those in which people of `organisation` may sit: it, or one above it, is the host."""
        return self.alias(of=Value(organisation.path, output_field=models.CharField())).filter(
            of__startswith=F("organisation__path")
        )

    def seen_from(self, organisation):
        """Those that staff of `organisation` meet: hosted at it, above it or below it."""
        return self.alias(of=Value(organisation.path, output_field=models.CharField())).filter(
            Q(of__startswith=F("organisation__path"))
            | Q(organisation__path__startswith=organisation.path)
        )

    def standing(self):
        return self.filter(cancelled_at__isnull=True)


class PracticalSession(models.Model):
    """A session of a run's practical. Like the run it is shared; its bookings are not.

    Its host is one organisation, and only people of the host and of what is below it may book: so the host's own
    staff see everyone who sits in it, and nobody else does. `taken` counts the seats that bookings hold. It is
    moved in the transaction that moves a booking, and the database refuses one more than there are.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="practical_sessions"
    )
    run = models.ForeignKey("courses.CourseRun", models.PROTECT, related_name="practical_sessions")
    activity_key = models.UUIDField()
    title = models.CharField(
        _("title"), max_length=120, help_text=_("As Nairobi, first week of June.")
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Africa/Nairobi", validators=[validate_time_zone]
    )
    starts_at = models.DateTimeField(editable=False, help_text="The first day's start")
    ends_at = models.DateTimeField(editable=False, help_text="The last day's end")
    venue = models.CharField(
        _("place"), max_length=200, help_text=_("Everyone sees it. Write “Online” if it is.")
    )
    address = models.CharField(
        _("address and room"), max_length=300, blank=True, help_text=_("For those booked.")
    )
    map_link = models.URLField(_("link to a map"), blank=True)
    joining_link = models.URLField(
        _("link to join online"),
        blank=True,
        help_text=_("For those booked; it never goes into a calendar."),
    )
    joining_note = models.TextField(
        _("how to join"), blank=True, help_text=_("Gate, contact, password of the meeting.")
    )
    is_joining_shown_at_once = models.BooleanField(
        _("show how to join at once"),
        default=True,
        help_text=_("Else from 24 hours before it starts."),
    )
    days_needed = models.PositiveSmallIntegerField(
        _("days needed"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("On how many of its days a person must be there to complete the practical."),
    )
    capacity = models.PositiveIntegerField(_("seats"), validators=[MinValueValidator(1)])
    taken = models.PositiveIntegerField(default=0, editable=False)
    opens_at = models.DateTimeField(_("booking opens"), default=timezone.now)
    closes_at = models.DateTimeField(_("booking closes"))
    cancel_until = models.DateTimeField(_("learners may cancel until"))
    facilitators = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("facilitators"),
        blank=True,
        related_name="practical_sessions",
    )
    is_group = models.BooleanField(
        _("one screen for a group"),
        default=False,
        help_text=_(
            "Who joins at the facilitator's screen gets a free seat and is credited at once."
        ),
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    objects = PracticalSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("practical session")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["run", "activity_key", "starts_at"], name="session_of_activity"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="session_not_oversold"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_times_in_order"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="session_booking_in_order"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def seats_left(self):
        return self.capacity - self.taken

    @property
    def is_over(self):
        return self.ends_at <= timezone.now()

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def is_cancellable(self):
        """By a learner, that is."""
        return timezone.now() < self.cancel_until


class SessionDay(models.Model):
    """One day of a session; attendance is taken day by day."""

    session = models.ForeignKey(PracticalSession, models.CASCADE, related_name="days")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))

    class Meta:
        verbose_name = _("day of a session")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "starts_at"], name="session_day_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_day_in_order"
            ),
        ]

    def __str__(self):
        return f"day {self.pk} of session {self.session_id}"
