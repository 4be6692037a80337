"""What learners are told of their bookings."""

from django.utils.translation import gettext_lazy as _

from lms.messaging.registry import Kind, register_kind

FACTS = ("session", "start", "venue", "link")

BOOKED = register_kind(
    Kind(
        "practicals.booked",
        _("booked for a practical session"),
        subject=_("Your seat: {session}"),
        body=_(
            "You are booked for “{session}”. It starts {start}, at {venue}. How to join: {link}"
        ),
        sms=_("Umahiri: you are booked for {session}, {start}, at {venue}. {link}"),
        placeholders=FACTS,
    )
)
WAITING = register_kind(
    Kind(
        "practicals.waiting",
        _("on the waiting list of a practical session"),
        subject=_("You are on the waiting list: {session}"),
        body=_(
            "All seats of “{session}” are taken. You are on the waiting list, and hear from us when a seat is yours. "
            "See where you stand: {link}"
        ),
        placeholders=FACTS,
    )
)
PROMOTED = register_kind(
    Kind(
        "practicals.promoted",
        _("got a seat from the waiting list"),
        subject=_("A seat is yours: {session}"),
        body=_(
            "A seat became free, and it is yours: “{session}”. It starts {start}, at {venue}. "
            "If you cannot come, give it up for the next in line: {link}"
        ),
        sms=_(
            "Umahiri: a seat is yours: {session}, {start}, at {venue}. If you cannot come, give it up: {link}"
        ),
        placeholders=FACTS,
    )
)
CANCELLED = register_kind(
    Kind(
        "practicals.cancelled",
        _("a booking was ended by staff"),
        subject=_("Your booking has ended: {session}"),
        body=_(
            "Your booking for “{session}” has ended. {reason} Choose another session here: {link}"
        ),
        sms=_("Umahiri: your booking for {session} has ended. Choose another session: {link}"),
        placeholders=(*FACTS, "reason"),
    )
)
# These two go at night, too: people set out before the day begins.
SESSION_CANCELLED = register_kind(
    Kind(
        "practicals.session_cancelled",
        _("a practical session does not take place"),
        subject=_("Cancelled: {session}"),
        body=_(
            "“{session}”, which was to start {start}, does not take place. {reason} Choose another session here: {link}"
        ),
        sms=_("Umahiri: {session}, {start}, does not take place. Choose another session: {link}"),
        placeholders=(*FACTS, "reason"),
        is_urgent=True,
    )
)
SESSION_CHANGED = register_kind(
    Kind(
        "practicals.session_changed",
        _("time or place of a practical session changed"),
        subject=_("Changed: {session}"),
        body=_(
            "Time or place of “{session}” changed. It starts {start}, at {venue}. Details: {link}"
        ),
        sms=_("Umahiri: {session} changed. It starts {start}, at {venue}. {link}"),
        placeholders=FACTS,
        is_urgent=True,
    )
)
# No reminder in the sense of digests: it would come after the session.
REMINDER = register_kind(
    Kind(
        "practicals.reminder",
        _("a practical session comes"),
        subject=_("Reminder: {session}"),
        body=_(
            "“{session}” starts {start}, at {venue}. How to join, and what to bring: {link} "
            "If you cannot come, cancel there, so that somebody else can have your seat."
        ),
        sms=_("Umahiri: {session} starts {start}, at {venue}. {link}"),
        placeholders=FACTS,
    )
)
