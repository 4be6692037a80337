"""Runs: their codes, who keeps them, and more time for one learner."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.models import Adaptation, CoursePage, CourseRun, Enrolment, Extension
from lms.core.errors import Refused
from lms.organisations.models import Kind, Organisation


def next_run_code(course: CoursePage, starts_on: date) -> str:
    """The code by the Centre's rule: the course's code, its number in the year, the year, as “F1 07/2026”."""
    taken = CourseRun.objects.filter(
        course=course, code__startswith=f"{course.code} ", code__endswith=f"/{starts_on.year}"
    )
    numbers = [
        int(number)
        for code in taken.values_list("code", flat=True)
        if (number := code.removeprefix(f"{course.code} ").partition("/")[0]).isdigit()
    ]
    return f"{course.code} {max(numbers, default=0) + 1:02}/{starts_on.year}"


def keeper_of(run: CourseRun) -> Organisation:
    """Whose staff set what holds for everybody in `run`: the Centre, or who made their own version of its course."""
    adaptation = (
        Adaptation.objects.filter(course=run.course_id).select_related("organisation").first()
    )
    return adaptation.organisation if adaptation else Organisation.objects.get(kind=Kind.CENTRE)


@transaction.atomic
def extend(
    enrolment: Enrolment, *, until: date, reason: str, by, activity_key: str | None = None
) -> Extension:
    """Give one learner until the end of `until` for an activity, or with no key for the whole run."""
    if until < timezone.localdate():
        raise Refused(_("More time ends today or later."), code="in_the_past")
    extension = Extension.objects.create(
        enrolment=enrolment, activity_key=activity_key, until=until, reason=reason, given_by=by
    )
    log(
        enrolment,
        "courses.enrolment.extended",
        user=by,
        data={"until": until.isoformat(), "activity": activity_key},
    )
    return extension
