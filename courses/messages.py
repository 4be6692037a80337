"""What people are told of their place in a run."""

from django.utils.translation import gettext_lazy as _

from courses.models.enrolments import EnrolmentState
from lms.messaging.registry import Kind, register_kind

FACTS = ("course", "run", "reason", "link")

OF_STATE = {
    EnrolmentState.NOMINATED: register_kind(
        Kind(
            "courses.nominated",
            _("nominated for a run"),
            subject=_("You are nominated: {course}"),
            body=_(
                "Good day {name}. {organisation} has nominated you for “{course}” ({run}). The Centre decides who "
                "takes part; you hear the result from us. Where it stands: {link}"
            ),
            placeholders=FACTS,
        )
    ),
    EnrolmentState.APPROVED: register_kind(
        Kind(
            "courses.selected",
            _("selected for a run"),
            subject=_("You are selected: {course}"),
            body=_(
                "Good day {name}. You are selected for “{course}” ({run}). {reason} Your invitation follows. {link}"
            ),
            placeholders=FACTS,
        )
    ),
    EnrolmentState.WAITLISTED: register_kind(
        Kind(
            "courses.waitlisted",
            _("on the waiting list of a run"),
            subject=_("You are on the waiting list: {course}"),
            body=_(
                "Good day {name}. The seats of “{course}” ({run}) are taken, and you are on the waiting list. "
                "{reason} Your place in it: {link}"
            ),
            placeholders=FACTS,
        )
    ),
    EnrolmentState.INVITED: register_kind(
        Kind(
            "courses.invited",
            _("invited to a run"),
            subject=_("You have a place: {course}"),
            body=_(
                "Good day {name}. {organisation} has a place for you in “{course}” ({run}). {reason} Sign in with this "
                "address, then take your place or give it up: {link}"
            ),
            sms=_("Umahiri: you have a place in {course}. Sign in with this number: {link}"),
            placeholders=FACTS,
            reaches_unchecked=True,
        )
    ),
    EnrolmentState.SUSPENDED: register_kind(
        Kind(
            "courses.suspended",
            _("a course was closed to a learner"),
            subject=_("Your course is closed for now: {course}"),
            body=_(
                "Good day {name}. “{course}” ({run}) is closed to you for now. What you did is kept. Reason: {reason}"
            ),
            placeholders=FACTS,
        )
    ),
    EnrolmentState.WITHDRAWN: register_kind(
        Kind(
            "courses.withdrawn",
            _("no longer in a run"),
            subject=_("You no longer take part: {course}"),
            body=_(
                "Good day {name}. You do not take part in “{course}” ({run}), or no longer. What you earned stays "
                "yours. Reason: {reason}"
            ),
            placeholders=FACTS,
        )
    ),
}
