"""Enrolling and withdrawing."""

from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.models import CourseRun, Enrolment
from courses.signals import enrolment_ended
from lms.core.errors import Refused
from lms.core.states import change_state
from lms.organisations.domain import join_organisation
from lms.organisations.scoping import every_organisation


@transaction.atomic
def enrol(user, run: CourseRun, organisation, *, by=None) -> Enrolment:
    """Put `user` in `run` on behalf of `organisation`, or return the enrolment there is.

    One who withdrew is active again. A person joins the organisation as a learner if they were not in it.
    """
    join_organisation(user, organisation)
    with (
        every_organisation()
    ):  # the person may be enrolled on behalf of another organisation already
        found = Enrolment.objects.filter(user=user, run=run).first()
        if found is None:
            try:
                with transaction.atomic():
                    return Enrolment.objects.create(user=user, run=run, organisation=organisation)
            except IntegrityError:  # a double click
                return Enrolment.objects.get(user=user, run=run)
        if found.state == Enrolment.State.WITHDRAWN:
            change_state(found, Enrolment.State.ACTIVE, by=by)
        return found


def enrol_oneself(user, run: CourseRun, organisation) -> Enrolment:
    """As `enrol`, where the run is open to all; refuse with a sentence where it is not."""
    if not CourseRun.objects.open_for_enrolment().filter(pk=run.pk).exists():
        raise Refused(
            _("This run is not open for enrolment now. Ask your training officer."),
            code="run_closed",
        )
    return enrol(user, run, organisation, by=user)


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by) -> None:
    """End taking part; what was earned stays. Labs hear of it and close."""
    change_state(enrolment, Enrolment.State.WITHDRAWN, by=by)
    transaction.on_commit(partial(enrolment_ended.send, Enrolment, enrolment=enrolment))
