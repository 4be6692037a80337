"""Who is done, stuck, silent or has not started: the definitions that pages and files print."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.domain.rollups import STUCK_DAYS
from courses.models import EnrolmentState

SILENT_AFTER = timedelta(days=7)
SHOWN = [EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED, EnrolmentState.COMPLETED]


class Standing(models.TextChoices):
    DONE = "done", _("done")
    STUCK = "stuck", _("stuck")
    NOT_STARTED = "not_started", _("not started")
    SILENT = "silent", _("silent")
    ON_THE_WAY = "on_the_way", _("on the way")


# In the order in which they are judged: the first that fits holds.
DEFINITIONS = {
    Standing.DONE: _("Every activity of the course is completed."),
    Standing.STUCK: _(
        "The same activity was opened on %(days)s different days and is not completed, or a quiz is failed with "
        "no try left, or a lab was handed in and does not pass."
    ),
    Standing.NOT_STARTED: _("No activity has been opened yet."),
    Standing.SILENT: _("The last visit to an activity is more than %(silent)s days ago."),
    Standing.ON_THE_WAY: _("An activity was visited within the last %(silent)s days."),
}


def definitions():
    """(label, sentence) of each standing, with the numbers that it goes by."""
    numbers = {"days": STUCK_DAYS, "silent": SILENT_AFTER.days}
    return [(each.label, str(DEFINITIONS[each]) % numbers) for each in Standing]


def standing_of(enrolment, rollup, now):
    """The standing of one enrolment; `rollup` is None before anything happened."""
    if enrolment.state == EnrolmentState.COMPLETED:
        return Standing.DONE
    if rollup and rollup.is_stuck:
        return Standing.STUCK
    if not (rollup and rollup.begun):
        return Standing.NOT_STARTED
    return Standing.SILENT if rollup.visited_at < now - SILENT_AFTER else Standing.ON_THE_WAY


def with_standing(standing, now):
    """The same as a condition on enrolments."""
    is_done = Q(state=EnrolmentState.COMPLETED)
    is_stuck = Q(rollup__is_stuck=True)
    has_begun = Q(rollup__begun__gt=0)
    match standing:
        case Standing.DONE:
            return is_done
        case Standing.STUCK:
            return ~is_done & is_stuck
        case Standing.NOT_STARTED:
            nothing = Q(rollup__isnull=True) | Q(rollup__begun=0, rollup__is_stuck=False)
            return ~is_done & nothing
        case Standing.SILENT:
            long_ago = Q(rollup__visited_at__lt=now - SILENT_AFTER)
            return ~is_done & Q(rollup__is_stuck=False) & has_begun & long_ago
        case _:
            lately = Q(rollup__visited_at__gte=now - SILENT_AFTER)
            return ~is_done & Q(rollup__is_stuck=False) & has_begun & lately
